"""Forms about credentials."""

from __future__ import annotations

from marshmallow import Schema

from lti_tool.schemas.fields import Ticked


class CredentialForm(Schema):
    """What of the learner goes into a credential."""

    with_name = Ticked()
    with_email = Ticked()
