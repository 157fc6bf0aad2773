"""Access tokens: an educator lets a program read the course that they are in, for some time.

A token has no rights of its own. Whenever it is used, the person's role in that one course is
looked up anew: who is no educator there any more, who has left it or was erased, reads nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, func, select, update

from lti_tool import clock
from lti_tool.errors import Forbidden, InvalidInput, NotFound, TokenRefused
from lti_tool.i18n import gettext as _
from lti_tool.models.access import AccessToken
from lti_tool.models.database import Database
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import DeploymentState, Role, SessionKind
from lti_tool.secrecy import digest, new_token

PREFIX = "miroir_"
"""Begins every token, so that one that got into the open can be told by programs that look."""
MOST_DAYS = 365
MOST_TOKENS = 20
"""Of one person in one course."""
SEEN_PRECISION = timedelta(minutes=1)
"""``last_used_at`` is written at most this often."""


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token in its owner's list."""

    id: uuid.UUID
    name: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether its time has ended."""
        return self.expires_at <= clock.now()


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Use cases of an educator's tokens, and finding who stands behind one."""

    db: Database

    def list(self, viewer: Viewer) -> tuple[TokenLine, ...]:
        """Return the viewer's own tokens for this course, the newest first."""
        query = _own(viewer).order_by(AccessToken.created_at.desc(), AccessToken.id)
        with self.db.read() as session:
            return tuple(
                TokenLine(one.id, one.name, one.created_at, one.expires_at, one.last_used_at)
                for one in session.scalars(query)
            )

    def make(self, viewer: Viewer, name: str, days: int) -> str:
        """Make a token that is good for ``days``; return it, for the one time that it is told.

        Raises Forbidden for who is no educator of a course, InvalidInput for one token too many.
        """
        token, now = PREFIX + new_token(), clock.now()
        with self.db.write() as session:
            if session.scalar(_standing(viewer)) is None:
                raise Forbidden("access")
            held = session.scalar(_own(viewer).with_only_columns(func.count())) or 0
            if held >= MOST_TOKENS:
                message = _("You have %(most)s already: withdraw one first.", most=MOST_TOKENS)
                raise InvalidInput({"name": [message]})
            session.add(
                AccessToken(
                    user_id=viewer.user_id,
                    context_id=viewer.context_id,
                    name=name,
                    token_hash=digest(token),
                    created_at=now,
                    expires_at=now + timedelta(days=days),
                )
            )
        return token

    def withdraw(self, viewer: Viewer, token_id: uuid.UUID) -> None:
        """Let one of the viewer's tokens open nothing from now on; raise NotFound."""
        with self.db.write() as session:
            found = session.scalar(_own(viewer).where(AccessToken.id == token_id))
            if found is None:
                raise NotFound("token")
            session.execute(delete(AccessToken).where(AccessToken.id == token_id))

    def viewer(self, token: str) -> Viewer:
        """Return the educator for whom a program reads; note that the token was used.

        Raises TokenRefused for one that is unknown, withdrawn or over, and where the person is not
        an educator of that course now. One select.
        """
        with self.db.read() as session:
            row = session.execute(_QUERY.where(AccessToken.token_hash == digest(token))).first()
        now = clock.now()
        if row is None or row.expires_at <= now or _role(row) is not Role.EDUCATOR:
            raise TokenRefused(sent=True)
        if row.last_used_at is None or now - row.last_used_at >= SEEN_PRECISION:
            with self.db.write() as session:
                session.execute(
                    update(AccessToken).where(AccessToken.id == row.id).values(last_used_at=now)
                )
        return _viewer(row)


def _own(viewer: Viewer) -> Select[AccessToken]:
    """Select the viewer's tokens; raise Forbidden where a session may have none.

    A session that shows one learner's work in a gradebook is for nothing else.
    """
    is_review = viewer.kind is SessionKind.SUBMISSION_REVIEW
    if viewer.role is not Role.EDUCATOR or viewer.context_id is None or is_review:
        raise Forbidden("access")
    return select(AccessToken).where(
        AccessToken.user_id == viewer.user_id, AccessToken.context_id == viewer.context_id
    )


def _standing(viewer: Viewer) -> Select[uuid.UUID]:
    """Select the viewer's membership if it makes them an educator, whatever this launch says."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    return select(Membership.id).where(
        Membership.user_id == viewer.user_id,
        Membership.context_id == viewer.context_id,
        Membership.left_at.is_(None),
        role == Role.EDUCATOR.value,
    )


_QUERY: Select[*tuple[Any, ...]] = (
    select(
        AccessToken.id,
        AccessToken.expires_at,
        AccessToken.last_used_at,
        AccessToken.user_id,
        AccessToken.context_id,
        Context.deployment_id,
        Deployment.registration_id,
        User.name,
        User.chosen_name,
        Membership.id.label("membership_id"),
        Membership.role,
        Membership.granted_role,
    )
    .join(User, User.id == AccessToken.user_id)
    .join(Context, Context.id == AccessToken.context_id)
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(Registration, Registration.id == Deployment.registration_id)
    .join(
        Membership,
        (Membership.user_id == AccessToken.user_id)
        & (Membership.context_id == AccessToken.context_id),
    )
    .where(
        User.erased_at.is_(None),
        Membership.left_at.is_(None),
        Registration.disabled_at.is_(None),
        Deployment.state == DeploymentState.APPROVED,
    )
)


def _role(row: Row[*tuple[Any, ...]]) -> Role:
    role: Role = row.granted_role or row.role
    return role


def _viewer(row: Row[*tuple[Any, ...]]) -> Viewer:
    """Return the person as a launch into the course would give them, without a link."""
    return Viewer(
        session_id=row.id,
        kind=SessionKind.COURSE,
        registration_id=row.registration_id,
        deployment_id=row.deployment_id,
        user_id=row.user_id,
        display_name=row.chosen_name or row.name,
        role=Role.EDUCATOR,
        locale="",
        context_id=row.context_id,
        membership_id=row.membership_id,
    )
