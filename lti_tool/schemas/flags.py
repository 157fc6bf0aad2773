"""What the forms of flags and appeals send."""

from __future__ import annotations

from marshmallow import Schema

from lti_tool.rules.flagging import FlagReason
from lti_tool.schemas.fields import Choice, Ticked, Words


class FlagForm(Schema):
    """A reader asks a tutor to look at something."""

    reason = Choice(FlagReason, required=True)
    words = Words(most=1000, load_default="")
    pass_on = Ticked()
    """Whether they would like another reflection instead."""


class AppealForm(Schema):
    """An author asks another tutor to look at a decision."""

    words = Words(most=2000, load_default="")
