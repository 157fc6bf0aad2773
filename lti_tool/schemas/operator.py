"""What the operator types into the console."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate, validates

from lti_tool.i18n import gettext as _
from lti_tool.lti.platform import origin_of
from lti_tool.rules.rich_text import storable
from lti_tool.rules.vocabulary import DeploymentState, OutboxState, PlatformFamily
from lti_tool.schemas.fields import Choice, Ticked, Whole, Words

NAME_LENGTH, ID_LENGTH, URL_LENGTH = 120, 255, 2000
MAX_HOURS = 24 * 30


class Address(Words):
    """An https address; http, too, where local platforms are allowed. Empty if not required."""

    def __init__(self, **options: Any) -> None:
        super().__init__(URL_LENGTH, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text:
            return text
        local = getattr(self.root, "allow_local", False)
        if any(character.isspace() for character in text) or not origin_of(text):
            raise ValidationError(_("Write a whole address, like https://lms.example.org/…"))
        if urlsplit(text).scheme != "https" and not local:
            raise ValidationError(_("The address must begin with https://"))
        return text


class Lines(fields.Field[list[str]]):
    """Several short texts, a line each."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        lines = [line.strip() for line in storable(str(value)).splitlines()]
        lines = list(dict.fromkeys(filter(None, lines)))
        if any(len(line) > ID_LENGTH for line in lines) or len(lines) > 100:
            raise ValidationError(_("At most %(most)s characters, please.", most=ID_LENGTH))
        return lines


class PlatformForm(Schema):
    """Every value of a platform that is connected, or corrected, by hand."""

    name = Words(NAME_LENGTH, required=True)
    family = Choice(PlatformFamily, required=True)
    issuer = Words(URL_LENGTH, load_default="")
    client_id = Words(ID_LENGTH, load_default="")
    authorization_endpoint = Address(required=True)
    token_endpoint = Address(required=True)
    jwks_uri = Address(required=True)
    token_audience = Words(URL_LENGTH, load_default="")
    deployments = Lines(load_default=list)

    def __init__(self, allow_local: bool = False, names_platform: bool = True) -> None:
        super().__init__()
        self.allow_local = allow_local
        for name in ("issuer", "client_id"):
            self.fields[name].required = names_platform


class NameForm(Schema):
    """What the operator calls a platform."""

    name = Words(NAME_LENGTH, required=True)


class InvitationForm(Schema):
    """A registration link to be made."""

    name = Words(NAME_LENGTH, required=True)
    hours = Whole(1, MAX_HOURS, required=True)
    hold = Ticked()


class StateForm(Schema):
    """Whether a platform may launch."""

    disabled = fields.Boolean(required=True)


class FramesForm(Schema):
    """Origins that may show Miroir in a frame."""

    frame_origins = Lines(load_default=list)


class CompanionForm(Schema):
    """The token of a Moodle's web services, and what it is for; empty keeps the one there is."""

    token = Words(ID_LENGTH, load_default="")
    reads_groups = Ticked()

    @validates("token")
    def check_token(self, value: str, data_key: str) -> None:
        """Refuse what is no token: Moodle's are letters and digits."""
        if value and not (value.isascii() and value.isalnum()):
            raise ValidationError(_("A token is letters and digits only, without spaces."))


class DeploymentForm(Schema):
    """A deployment to be approved before it is seen."""

    deployment_id = Words(ID_LENGTH, required=True)


class DeploymentStateForm(Schema):
    """What becomes of a deployment."""

    state = Choice(DeploymentState, required=True)


class GroupForm(Schema):
    """A group of messages of the outbox."""

    state = fields.String(
        load_default=OutboxState.REFUSED.value,
        validate=validate.OneOf([state.value for state in OutboxState]),
    )
    reason = Words(100, load_default="")
    kind = Words(100, load_default="")
