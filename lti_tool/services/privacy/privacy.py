"""What is kept of one person: showing it, handing it out, erasing it (docs/privacy.md)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import Forbidden, NotFound
from lti_tool.exports.person import PersonData, Section, person_archive
from lti_tool.models.database import Database
from lti_tool.models.launches import LaunchSession
from lti_tool.models.people import User
from lti_tool.models.platforms import Registration
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.secrecy import Secrets
from lti_tool.services.files.forgetting import hashes_of
from lti_tool.services.files.store import FileStore
from lti_tool.services.privacy import erasures
from lti_tool.services.privacy.erasure import erase, kept_reflections, kept_responses
from lti_tool.services.privacy.purge import Purged, purge
from lti_tool.services.privacy.records import (
    Owned,
    counts,
    courses,
    export_rows,
    file_paths,
    person,
)
from lti_tool.services.privacy.ties import TIES
from lti_tool.services.privacy.words import name_of, title_of


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data a launch is about; ``user_id`` is empty if nothing is kept of them."""

    registration_id: uuid.UUID
    sub: str
    is_self: bool
    user_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a person: how much of each kind, in which courses."""

    user_id: uuid.UUID
    name: str
    sub: str
    platform: str
    since: datetime
    courses: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    """Title of the kind and number of records; kinds without any are left out."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What erasing a person would leave behind for others."""

    kept: Kept
    responses_left: int
    """Responses that peers have received: they stay readable, without the name."""
    reflections_emptied: int
    """Reflections to which others wrote: the text goes, their responses stay."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """Use cases of data protection; callers say who may."""

    db: Database
    secrets: Secrets
    store: FileStore | None = None
    """Where files lie; what is erased in the database goes there, too."""

    def subject(self, viewer: Viewer) -> Subject:
        """Return whose data a data privacy launch is about.

        The launch was refused unless it is the person's own, or they administer the LMS. Raises
        Forbidden in any other session.
        """
        if viewer.kind is not SessionKind.DATA_PRIVACY:
            raise Forbidden("privacy")
        with self.db.read() as session:
            launch = session.get(LaunchSession, viewer.session_id)
            sub = str(launch.message.get("for_user", "")) if launch is not None else ""
            user = _find(session, viewer.registration_id, sub)
            return Subject(
                registration_id=viewer.registration_id,
                sub=sub,
                is_self=user is not None and user.id == viewer.user_id,
                user_id=user.id if user else None,
            )

    def find(self, platform: str, sub: str) -> tuple[uuid.UUID, uuid.UUID]:
        """Return registration and user of a platform (name, client_id or id) and a ``sub``.

        Raises NotFound, also if several platforms have the name.
        """
        with self.db.read() as session:
            named = or_(Registration.name == platform, Registration.client_id == platform)
            found = list(session.scalars(select(Registration.id).where(named)))
            found += [key for key in [_uuid(platform)] if key and session.get(Registration, key)]
            user = _find(session, found[0], sub) if len(found) == 1 else None
            if user is None:
                raise NotFound(sub if found else platform)
            return found[0], user.id

    def kept(self, registration_id: uuid.UUID, user_id: uuid.UUID) -> Kept:
        """Return what is kept of a person of a platform; raises NotFound."""
        with self.db.read() as session:
            return _kept(session, _get(session, registration_id, user_id))

    def export(
        self,
        registration_id: uuid.UUID,
        user_id: uuid.UUID,
        context_id: uuid.UUID | None = None,
    ) -> Iterator[bytes]:
        """Return all of it as a ZIP: JSON, and a page in the language in force; raises NotFound.

        The pieces are made while they are taken; what is wrong is raised before. With a
        ``context_id`` only what belongs to that course.
        """
        with self.db.read() as session:
            user = _get(session, registration_id, user_id)
            owned = Owned(user.id, context_id)
            rows = export_rows(session, owned)
            data = PersonData(
                name=user.display_name,
                platform=session.get_one(Registration, registration_id).name,
                made_at=clock.now(),
                person=person(user),
                sections=tuple(
                    Section(name_of(tie), title_of(tie), tuple(rows[tie]))
                    for tie in TIES
                    if tie.exported
                ),
                files=file_paths(session, self.store, owned) if self.store else {},
            )
        return person_archive(data)

    def consequences(self, registration_id: uuid.UUID, user_id: uuid.UUID) -> Consequences:
        """Return what erasing would leave for others; raises NotFound."""
        with self.db.read() as session:
            user = _get(session, registration_id, user_id)
            owned = Owned(user.id)
            return Consequences(
                kept=_kept(session, user),
                responses_left=_number(session, Response, kept_responses(owned)),
                reflections_emptied=_number(session, Reflection, kept_reflections(owned)),
            )

    def erase(self, registration_id: uuid.UUID, user_id: uuid.UUID) -> None:
        """Erase a person, for good; raises NotFound, also the second time.

        A course list that still names them does not bring them back; their own launch does.
        """
        with self.db.write() as session:
            user = _get(session, registration_id, user_id)
            erasures.remember(session, self.secrets, registration_id, user.sub)
            gone = hashes_of(session, Owned(user.id).ids["reflections"])
            erase(session, user)
        if self.store:
            self.store.forget(gone)

    def purge(self, older_than_days: int, dry_run: bool) -> Purged:
        """Forget what is over for so many days; return how much, of a dry run, too."""
        purged = purge(self.db, older_than_days, dry_run)
        if self.store and not dry_run:
            self.store.sweep_all()
        return purged


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _find(session: Session, registration_id: uuid.UUID, sub: str) -> User | None:
    return session.scalar(
        select(User).where(User.registration_id == registration_id, User.sub == sub)
    )


def _get(session: Session, registration_id: uuid.UUID, user_id: uuid.UUID) -> User:
    user = session.get(User, user_id)
    if user is None or user.registration_id != registration_id or user.erased_at is not None:
        raise NotFound("person")
    return user


def _kept(session: Session, user: User) -> Kept:
    found = counts(session, Owned(user.id))
    return Kept(
        user_id=user.id,
        name=user.display_name,
        sub=user.sub,
        platform=session.get_one(Registration, user.registration_id).name,
        since=user.created_at,
        courses=courses(session, user.id),
        counts=tuple((title_of(tie), number) for tie, number in found.items()),
    )


def _number(session: Session, model: type[Response | Reflection], which: object) -> int:
    query = select(func.count()).select_from(model).where(which)  # type: ignore[arg-type]  # a mapped class of any table
    return session.scalar(query) or 0
