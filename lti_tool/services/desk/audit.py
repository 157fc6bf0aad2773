"""The moderation history of a course as an audit log: filtered, page by page, and as a table."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool import i18n
from lti_tool.errors import Forbidden, NotFound
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Anonymity, Role, Step, WorkState
from lti_tool.services.engine.anonymity import alias_of, is_masked, staff_name

PAGE_SIZE = 50
EXPORT_PAGE = 1_000
MOST = 100_000
"""Rows of one export."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show of the log; None and empty let everything through."""

    activity_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    """Who did something, or about whose text it was."""
    step: Step | None = None
    since: date | None = None
    until: date | None = None
    """Both days included, in the reader's zone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the log ends."""

    at: datetime
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id.hex}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read a place back from an address; None if there is none, NotFound if it is nonsense."""
        if not text:
            return None
        try:
            at, key = text.split("~")
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None:
                raise NotFound("page")
            return cls(moment.astimezone(UTC), uuid.UUID(key))
        except (ValueError, OverflowError) as error:
            raise NotFound("page") from error


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the log. ``who`` is empty where a rule did it."""

    id: uuid.UUID
    at: datetime
    who: str
    who_id: uuid.UUID | None
    """None where their name is hidden from staff, and for rules."""
    about: str
    about_id: uuid.UUID | None
    subject: str
    """``reflection``, ``response`` or ``person``."""
    activity: str
    step: Step
    from_state: WorkState | None
    to_state: WorkState | None
    reason: str
    detail: str
    origin: str
    """Empty where the name of who did it is hidden: a network tells people apart."""
    day_only: bool = False
    """Whether ``at`` is the beginning of its day: the activity hides names from staff."""
    work_id: uuid.UUID | None = None
    """Of the reflection or response that it is about."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the log, the newest first."""

    lines: tuple[AuditLine, ...]
    following: Place | None
    activities: tuple[tuple[uuid.UUID, str], ...]
    """Of the course, to choose from."""
    person: str
    """Name of the person that is looked for."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Use cases of an educator who looks what was decided in their course."""

    db: Database

    def page(self, viewer: Viewer, wanted: Wanted, after: Place | None = None) -> AuditPage:
        """Return one page of the log of the viewer's course; Forbidden for all but educators."""
        _educator(viewer)
        with self.db.read() as session:
            lines, following = _page(session, viewer, wanted, after, PAGE_SIZE)
            return AuditPage(
                lines, following, _activities(session, viewer), _name(lines, wanted.person_id)
            )

    def some(
        self, viewer: Viewer, wanted: Wanted, after: Place | None, size: int
    ) -> tuple[tuple[AuditLine, ...], Place | None]:
        """Return ``size`` lines, the newest first, and where the next begin if there are more."""
        _educator(viewer)
        with self.db.read() as session:
            return _page(session, viewer, wanted, after, size)

    def lines(self, viewer: Viewer, wanted: Wanted) -> Iterator[AuditLine]:
        """Yield all lines for a file, the newest first; Forbidden for all but educators.

        Where names are hidden from staff it holds none, not even of whom they asked for.
        """
        _educator(viewer)
        place: Place | None = None
        for _turn in range(MOST // EXPORT_PAGE):
            with self.db.read() as session:
                rows = session.scalars(_rows(viewer, wanted, place, EXPORT_PAGE)).all()
                lines = _lines(session, rows, for_file=True)
            yield from lines
            if len(rows) < EXPORT_PAGE:
                return
            place = Place(rows[-1].at, rows[-1].id)


def _educator(viewer: Viewer) -> None:
    if viewer.role is not Role.EDUCATOR or viewer.context_id is None:
        raise Forbidden("audit")


def _page(
    session: Session, viewer: Viewer, wanted: Wanted, after: Place | None, size: int
) -> tuple[tuple[AuditLine, ...], Place | None]:
    rows = session.scalars(_rows(viewer, wanted, after, size + 1)).all()
    shown = rows[:size]
    following = Place(shown[-1].at, shown[-1].id) if len(rows) > size else None
    return _lines(session, shown), following


def _rows(
    viewer: Viewer, wanted: Wanted, after: Place | None, most: int
) -> Select[ModerationDecision]:
    row = ModerationDecision
    here = select(Activity.id).where(Activity.context_id == viewer.context_id)
    query = select(row).where(row.activity_id.in_(here), *_conditions(wanted))
    if after is not None:
        query = query.where(or_(row.at < after.at, and_(row.at == after.at, row.id < after.id)))
    return (
        query.order_by(row.at.desc(), row.id.desc())
        .limit(most)
        .options(joinedload(row.actor), joinedload(row.about))
    )


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    row = ModerationDecision
    if wanted.activity_id is not None:
        yield row.activity_id == wanted.activity_id
    if wanted.person_id is not None:
        yield or_(row.actor_id == wanted.person_id, row.about_id == wanted.person_id)
        yield ~_is_hidden(wanted.person_id)
    if wanted.step is not None:
        yield row.step == wanted.step
    if wanted.since is not None:
        yield row.at >= _midnight(wanted.since)
    if wanted.until is not None:
        yield row.at < _midnight(wanted.until) + timedelta(days=1)


def _is_hidden(person_id: uuid.UUID) -> ColumnElement[bool]:
    """Tell lines of an activity whose staff do not know who this is: no filter may tell them."""
    hiding = [one for one in Anonymity if one.hides_from_staff]
    return exists().where(
        Participation.activity_id == ModerationDecision.activity_id,
        Participation.user_id == person_id,
        Participation.unmasked_at.is_(None),
        Activity.id == Participation.activity_id,
        Activity.anonymity.in_(hiding),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), i18n.zone())


def _lines(
    session: Session, rows: Sequence[ModerationDecision], for_file: bool = False
) -> tuple[AuditLine, ...]:
    activities = {
        one.id: one
        for one in session.scalars(
            select(Activity).where(Activity.id.in_({row.activity_id for row in rows}))
        )
    }
    people = {row.actor_id for row in rows} | {row.about_id for row in rows}
    known = {
        (one.activity_id, one.user_id): one
        for one in session.scalars(
            select(Participation)
            .where(
                Participation.activity_id.in_(activities),
                Participation.user_id.in_({one for one in people if one}),
            )
            .options(joinedload(Participation.user))
        )
    }
    return tuple(_line(row, activities[row.activity_id], known, for_file) for row in rows)


def _line(
    row: ModerationDecision,
    activity: Activity,
    known: dict[tuple[uuid.UUID, uuid.UUID], Participation],
    for_file: bool,
) -> AuditLine:
    def named(user: User | None) -> tuple[str, uuid.UUID | None]:
        if user is None:
            return "", None
        participation = known.get((activity.id, user.id))
        if participation is None:
            return user.display_name, user.id
        if for_file and activity.anonymity.hides_from_staff:
            return alias_of(activity, participation), None
        hidden = is_masked(activity, participation)
        return staff_name(activity, participation), None if hidden else user.id

    who, who_id = named(row.actor)
    about, about_id = named(row.about)
    day_only, at = activity.anonymity.hides_from_staff, row.at
    subject = "reflection" if row.reflection_id else "response" if row.response_id else "person"
    return AuditLine(
        id=row.id,
        at=_midnight(at.astimezone(i18n.zone()).date()) if day_only else at,
        who=who,
        who_id=who_id,
        about=about,
        about_id=about_id,
        subject=subject,
        activity=activity.title,
        step=row.step,
        from_state=row.from_state,
        to_state=row.to_state,
        reason=row.reason,
        detail=row.detail,
        origin="" if row.actor is not None and who_id is None else row.origin,
        day_only=day_only,
        work_id=row.reflection_id or row.response_id,
    )


def _activities(session: Session, viewer: Viewer) -> tuple[tuple[uuid.UUID, str], ...]:
    query = select(Activity.id, Activity.title).where(Activity.context_id == viewer.context_id)
    return tuple(
        (row.id, row.title) for row in session.execute(query.order_by(Activity.title, Activity.id))
    )


def _name(lines: Sequence[AuditLine], person_id: uuid.UUID | None) -> str:
    """Return the name of a person as the lines tell it; nothing more is told than they do."""
    for line in lines:
        if person_id is not None and line.who_id == person_id:
            return line.who
        if person_id is not None and line.about_id == person_id:
            return line.about
    return ""
