"""One reflection or response as staff read it: its text by audience, its history, what can be done.

Answers that are for their author alone never leave this module; only their number does.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from lti_tool.errors import NotFound
from lti_tool.models.activities import Activity, ActivityVersion
from lti_tool.models.moderation import ALLOWED
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.prompt_templates import wording
from lti_tool.rules.vocabulary import Audience, Step, WorkState
from lti_tool.services.history import HistoryLine, history_of
from lti_tool.services.queue import WorkKind

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
    before: tuple[WorkPart, ...]
    """Of a reflection that was handed in again: what it said the time before."""
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

    @property
    def steps(self) -> tuple[Step, ...]:
        """The decisions that its state allows."""
        return tuple(step for step in DECISIONS if self.state in ALLOWED[step][0])

    @property
    def undo(self) -> HistoryLine | None:
        """The last decision, if it can be taken back."""
        last = self.history[-1] if self.history else None
        return last if last and last.can_be_undone and last.to_state is self.state else None


def expected_of(work: Reflection | Response) -> str:
    """Return a text that changes whenever there is something new to decide on."""
    moment = work.submitted_at.isoformat() if work.submitted_at else ""
    return f"{work.state.value}@{moment}"


def load(
    session: Session, activity: Activity, kind: WorkKind, work_id: uuid.UUID
) -> Reflection | Response:
    """Return a reflection or response of ``activity``; raise NotFound for one staff do not see."""
    work: Reflection | Response | None
    if kind is WorkKind.REFLECTION:
        work = session.scalar(select(Reflection).where(Reflection.id == work_id))
    else:
        work = session.scalar(select(Response).where(Response.id == work_id))
    if work is None or work.activity_id != activity.id or work.state in UNSEEN:
        raise NotFound(kind.value)
    return work


def author_of(work: Reflection | Response) -> User:
    """Return the person who wrote ``work``."""
    return work.participation.user if isinstance(work, Reflection) else work.author


def open_work(session: Session, activity: Activity, kind: WorkKind, work_id: uuid.UUID) -> WorkView:
    """Return what the reading pane shows; raise NotFound."""
    load(session, activity, kind, work_id)
    if kind is WorkKind.REFLECTION:
        return reflection_view(session, activity, read_reflection(session, work_id))
    return response_view(session, activity, read_response(session, work_id))


def read_reflection(session: Session, reflection_id: uuid.UUID) -> Reflection:
    """Return a reflection with all that a page shows of it."""
    return session.scalars(
        select(Reflection).where(Reflection.id == reflection_id).options(*_reflection_parts())
    ).one()


def read_response(session: Session, response_id: uuid.UUID) -> Response:
    """Return a response with the reflection that it answers."""
    return session.scalars(
        select(Response)
        .where(Response.id == response_id)
        .options(
            joinedload(Response.author),
            joinedload(Response.allocation),
            joinedload(Response.reflection).options(*_reflection_parts()),
        )
    ).one()


def reflection_view(session: Session, activity: Activity, reflection: Reflection) -> WorkView:
    """Return a reflection as staff read it."""
    revisions = [revision.answers for revision in reflection.revisions]
    if reflection.state is WorkState.SUBMITTED:
        # Reached through a response to an earlier revision: the grace window holds here, too.
        revisions.pop()
    prompts = reflection.version.prompts
    latest = revisions[-1] if revisions else {}
    count = select(func.count()).where(
        Response.reflection_id == reflection.id, Response.state == WorkState.RELEASED
    )
    return WorkView(
        kind=WorkKind.REFLECTION,
        id=reflection.id,
        state=reflection.state,
        author=_learner(reflection.participation),
        submitted_at=reflection.submitted_at,
        parts=_answers(reflection, latest, activity.locale),
        hidden=sum(
            1 for item in prompts if item.audience is Audience.ME and latest.get(str(item.id))
        ),
        being_revised=False,
        before=_answers(reflection, revisions[-2], activity.locale) if revisions[1:] else (),
        answers_to=None,
        responses=session.scalar(count) or 0,
        helpfulness=None,
        reply="",
        by_tutor=False,
        history=tuple(history_of(session, reflection.id)),
        expected=expected_of(reflection),
    )


def response_view(session: Session, activity: Activity, response: Response) -> WorkView:
    """Return a response as staff read it, with the reflection it answers."""
    history = tuple(history_of(session, response.id))
    # A response has no revisions: what its author writes after a return is theirs until sent.
    revised = (
        response.state is WorkState.RETURNED
        and bool(history)
        and response.saved_at is not None
        and response.saved_at > history[-1].at
    )
    return WorkView(
        kind=WorkKind.RESPONSE,
        id=response.id,
        state=response.state,
        author=_author(session, activity, response.author),
        submitted_at=response.submitted_at,
        parts=() if revised else response_parts(response),
        hidden=0,
        being_revised=revised,
        before=(),
        answers_to=reflection_view(session, activity, response.reflection),
        responses=0,
        helpfulness=response.helpfulness,
        reply=response.reply,
        by_tutor=response.allocation_id is None,
        history=history,
        expected=expected_of(response),
    )


def response_parts(response: Response) -> tuple[WorkPart, ...]:
    """Return the parts of a response that have text."""
    texts = ((name, getattr(response, name)) for name in RESPONSE_PARTS)
    return tuple(WorkPart(name, html, Audience.COHORT) for name, html in texts if html)


def _reflection_parts() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Reflection.participation).joinedload(Participation.user),
        selectinload(Reflection.revisions),
        joinedload(Reflection.version).selectinload(ActivityVersion.prompts),
    )


def _answers(
    reflection: Reflection, answers: Mapping[str, str], locale: str
) -> tuple[WorkPart, ...]:
    """Return the answers that staff read, each under its prompt in the reader's language."""
    parts = []
    for prompt in reflection.version.prompts:
        html = answers.get(str(prompt.id), "")
        if html and prompt.audience is not Audience.ME:
            worded = wording(prompt.template_key, prompt.text, prompt.help, locale)
            parts.append(WorkPart(worded.text, html, prompt.audience, worded.locale))
    return tuple(parts)


def _learner(participation: Participation) -> PersonRef:
    user = participation.user
    return PersonRef(user.id, user.display_name, participation.id)


def _author(session: Session, activity: Activity, user: User) -> PersonRef:
    query = select(Participation.id).where(
        Participation.activity_id == activity.id, Participation.user_id == user.id
    )
    return PersonRef(user.id, user.display_name, session.scalar(query))
