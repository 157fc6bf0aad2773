"""Columns of competencies as an educator decides about them: explained, switched on, mended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition, NotFound
from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.frameworks import Competency
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.platforms import Registration
from lti_tool.rules.competency_columns import maximum
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.locking import lock_activity
from lti_tool.services.outbox import catching_up, competency_scores
from lti_tool.services.outbox import competency_columns as columns
from lti_tool.services.outbox.competency_columns import Place

GONE = "column_gone"
AT_ONCE = 4
"""Batches of learners whose levels are promised within the request; the worker goes on."""


class ColumnStage(StrEnum):
    """Where a column is."""

    PLANNED = "planned"
    """Not made: nobody has a confirmed level yet, or columns are switched off."""
    COMING = "coming"
    """On its way; ``reason`` says why not yet, after a try."""
    THERE = "there"
    REFUSED = "refused"
    """The LMS does not make it, or does not rename it."""
    GONE = "gone"
    """Somebody deleted it in the LMS."""


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column: its name, what it is out of, where it is, and what it was told."""

    competency_id: uuid.UUID
    code: str
    statement: Mapping[str, str]
    label: str
    maximum: int
    stage: ColumnStage
    reason: str = ""
    who_can_fix: str = ""
    next_attempt_at: datetime | None = None
    told: Mapping[OutboxState, int] | None = None
    """How many learners' levels are in each state."""
    is_retired: bool = False
    """Its publisher has dropped the competency."""
    is_left: bool = False
    """The activity is not about this competency any more; the column stays as it is."""

    @property
    def can_make(self) -> bool:
        """Whether asking for it may help."""
        return not self.is_left and self.stage in (
            ColumnStage.PLANNED,
            ColumnStage.REFUSED,
            ColumnStage.GONE,
        )


@dataclass(frozen=True, slots=True)
class Columns:
    """What an activity's page on its columns shows."""

    activity_id: uuid.UUID
    title: str
    platform: str
    place: Place
    is_on: bool
    sends_notes: bool
    levels: int
    """Of the framework's scale; 0 without one."""
    columns: tuple[ColumnView, ...]
    learners: int
    """Who have a confirmed level already."""


@dataclass(frozen=True, slots=True)
class ColumnSettings:
    """Use cases of an educator; all within the viewer's context."""

    db: Database

    def look(self, viewer: Viewer, activity_id: uuid.UUID) -> Columns:
        """Return how an activity's columns stand; raise NotFound."""
        with self.db.read() as session:
            return _look(session, find_activity(session, viewer, activity_id))

    def switch_on(self, viewer: Viewer, activity_id: uuid.UUID, notes: bool) -> None:
        """Let confirmed levels go to columns of their own; of those that stand, at once.

        ``notes``: what tutors write about a level from now on goes along. Said again it changes
        that alone. Where many have levels the worker tells the last of them. Raises NotFound, and
        IllegalTransition where the LMS has no such columns.
        """
        with self.db.write() as session:
            activity = _locked(session, viewer, activity_id)
            if not columns.place_of(session, activity).offers:
                raise IllegalTransition("columns", "not_offered", "switch_on")
            if not notes:
                activity.column_notes_at = None
            elif activity.column_notes_at is None:
                activity.column_notes_at = clock.now()
            activity.competency_columns = True
            catching_up.begin(activity)
        catching_up.catch_up(self.db, activity_id, AT_ONCE)

    def switch_off(self, viewer: Viewer, activity_id: uuid.UUID) -> None:
        """Send nothing more to the columns; those in the LMS stay as they are. Raises NotFound."""
        with self.db.write() as session:
            activity = _locked(session, viewer, activity_id)
            activity.competency_columns = False
            activity.columns_caught_up_to = None
            for item in columns.items_of(session, activity.id).values():
                columns.call_back(session, item.id)

    def make(
        self, viewer: Viewer, activity_id: uuid.UUID, competency_id: uuid.UUID | None = None
    ) -> int:
        """Ask for one column, or for all, before anybody has a level; return how many were asked.

        Also what makes a column again that was deleted in the LMS, and tries what was refused.
        Raises NotFound for a competency that the activity has not, IllegalTransition if columns
        are off.
        """
        with self.db.write() as session:
            activity = _locked(session, viewer, activity_id)
            if not activity.competency_columns:
                raise IllegalTransition("columns", "off", "make")
            known = [one.id for one in activity.competencies]
            wanted = known if competency_id is None else [competency_id]
            if not set(wanted) <= set(known):
                raise NotFound("competency")
            return sum(_make(session, activity, one) for one in wanted)


def _locked(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> Activity:
    lock_activity(session, activity_id)
    return find_activity(session, viewer, activity_id)


def _make(session: Session, activity: Activity, competency_id: uuid.UUID) -> bool:
    item = columns.item_for(session, activity, competency_id)
    if item.url and _is_gone(session, item):
        item.url = ""
        columns.forget_told(session, item.id)
        session.flush()
    return columns.promise(session, activity, item, again=True)


def _look(session: Session, activity: Activity) -> Columns:
    items = columns.items_of(session, activity.id)
    present = {one.id for one in activity.competencies}
    left = [_competency(session, key) for key, item in items.items() if key not in present]
    labels = columns.labels_of(activity, left)
    told = _told(session, activity.id)
    levels = len(activity.framework.levels) if activity.framework else 0
    views = [
        _view(session, one, items.get(one.id), labels[one.id], maximum(levels), told)
        for one in (*activity.competencies, *(one for one in left if items[one.id].url))
    ]
    return Columns(
        activity_id=activity.id,
        title=activity.title,
        platform=session.get_one(Registration, activity.registration_id).name,
        place=columns.place_of(session, activity),
        is_on=activity.competency_columns,
        sends_notes=activity.column_notes_at is not None,
        levels=levels,
        columns=tuple(views),
        learners=_confirmed_learners(session, activity.id),
    )


def _competency(session: Session, key: uuid.UUID) -> Competency:
    return session.get_one(Competency, key)


def _view(
    session: Session,
    competency: Competency,
    item: LineItem | None,
    label: str,
    highest: int,
    told: Mapping[uuid.UUID, Mapping[OutboxState, int]],
) -> ColumnView:
    stage, last = _stage(session, item)
    waits = last is not None and last.state is OutboxState.QUEUED
    activity = item.activity if item else None
    return ColumnView(
        competency_id=competency.id,
        code=competency.code,
        statement=competency.statement,
        label=item.label if item and item.label else label,
        maximum=item.score_maximum if item and item.url else highest,
        stage=stage,
        reason=last.reason if last is not None else "",
        who_can_fix=last.who_can_fix if last is not None else "",
        next_attempt_at=last.next_attempt_at if last is not None and waits else None,
        told=told.get(item.id, {}) if item else {},
        is_retired=competency.retired_at is not None,
        is_left=activity is not None and competency not in activity.competencies,
    )


def _stage(session: Session, item: LineItem | None) -> tuple[ColumnStage, OutboxMessage | None]:
    """Return where a column is, and the message that says why it is not there."""
    if item is None:
        return ColumnStage.PLANNED, None
    if item.url and (gone := _gone(session, item)) is not None:
        return ColumnStage.GONE, gone
    last = columns.last_message(session, item.id)
    if last is not None and last.state is OutboxState.REFUSED:
        return ColumnStage.REFUSED, last
    if last is not None and last.state in columns.ON_ITS_WAY:
        return (ColumnStage.THERE, None) if item.url else (ColumnStage.COMING, last)
    return (ColumnStage.THERE if item.url else ColumnStage.PLANNED), None


def _is_gone(session: Session, item: LineItem) -> bool:
    return _gone(session, item) is not None


def _gone(session: Session, item: LineItem) -> OutboxMessage | None:
    """Return the last answer of the LMS about a column, if it was that there is none."""
    query = (
        select(OutboxMessage)
        .where(
            OutboxMessage.line_item_id == item.id,
            OutboxMessage.state.in_((OutboxState.SENT, OutboxState.REFUSED)),
        )
        .order_by(OutboxMessage.finished_at.desc(), OutboxMessage.id.desc())
        .limit(1)
    )
    last = session.scalar(query)
    return last if last is not None and last.reason == GONE else None


def _told(session: Session, activity_id: uuid.UUID) -> dict[uuid.UUID, dict[OutboxState, int]]:
    """Return of how many learners the last message is in which state, by column."""
    newest = (
        select(OutboxMessage.key, func.max(OutboxMessage.created_at).label("at"))
        .join(LineItem, OutboxMessage.line_item_id == LineItem.id)
        .where(
            LineItem.activity_id == activity_id,
            OutboxMessage.kind == competency_scores.KIND,
            OutboxMessage.state != OutboxState.SUPERSEDED,
        )
        .group_by(OutboxMessage.key)
        .subquery()
    )
    last = and_(OutboxMessage.key == newest.c.key, OutboxMessage.created_at == newest.c.at)
    query = (
        select(OutboxMessage.line_item_id, OutboxMessage.state, func.count())
        .join(newest, last)
        .group_by(OutboxMessage.line_item_id, OutboxMessage.state)
    )
    found: dict[uuid.UUID, dict[OutboxState, int]] = {}
    for item_id, state, count in session.execute(query):
        if item_id is not None:
            found.setdefault(item_id, {})[state] = count
    return found


def _confirmed_learners(session: Session, activity_id: uuid.UUID) -> int:
    query = (
        select(func.count(ConfirmedLevel.participation_id.distinct()))
        .join(Participation, ConfirmedLevel.participation_id == Participation.id)
        .where(Participation.activity_id == activity_id)
    )
    return session.scalar(query) or 0
