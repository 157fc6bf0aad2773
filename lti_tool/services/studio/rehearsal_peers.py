"""What the invented peers of a rehearsal do: the same use cases as any learner's."""

from __future__ import annotations

import uuid

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool import clock, i18n
from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules import invented
from lti_tool.rules.allocation import Rating
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Audience, WorkState
from lti_tool.services.engine import completion, settling
from lti_tool.services.learner.drafts import Written
from lti_tool.services.learner.participations import Participations
from lti_tool.services.learner.reflections import Reflections
from lti_tool.services.learner.response_pages import RespondPage
from lti_tool.services.learner.responses import Responses

MOST = 3
"""Reflections that a peer answers at most: the educator's, and the other peer's."""


def reflect(db: Database, peer: Viewer, number: int) -> None:
    """Let a peer say where they stand, and write and hand in a reflection."""
    activity_id = _activity_of(peer)
    page = Reflections(db).now(peer, activity_id)
    ratings = {
        item.competency_id: Rating(1 + number % len(page.levels), len(page.levels))
        for item in page.competencies
        if page.levels
    }
    with i18n.use(page.standing.activity.locale):
        need = invented.answer(number, 2, 0, None, i18n.current())
        Participations(db).rate_before(peer, activity_id, need, ratings)
        page = Reflections(db).now(peer, activity_id)
        texts = {
            answer.prompt.field: invented.answer(
                number,
                place,
                answer.prompt.min_words,
                answer.prompt.max_words,
                answer.prompt.locale,
            )
            for place, answer in enumerate(page.answers)
            if answer.prompt.required or answer.prompt.audience is Audience.COHORT
        }
        Reflections(db).submit(peer, activity_id, Written(texts))


def respond(db: Database, peer: Viewer) -> None:
    """Let a peer answer what they are given."""
    activity_id = _activity_of(peer)
    with db.read() as session:
        locale = session.get_one(Activity, activity_id).locale
    with i18n.use(locale):
        for _time in range(MOST):
            allocation_id = Responses(db).ask(peer, activity_id)
            if allocation_id is None:
                return
            page = Responses(db).open(peer, activity_id, allocation_id)
            told = invented.response() | _by_criteria(page)
            Responses(db).submit(peer, activity_id, allocation_id, Written(told))
            let_pass(db, peer)


def _by_criteria(page: RespondPage) -> dict[str, str]:
    """Return what a peer says by criteria: a middle level, in as many words as are asked for."""
    told: dict[str, str] = {}
    for one in page.criteria:
        middle = 1 + len(one.criterion.levels) // 2
        told[one.level_name] = str(middle)
        told[one.comment_name] = invented.answer(0, 0, page.least_words, None, i18n.current())
    return told


def has_written(db: Database, viewer: Viewer) -> bool:
    """Return whether somebody has handed in a reflection."""
    mine = exists().where(
        Reflection.participation_id == Participation.id, Reflection.state != WorkState.DRAFT
    )
    query = select(mine).where(
        Participation.activity_id == _activity_of(viewer), Participation.user_id == viewer.user_id
    )
    with db.read() as session:
        return bool(session.scalar(query))


def _activity_of(viewer: Viewer) -> uuid.UUID:
    if viewer.activity_id is None:
        raise NotFound("activity")
    return viewer.activity_id


def let_pass(db: Database, viewer: Viewer) -> None:
    """End all grace windows, and release what waits for a tutor."""
    with db.write() as session:
        activity = session.get_one(Activity, _activity_of(viewer))
        for work in _standing_as(session, activity, WorkState.SUBMITTED):
            work.visible_at = clock.now()
            settling.settle(session, work)
        for work in _standing_as(session, activity, WorkState.HELD):
            session.add(work.release(None))
            session.flush()
            completion.refresh(session, settling.addressee(session, work))


def _standing_as(session: Session, activity: Activity, state: WorkState) -> list[settling.Work]:
    """Return the reflections and responses of an activity that are in a state."""
    reflections = select(Reflection).where(
        Reflection.activity_id == activity.id, Reflection.state == state
    )
    responses = select(Response).where(Response.activity_id == activity.id, Response.state == state)
    return [*session.scalars(reflections), *session.scalars(responses)]
