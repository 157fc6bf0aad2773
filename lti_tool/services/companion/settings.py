"""The companion of each Moodle, as the operator sets it: a token, kept encrypted, never shown."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.companion import MoodleCompanion
from lti_tool.models.platforms import Registration
from lti_tool.remote.moodle_services import MoodleSite
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.secrecy import Secrets


@dataclass(frozen=True, slots=True)
class CompanionView:
    """What the operator sees of a platform's companion; the token is never among it."""

    platform_id: uuid.UUID
    platform: str
    url: str
    """Where Moodle's web services are called."""
    is_on: bool
    reads_groups: bool = False
    set_at: datetime | None = None
    tested_at: datetime | None = None
    findings: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Companions:
    """Use cases of the operator."""

    db: Database
    secrets: Secrets
    allow_local: bool

    def look(self, platform_id: uuid.UUID) -> CompanionView:
        """Return how the companion of a platform is set.

        Raises NotFound for an unknown platform and for one that is no Moodle.
        """
        with self.db.read() as session:
            return _view(session, _moodle(session, platform_id))

    def set(self, platform_id: uuid.UUID, token: str, reads_groups: bool) -> None:
        """Set or replace the token and what it is for; an empty token keeps the one there is.

        Raises NotFound as ``look``, InvalidInput without a token or for an address that must not
        be called.
        """
        with self.db.write() as session:
            registration = _moodle(session, platform_id)
            self._check_address(registration.issuer)
            row = session.get(MoodleCompanion, platform_id)
            if row is None:
                if not token:
                    raise InvalidInput({"token": [_("Please fill this in.")]})
                row = MoodleCompanion(registration_id=platform_id)
                session.add(row)
            if token:
                row.token, row.set_at = self.secrets.encrypt(token), clock.now()
                row.tested_at, row.findings = None, []
            row.reads_groups = reads_groups

    def remove(self, platform_id: uuid.UUID) -> None:
        """Switch the companion off and forget its token; raises IllegalTransition if it is off."""
        with self.db.write() as session:
            _moodle(session, platform_id)
            row = session.get(MoodleCompanion, platform_id)
            if row is None:
                raise IllegalTransition("companion", "off", "remove")
            session.delete(row)

    def _check_address(self, issuer: str) -> None:
        parts = urlsplit(issuer)
        allowed = ("https", "http") if self.allow_local else ("https",)
        if parts.scheme not in allowed or not parts.hostname:
            message = _("Miroir calls Moodle by https only, and the issuer is %(url)s.", url=issuer)
            raise InvalidInput({"": [message]})


def site_of(session: Session, secrets: Secrets, platform_id: uuid.UUID) -> MoodleSite | None:
    """Return where and as whom a platform's Moodle is called, None where the companion is off.

    The address is the registration's issuer: Moodle's own (wwwroot). Raises ValueError if the
    token was encrypted with another secret key.
    """
    registration = session.get_one(Registration, platform_id)
    row = session.get(MoodleCompanion, platform_id)
    if row is None or registration.family is not PlatformFamily.MOODLE:
        return None
    return MoodleSite(registration.issuer.rstrip("/"), secrets.decrypt(row.token))


def _moodle(session: Session, platform_id: uuid.UUID) -> Registration:
    registration = session.get(Registration, platform_id)
    if registration is None or registration.family is not PlatformFamily.MOODLE:
        raise NotFound("platform")
    return registration


def _view(session: Session, registration: Registration) -> CompanionView:
    row = session.get(MoodleCompanion, registration.id)
    url = MoodleSite(registration.issuer, "").url
    if row is None:
        return CompanionView(registration.id, registration.name, url, is_on=False)
    return CompanionView(
        registration.id,
        registration.name,
        url,
        is_on=True,
        reads_groups=row.reads_groups,
        set_at=row.set_at,
        tested_at=row.tested_at,
        findings=tuple(row.findings),
    )
