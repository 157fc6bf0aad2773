"""Figures of large courses, counted once and kept until what they count changes.

Small courses are counted each time. What is kept is found by all that decides it, whose learners
above all: nothing that was counted for one scope is ever found for another.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.figures import KeptFigures
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.services.cohort_scope import Scope
from lti_tool.services.keeping import marks

LEAST = 500
"""Members from which on a course is large."""
MOST_AGE = timedelta(hours=1)
"""Figures that are older are counted again, even if nothing changed."""
FILES_AGREE = timedelta(hours=1)
"""For so long, files that are asked for from a page are made of what the page showed."""
LOOKS = timedelta(minutes=5)
"""How exactly it is known when somebody last looked."""
LATELY = timedelta(minutes=10)
FORGET = timedelta(days=1)
CLOCKS_DIFFER = timedelta(minutes=1)
"""At most, between machines; what is of a later moment was counted before a clock was set back."""
AT_ONCE = 10
"""Figures that the worker counts again in a minute, at most."""
MOST_DROPPED = 1_000

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """All that decides what is counted."""

    kind: str
    """Which figures: each kind has its own shape."""
    scope: Scope
    """The learners whom the viewer sees, or some of them; within one course."""
    activity_id: uuid.UUID | None = None
    """None where all activities of the course count."""
    since: datetime | None = None
    before: datetime | None = None
    settings: str = ""
    """What of the activity itself shows in the figures; another text finds nothing kept."""

    def told(self) -> Figures:
        """Return it as JSON has it, without the settings."""
        ids = self.scope.cohort_ids
        return {
            "kind": self.kind,
            "course": str(self.scope.context_id),
            "activity": None if self.activity_id is None else str(self.activity_id),
            "cohorts": None if ids is None else sorted(map(str, ids)),
            "since": _moment(self.since),
            "before": _moment(self.before),
        }

    @classmethod
    def read(cls, told: Figures) -> Asked:
        """Return what ``told`` says; without the settings."""
        course, ids = uuid.UUID(told["course"]), told["cohorts"]
        within = None if ids is None else frozenset(map(uuid.UUID, ids))
        activity, since, before = (told[name] for name in ("activity", "since", "before"))
        return cls(
            kind=told["kind"],
            scope=Scope(course, within),
            activity_id=None if activity is None else uuid.UUID(activity),
            since=None if since is None else datetime.fromisoformat(since),
            before=None if before is None else datetime.fromisoformat(before),
        )

    @property
    def key(self) -> str:
        """What stands for it: the same text only if everything is the same."""
        whole = json.dumps([self.told(), self.settings], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """What was counted, and the moment of which it tells."""

    id: uuid.UUID
    made_at: datetime
    figures: Figures
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class Outdated:
    """Figures at which somebody looked lately, and which have changed since."""

    asked: Asked
    """Without the settings, which may be others by now."""
    looked_at: datetime


def is_large(session: Session, context_id: uuid.UUID | None) -> bool:
    """Return whether a course is so large that its figures are kept; looks at ``LEAST`` rows."""
    some = select(Membership.id).where(Membership.context_id == context_id).limit(LEAST)
    return session.scalar(select(func.count()).select_from(some.subquery())) == LEAST


def recall(
    session: Session, asked: Asked, patience: timedelta, kept_id: uuid.UUID | None = None
) -> Kept | None:
    """Return what is kept, if nothing changed since then or it is younger than ``patience``.

    With ``kept_id`` just those figures, for a file of a page that showed them; if they are gone,
    or are not what is ``asked``, as without.
    """
    now = clock.now()
    of_key = select(KeptFigures).where(
        KeptFigures.key == asked.key, KeptFigures.made_at <= now + CLOCKS_DIFFER
    )
    if kept_id is not None:
        same = of_key.where(KeptFigures.id == kept_id, KeptFigures.made_at > now - FILES_AGREE)
        if (row := session.scalar(same)) is not None:
            return _kept(row)
    newest = of_key.order_by(KeptFigures.made_at.desc(), KeptFigures.id.desc()).limit(1)
    row = session.scalar(newest)
    if row is None or row.made_at <= now - MOST_AGE:
        return None
    if row.made_at <= now - patience and not _is_current(session, row):
        return None
    return _kept(row)


def keep(
    db: Database,
    about: Asked,
    count: Callable[[Session], tuple[Asked, Figures]],
    looked_at: datetime | None = None,
) -> Kept:
    """Count and keep it; ``looked_at`` where nobody looks now.

    ``about`` says of which activity and course; ``count`` tells what it counted in the end.
    Counting only reads: it holds up nobody, however long it takes.
    """
    context_id, activity_id = about.scope.context_id, about.activity_id
    if context_id is None:
        raise ValueError("figures of no course")
    with db.write() as session:
        mark = marks.gather(session, marks.subjects(session, context_id, activity_id))
    now = clock.now()
    with db.read() as session:
        asked, figures = count(session)
    row = KeptFigures(
        id=uuid.uuid4(),
        context_id=context_id,
        activity_id=activity_id,
        key=asked.key,
        asked=asked.told(),
        mark=mark,
        made_at=now,
        looked_at=looked_at or now,
        figures=figures,
    )
    kept = _kept(row)
    with db.write() as session:
        is_of_now = KeptFigures.made_at.between(now - FILES_AGREE, now + CLOCKS_DIFFER)
        session.execute(delete(KeptFigures).where(KeptFigures.key == row.key, ~is_of_now))
        session.add(row)
    return kept


def note_look(db: Database, kept: Kept) -> None:
    """Note that somebody looked, so that the worker counts again when something changes."""
    now = clock.now()
    if kept.looked_at > now - LOOKS:
        return
    with db.write() as session:
        this = KeptFigures.id == kept.id
        session.execute(update(KeptFigures).where(this).values(looked_at=now))


def outdated(session: Session, kind: str, patience: timedelta) -> list[Outdated]:
    """Return figures of a kind that somebody may look at again and would have to wait for."""
    now = clock.now()
    query = (
        select(KeptFigures)
        .where(
            KeptFigures.looked_at > now - LATELY,
            KeptFigures.made_at <= now - patience,
            KeptFigures.asked["kind"].as_string() == kind,
            ~_is_replaced(),
        )
        .order_by(KeptFigures.looked_at.desc(), KeptFigures.id)
        .limit(AT_ONCE)
    )
    return [
        Outdated(Asked.read(row.asked), row.looked_at)
        for row in session.scalars(query)
        if not _is_current(session, row)
    ]


def forget_figures(session: Session, user_id: uuid.UUID) -> None:
    """Drop the figures that a person may count in, of every course they are in."""
    listed = select(Membership.context_id).where(Membership.user_id == user_id)
    begun = (
        select(Activity.context_id)
        .join(Participation, Participation.activity_id == Activity.id)
        .where(Participation.user_id == user_id)
    )
    within = or_(KeptFigures.context_id.in_(listed), KeptFigures.context_id.in_(begun))
    session.execute(delete(KeptFigures).where(within))


def tidy(db: Database) -> int:
    """Gather changes, drop figures at which nobody looked for long; return how many of these."""
    now = clock.now()
    over = or_(
        KeptFigures.looked_at < now - FORGET,
        (KeptFigures.made_at < now - FILES_AGREE) & _is_replaced(),
    )
    some = select(KeptFigures.id).where(over).order_by(KeptFigures.id).limit(MOST_DROPPED)
    with db.read() as session:
        is_changed, old = marks.is_any_change(session), list(session.scalars(some))
    if is_changed or old:
        with db.write() as session:
            marks.gather(session)
            marks.drop_gone(session)
            session.execute(delete(KeptFigures).where(KeptFigures.id.in_(old)))
    return len(old)


def _is_replaced() -> ColumnElement[bool]:
    """Tell figures of which there are newer ones."""
    newer = aliased(KeptFigures)
    return exists().where(newer.key == KeptFigures.key, newer.made_at > KeptFigures.made_at)


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat()


def _kept(row: KeptFigures) -> Kept:
    return Kept(row.id, row.made_at, row.figures, row.looked_at)


def _is_current(session: Session, row: KeptFigures) -> bool:
    """Tell that nothing changed since counting began."""
    concerned = marks.subjects(session, row.context_id, row.activity_id)
    return marks.unchanged_since(session, concerned) == row.mark
