"""What an LMS appends to a registration link (LTI Dynamic Registration 1.0, 3.3)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class RegistrationForm(Schema):
    """Where the LMS describes itself, and its one-time token, which not every LMS sends."""

    openid_configuration = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    registration_token = fields.String(load_default="", validate=validate.Length(max=8000))
