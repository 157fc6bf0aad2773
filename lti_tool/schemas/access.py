"""What an educator types who lets a program read their course."""

from __future__ import annotations

from marshmallow import Schema

from lti_tool.schemas.fields import Whole, Words
from lti_tool.services.access.tokens import MOST_DAYS

MOST_NAME = 80


class TokenForm(Schema):
    """What a token is for, and for how many days it is good."""

    name = Words(most=MOST_NAME, required=True)
    days = Whole(1, MOST_DAYS, required=True)
