"""What an operator changes of platforms: connecting, correcting, approving, switching off."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import InvalidInput, NotFound, RegistrationRefused
from lti_tool.i18n import gettext as _
from lti_tool.lti.platform import origin_of
from lti_tool.models.database import Database
from lti_tool.models.keys import AccessToken, PlatformKeySet
from lti_tool.models.people import User
from lti_tool.models.platforms import Deployment, Registration, RegistrationInvite
from lti_tool.rules.vocabulary import DeploymentState
from lti_tool.services.platforms.platforms import Platforms
from lti_tool.services.platforms.records import PlatformValues

CHANGED = (
    "authorization_endpoint",
    "token_endpoint",
    "token_audience",
    "jwks_uri",
    "family",
)
IDENTITY = ("issuer", "client_id")
"""Who the platform is: open to change only while nobody ever came from it."""


@dataclass(frozen=True, slots=True)
class OperatorChanges:
    """Each method is one act of the console; an id that is not there raises NotFound."""

    db: Database
    platforms: Platforms

    def connect(
        self, name: str, values: PlatformValues, deployment_ids: Iterable[str] = ()
    ) -> uuid.UUID:
        """Connect a platform by hand; return its id.

        Raises InvalidInput for issuer and client_id that are connected already.
        """
        with self.db.read() as session:
            _refuse_taken(session, values, None)
        try:
            return self.platforms.add(name, values, tuple(deployment_ids))
        except RegistrationRefused as error:  # another operator was faster
            raise _taken(name) from error

    def correct(self, registration_id: uuid.UUID, values: PlatformValues) -> None:
        """Set a platform's addresses; keys and tokens that came from the old ones are forgotten.

        Issuer and client_id change only if nobody ever came from the platform. Raises InvalidInput
        as ``connect``.
        """
        with self.db.write() as session:
            registration = _registration(session, registration_id)
            for name in CHANGED:
                setattr(registration, name, getattr(values, name))
            in_use = session.scalar(select(exists().where(User.registration_id == registration_id)))
            if not in_use:
                _refuse_taken(session, values, registration_id)
                for name in IDENTITY:
                    setattr(registration, name, getattr(values, name))
            for model in (PlatformKeySet, AccessToken):
                session.execute(delete(model).where(model.registration_id == registration_id))

    def rename(self, registration_id: uuid.UUID, name: str) -> None:
        """Set what the operator calls a platform."""
        with self.db.write() as session:
            _registration(session, registration_id).name = name

    def set_disabled(self, registration_id: uuid.UUID, disabled: bool) -> None:
        """Stop all launches and sessions of a platform, or let it launch again."""
        with self.db.write() as session:
            found = _registration(session, registration_id)
            found.disabled_at = (found.disabled_at or clock.now()) if disabled else None

    def set_frame_origins(self, registration_id: uuid.UUID, typed: Iterable[str]) -> None:
        """Set the origins that may frame us besides those that launches tell.

        Raises InvalidInput for what is no ``https://host``.
        """
        origins = list(dict.fromkeys(text.rstrip("/") for text in typed))
        bad = [text for text in origins if origin_of(text) != text]
        if bad:
            message = _("Write an address like https://lms.example.org, without a path: %(bad)s")
            raise InvalidInput({"frame_origins": [message % {"bad": bad[0]}]})
        with self.db.write() as session:
            _registration(session, registration_id).frame_origins = origins

    def set_deployment(
        self, registration_id: uuid.UUID, deployment_row_id: uuid.UUID, state: DeploymentState
    ) -> None:
        """Approve or disable a deployment that was seen."""
        with self.db.write() as session:
            done = session.execute(
                update(Deployment)
                .where(
                    Deployment.id == deployment_row_id,
                    Deployment.registration_id == registration_id,
                )
                .values(state=state)
                .returning(Deployment.id)
            ).all()
        if not done:
            raise NotFound("deployment")

    def add_deployment(self, registration_id: uuid.UUID, deployment_id: str) -> None:
        """Approve a deployment before its first launch."""
        with self.db.read() as session:
            _registration(session, registration_id)
        self.platforms.set_deployment(registration_id, deployment_id, DeploymentState.APPROVED)

    def withdraw_invitation(self, invitation_id: uuid.UUID) -> None:
        """Make a registration link useless."""
        with self.db.write() as session:
            invite = session.get(RegistrationInvite, invitation_id)
            if invite is None:
                raise NotFound("invitation")
            invite.expires_at = min(invite.expires_at, clock.now())


def _registration(session: Session, registration_id: uuid.UUID) -> Registration:
    found = session.get(Registration, registration_id)
    if found is None:
        raise NotFound("platform")
    return found


def _refuse_taken(session: Session, values: PlatformValues, own: uuid.UUID | None) -> None:
    """Raise InvalidInput if issuer and client_id are those of another registration."""
    query = select(Registration).where(
        Registration.issuer == values.issuer, Registration.client_id == values.client_id
    )
    other = session.scalars(query).first()
    if other is not None and other.id != own:
        raise _taken(other.name)


def _taken(name: str) -> InvalidInput:
    message = _("This issuer and client ID are connected already: “%(name)s”.", name=name)
    return InvalidInput({"client_id": [message]})
