"""One learner's way in time, for staff: drafts' dates, versions, decisions, scores; asking more.

Texts are not in it, least of all drafts: only when something was written.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Moment, OutboxState, Step, WorkState
from lti_tool.services.desk import deciding
from lti_tool.services.desk.mail_lines import mails_of
from lti_tool.services.engine.anonymity import is_masked, staff_name
from lti_tool.services.engine.confirmations import find_participation
from lti_tool.services.outbox import scores

MAX_NOTE = 1_000


class Happening(StrEnum):
    """What stands in a timeline."""

    BEGAN = "began"
    DRAFT_SAVED = "draft_saved"
    DECIDED = "decided"
    """A step of the moderation history; ``step`` says which."""
    RECEIVED = "received"
    RATED_BEFORE = "rated_before"
    RATED_AFTER = "rated_after"
    COMMITTED = "committed"
    COMPLETED = "completed"
    SCORE_SENT = "score_sent"
    SCORE_REFUSED = "score_refused"
    MAIL_SENT = "mail_sent"
    """News by mail; what a tutor wrote is ``REMINDER_SENT``."""
    REMINDER_SENT = "reminder_sent"
    MAIL_REFUSED = "mail_refused"
    """``detail`` is the code of why, ``who_can_fix`` who can change it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One moment of a learner's way."""

    at: datetime
    what: Happening
    activity: str
    step: Step | None = None
    is_reflection: bool | None = None
    by: str = ""
    """Who did it, where that is not the learner."""
    detail: str = ""
    who_can_fix: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A learner's way, the newest first."""

    participation_id: uuid.UUID
    name: str
    events: tuple[Event, ...]
    whole_course: bool
    can_widen: bool
    """Whether the whole course can be shown: not for whom staff do not know by name."""


@dataclass(frozen=True, slots=True)
class Timelines:
    """Use cases of a tutor who looks at one learner."""

    db: Database

    def read(
        self, viewer: Viewer, activity_id: uuid.UUID, participation_id: uuid.UUID, course: bool
    ) -> Timeline:
        """Return a learner's way through the activity, or with ``course`` through all of it.

        Raises NotFound for a learner whom the viewer does not see.
        """
        with self.db.read() as session:
            at = deciding.desk(session, viewer, activity_id, writes=False)
            one = find_participation(session, at.activity, participation_id, at.scope)
            can_widen = not is_masked(at.activity, one)
            whole = course and can_widen
            events: list[Event] = []
            for participation in _ways(session, one, whole):
                events += _events(session, participation)
            events.sort(key=lambda event: event.at, reverse=True)
            return Timeline(one.id, staff_name(at.activity, one), tuple(events), whole, can_widen)

    def ask_more(
        self, viewer: Viewer, activity_id: uuid.UUID, participation_id: uuid.UUID, note: str
    ) -> None:
        """Ask a learner for more before their levels are confirmed; they read the note.

        Raises InvalidInput without a note, NotFound.
        """
        note = note.strip()[:MAX_NOTE]
        if not note:
            raise InvalidInput({"more": [_("Say what you would like to see.")]})
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            one = find_participation(session, at.activity, participation_id, at.scope)
            session.add(
                ModerationDecision(
                    activity_id=activity_id,
                    participation_id=one.id,
                    about_id=one.user_id,
                    actor_id=viewer.user_id,
                    step=Step.ASK_MORE,
                    reason=note,
                )
            )


def _ways(session: Session, one: Participation, whole: bool) -> list[Participation]:
    """Return the learner's ways through the activities of the course that name them."""
    if not whole:
        return [one]
    query = (
        select(Participation)
        .join(Activity, Participation.activity_id == Activity.id)
        .where(
            Participation.user_id == one.user_id,
            Activity.context_id == one.activity.context_id,
        )
        .options(joinedload(Participation.activity))
    )
    return [way for way in session.scalars(query) if not is_masked(way.activity, way)]


def _events(session: Session, way: Participation) -> Iterator[Event]:
    title = way.activity.title
    yield Event(way.started_at, Happening.BEGAN, title)
    rated = {rating.moment: rating.rated_at for rating in way.ratings}  # all of a moment at once
    for moment, at in rated.items():
        before = moment is Moment.BEFORE
        yield Event(at, Happening.RATED_BEFORE if before else Happening.RATED_AFTER, title)
    if way.next_step is not None:
        yield Event(way.next_step.committed_at, Happening.COMMITTED, title)
    if way.completed_at is not None:
        yield Event(way.completed_at, Happening.COMPLETED, title)
    yield from _writing(session, way)
    yield from _decided(session, way)
    yield from _scores(session, way)
    yield from _mails(session, way)


def _writing(session: Session, way: Participation) -> Iterator[Event]:
    title = way.activity.title
    reflection = session.scalar(select(Reflection).where(Reflection.participation_id == way.id))
    if reflection is None:
        return
    if reflection.saved_at is not None and reflection.editable:
        yield Event(reflection.saved_at, Happening.DRAFT_SAVED, title, is_reflection=True)
    received = select(Response.released_at).where(
        Response.reflection_id == reflection.id,
        Response.state == WorkState.RELEASED,
        Response.released_at.is_not(None),
    )
    for released_at in session.scalars(received):
        if released_at is not None:
            yield Event(released_at, Happening.RECEIVED, title)


def _decided(session: Session, way: Participation) -> Iterator[Event]:
    query = (
        select(ModerationDecision)
        .where(
            ModerationDecision.activity_id == way.activity_id,
            ModerationDecision.about_id == way.user_id,
            ModerationDecision.step != Step.FLAG,
        )
        .options(joinedload(ModerationDecision.actor))
    )
    for row in session.scalars(query):
        own = row.actor_id in (None, way.user_id)
        about_text = row.participation_id is None
        detail = " – ".join(part for part in (row.detail, row.reason) if part)
        yield Event(
            row.at,
            Happening.DECIDED,
            way.activity.title,
            row.step,
            row.reflection_id is not None if about_text else None,
            "" if own or row.actor is None else row.actor.display_name,
            detail,
        )


def _scores(session: Session, way: Participation) -> Iterator[Event]:
    ended = {
        OutboxState.SENT: Happening.SCORE_SENT,
        OutboxState.REFUSED: Happening.SCORE_REFUSED,
    }
    query = select(OutboxMessage).where(
        OutboxMessage.participation_id == way.id,
        OutboxMessage.kind == scores.KIND,
        OutboxMessage.state.in_(ended),
    )
    for row in session.scalars(query):
        if row.finished_at is not None:
            given = str(row.payload.get("scoreGiven", ""))
            yield Event(row.finished_at, ended[row.state], way.activity.title, detail=given)


def _mails(session: Session, way: Participation) -> Iterator[Event]:
    title = way.activity.title
    for mail in mails_of(session, way):
        if mail.refused:
            what = Happening.MAIL_REFUSED
            yield Event(mail.at, what, title, detail=mail.reason, who_can_fix=mail.who_can_fix)
            continue
        what = Happening.REMINDER_SENT if mail.by_tutor else Happening.MAIL_SENT
        yield Event(mail.at, what, title)
