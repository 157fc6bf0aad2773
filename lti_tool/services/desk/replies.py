"""Saved replies of the tutors of a course, and how a tutor wants their desk."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool import clock, i18n
from lti_tool.errors import Forbidden, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.desk import DeskSettings, SavedReply
from lti_tool.models.people import Context
from lti_tool.rules.placeholders import KNOWN, filled, unknown
from lti_tool.rules.viewer import Viewer
from lti_tool.services.activities.activities import ActivityView
from lti_tool.services.desk.deciding import staff
from lti_tool.services.engine.anonymity import unnamed_tutor

MOST = 100
"""Replies of one tutor in one course."""


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A saved reply; ``text`` has its placeholders filled where it is offered for a work."""

    id: uuid.UUID
    locale: str
    title: str
    body: str
    text: str
    is_shared: bool
    mine: bool
    owner: str


@dataclass(frozen=True, slots=True)
class ReplyValues:
    """What a tutor says of a saved reply."""

    title: str
    body: str
    locale: str
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Replies:
    """Use cases of a tutor who says the same thing often."""

    db: Database

    def all(self, viewer: Viewer) -> tuple[ReplyView, ...]:
        """Return the viewer's replies and those that others share, by language and title."""
        with self.db.read() as session:
            rows = session.scalars(_seen(staff(viewer))).all()
            return tuple(_view(viewer, row, row.body) for row in rows)

    def offered(
        self, viewer: Viewer, activity: ActivityView, author: str, language: str
    ) -> tuple[ReplyView, ...]:
        """Return the replies ready to be used for an author; those in their language first.

        Where learners are not told which tutor wrote, a reply does not say it, either.
        """
        with self.db.read() as session:
            rows = session.scalars(_seen(staff(viewer))).all()
            if not rows:
                return ()
            values = {
                "name": author,
                "tutor": viewer.display_name,
                "activity": activity.title,
                "course": _course(session, viewer),
            }
            if activity.values.anonymity.hides_from_staff:
                values["tutor"] = unnamed_tutor()
            views = [_view(viewer, row, filled(row.body, values)) for row in rows]
        wanted = i18n.negotiate([language]) if language else viewer.locale
        return tuple(sorted(views, key=lambda one: one.locale != wanted))

    def save(self, viewer: Viewer, reply_id: uuid.UUID | None, values: ReplyValues) -> None:
        """Save a reply, a new one without an id.

        Raises InvalidInput for placeholders that stand for nothing, each named, and NotFound for a
        reply that is not the viewer's own.
        """
        _check(values)
        with self.db.write() as session:
            if staff(viewer).context_id is None:
                raise Forbidden("replies")
            row = _own(session, viewer, reply_id) if reply_id else _new(session, viewer)
            row.title, row.body, row.locale = values.title, values.body, values.locale
            row.is_shared, row.written_at = values.is_shared, clock.now()
            session.add(row)

    def remove(self, viewer: Viewer, reply_id: uuid.UUID) -> None:
        """Remove a reply of the viewer's own; raise NotFound for any other."""
        with self.db.write() as session:
            session.delete(_own(session, staff(viewer), reply_id))

    def shortcuts(self, viewer: Viewer) -> bool:
        """Return whether single keys do something at the viewer's desk."""
        with self.db.read() as session:
            settings = session.get(DeskSettings, viewer.user_id)
            return settings is None or settings.shortcuts

    def set_shortcuts(self, viewer: Viewer, on: bool) -> None:
        """Switch single keys on or off."""
        with self.db.write() as session:
            session.merge(DeskSettings(user_id=staff(viewer).user_id, shortcuts=on))


def _seen(viewer: Viewer) -> Select[SavedReply]:
    return (
        select(SavedReply)
        .where(
            SavedReply.context_id == viewer.context_id,
            or_(SavedReply.owner_id == viewer.user_id, SavedReply.is_shared.is_(True)),
        )
        .order_by(SavedReply.locale, func.lower(SavedReply.title), SavedReply.id)
        .options(joinedload(SavedReply.owner))
    )


def _view(viewer: Viewer, row: SavedReply, text: str) -> ReplyView:
    return ReplyView(
        row.id,
        row.locale,
        row.title,
        row.body,
        text,
        row.is_shared,
        row.owner_id == viewer.user_id,
        row.owner.display_name,
    )


def _own(session: Session, viewer: Viewer, reply_id: uuid.UUID) -> SavedReply:
    row = session.scalar(
        select(SavedReply).where(
            SavedReply.id == reply_id,
            SavedReply.context_id == viewer.context_id,
            SavedReply.owner_id == viewer.user_id,
        )
    )
    if row is None:
        raise NotFound("reply")
    return row


def _new(session: Session, viewer: Viewer) -> SavedReply:
    count = select(func.count()).where(
        SavedReply.owner_id == viewer.user_id, SavedReply.context_id == viewer.context_id
    )
    if (session.scalar(count) or 0) >= MOST:
        raise InvalidInput({"": [_("That is enough: remove one that you do not use.")]})
    return SavedReply(context_id=viewer.context_id, owner_id=viewer.user_id)


def _check(values: ReplyValues) -> None:
    problems = [
        _(
            "{%(name)s} stands for nothing. There are: %(known)s.",
            name=name,
            known=", ".join(f"{{{one}}}" for one in KNOWN),
        )
        for name in unknown(values.body)
    ]
    if problems:
        raise InvalidInput({"body": problems})


def _course(session: Session, viewer: Viewer) -> str:
    context = session.get(Context, viewer.context_id) if viewer.context_id else None
    return context.title if context else ""
