"""Forms of the pages that bind a launch to a browser; all fields are filled by our own pages."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from lti_tool.rules.vocabulary import BoundBy

SHORT = validate.Length(min=1, max=200)


class TicketForm(Schema):
    """The one-time ticket of an unbound launch."""

    ticket = fields.String(required=True, validate=SHORT)


class BindForm(TicketForm):
    """The ticket with what the browser had stored, and where it was found."""

    secret = fields.String(required=True, validate=SHORT)
    source = fields.String(
        required=True,
        validate=validate.OneOf([BoundBy.PLATFORM_STORAGE.value, BoundBy.OWN_STORAGE.value]),
    )


class ConfirmForm(TicketForm):
    """The ticket with the proof that the confirm page was shown in this browser."""

    proof = fields.String(required=True, validate=SHORT)
