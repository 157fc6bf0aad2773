"""One reflection or response as staff meet it: what a page shows of it, and finding it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.models.activities import Activity
from lti_tool.models.moderation import ABOUT_IT, ALLOWED
from lti_tool.models.reflections import Reflection, ReflectionRevision
from lti_tool.models.responses import Response
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.vocabulary import Audience, Step, WorkState
from lti_tool.secrecy import digest
from lti_tool.services.cohort_scope import Scope
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.engine import readings
from lti_tool.services.engine.anonymity import staff_author_of_response, staff_name
from lti_tool.services.engine.appealing import AppealView
from lti_tool.services.engine.commenting import CommentView
from lti_tool.services.engine.flagging import FlagView
from lti_tool.services.engine.history import HistoryLine
from lti_tool.services.engine.redacting import RedactionView
from lti_tool.services.files.shown import FileView
from lti_tool.services.learner.rounds import Round

DECISIONS = (Step.RELEASE, Step.RETURN, Step.WITHHOLD)
"""What a tutor can decide, in the order of the buttons."""
UNSEEN = (WorkState.DRAFT, WorkState.SUBMITTED)
"""States in which staff do not see the work: not handed in, or still in its grace window."""


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person named on a page; ``participation_id`` leads to a learner's page."""

    user_id: uuid.UUID
    name: str
    participation_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class WorkPart:
    """One answer: ``label`` is the prompt in the reader's language, or a response part's key."""

    label: str
    html: str
    audience: Audience
    locale: str = ""
    """Language of the label where it is not the reader's."""
    key: str = ""
    """What tells the answer from the others: the prompt's id, or the response part's key."""
    speaks_to: tuple[str, ...] = ()
    """Codes of the competencies that the prompt speaks to."""
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkView:
    """A reflection or a response, opened by a tutor."""

    kind: WorkKind
    id: uuid.UUID
    state: WorkState
    author: PersonRef
    submitted_at: datetime | None
    parts: tuple[WorkPart, ...]
    hidden: int
    """How many answers only their author sees."""
    being_revised: bool
    """Whether its author has gone on writing since a tutor returned it."""
    answers_to: WorkView | None
    """Of a response: the reflection it answers."""
    responses: int
    """Of a reflection: how many responses it has."""
    helpfulness: int | None
    reply: str
    by_tutor: bool
    history: tuple[HistoryLine, ...]
    expected: str
    """What a decision must name, so that it decides on what its tutor has read."""
    is_flagged: bool = False
    """Whether a flag waits for an answer."""
    is_appealed: bool = False
    rounds: tuple[Round, ...] = ()
    """What changed each time it was handed in again, the last first."""
    redactions: tuple[RedactionView, ...] = ()
    flags: tuple[FlagView, ...] = ()
    appeal: AppealView | None = None
    comments: tuple[CommentView, ...] = ()
    language: str = ""
    """Language tag of its author, empty if unknown: replies are offered in it."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The decisions that its state allows."""
        if self.is_appealed:
            return ()
        leave = self.is_flagged and self.state is WorkState.RELEASED
        steps = tuple(step for step in DECISIONS if self.state in ALLOWED[step][0])
        return (Step.LEAVE, *steps) if leave else steps

    @property
    def files(self) -> tuple[FileView, ...]:
        """The files that were handed in with it last, as staff see them."""
        return tuple(file for part in self.parts for file in part.files)

    @property
    def can_redact(self) -> bool:
        """Whether a passage can be taken out of it."""
        return self.state in ABOUT_IT[Step.REDACT] and not self.is_appealed

    @property
    def undo(self) -> HistoryLine | None:
        """The last decision, if it can be taken back."""
        steps = [line for line in self.history if line.counts]
        last = steps[-1] if steps else None
        return last if last and last.can_be_undone and last.to_state is self.state else None


def expected_of(work: Reflection | Response) -> str:
    """Return a text that changes whenever there is something new to decide on."""
    moments = (work.submitted_at, work.flagged_at, work.appealed_at)
    told = [work.state.value, *(one.isoformat() if one else "" for one in moments)]
    return digest("@".join(told))[:32]  # pages that hide who wrote must not tell when, either


def load(
    session: Session, activity: Activity, kind: WorkKind, work_id: uuid.UUID, scope: Scope
) -> Reflection | Response:
    """Return a reflection or response of ``activity``.

    Raises NotFound for one that staff do not see yet, or that is not within the ``scope``.
    """
    work: Reflection | Response | None
    if kind is WorkKind.REFLECTION:
        work = session.scalar(
            select(Reflection).where(Reflection.id == work_id, scope.holds_reflection())
        )
    else:
        work = session.scalar(
            select(Response).where(Response.id == work_id, scope.holds_response())
        )
    if work is None or work.activity_id != activity.id or work.state in UNSEEN:
        raise NotFound(kind.value)
    return work


def author_name(activity: Activity, work: Reflection | Response) -> str:
    """Return what staff call the person who wrote ``work``."""
    if isinstance(work, Reflection):
        return staff_name(activity, work.participation)
    return staff_author_of_response(activity, work)


def texts_of(session: Session, work: Reflection | Response) -> list[str]:
    """Return the texts of a work that peers read, as HTML."""
    if isinstance(work, Response):
        parts = [getattr(work, name) for name in RESPONSE_PARTS]
        return parts + readings.comments_in(session, work.id)
    latest = session.scalars(
        select(ReflectionRevision.answers)
        .where(ReflectionRevision.reflection_id == work.id)
        .order_by(ReflectionRevision.number.desc())
        .limit(1)
    ).first()
    for_peers = {
        str(prompt.id) for prompt in work.version.prompts if prompt.audience is Audience.COHORT
    }
    return [html for key, html in (latest or {}).items() if key in for_peers]
