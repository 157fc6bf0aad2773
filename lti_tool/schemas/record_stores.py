"""What the operator types to have learning records sent to a store."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from lti_tool.rules.learning_records import VERSIONS
from lti_tool.schemas.fields import Ticked, Words
from lti_tool.schemas.operator import ID_LENGTH, Address


class RecordStoreForm(Schema):
    """Where records go and as whom; an empty password keeps the one that is set."""

    endpoint = Address(required=True)
    username = Words(ID_LENGTH, required=True)
    password = Words(ID_LENGTH, load_default="")
    version = fields.String(load_default=VERSIONS[0], validate=validate.OneOf(VERSIONS))
    real_ids = Ticked()

    def __init__(self, allow_local: bool, needs_password: bool) -> None:
        super().__init__()
        self.allow_local = allow_local
        self.fields["password"].required = needs_password
