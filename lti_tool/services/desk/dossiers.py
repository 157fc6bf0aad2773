"""One learner in one activity, as their tutor sees them: work, responses, ratings, checklist."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.models.activities import Activity
from lti_tool.models.participations import NextStep, Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.desk import interventions
from lti_tool.services.desk.dossier_levels import depth_panel, standings
from lti_tool.services.desk.dossier_views import (
    Care,
    Dossier,
    NextStepView,
    OwnResponse,
    ResponseLine,
)
from lti_tool.services.desk.work import UNSEEN, WorkPart, WorkView
from lti_tool.services.desk.work_views import read_reflection, reflection_view, response_parts
from lti_tool.services.engine import clocks, completion, readings
from lti_tool.services.engine.anonymity import (
    alias_of,
    askings,
    is_masked,
    staff_author_of_response,
    staff_name,
)
from lti_tool.services.engine.confirmations import find_participation
from lti_tool.services.engine.history import HistoryLine, histories_of
from lti_tool.services.frameworks.frameworks import LevelView, level_view
from lti_tool.services.learner.follow_up_views import shared_follow_ups
from lti_tool.services.learner.response_views import with_author
from lti_tool.services.outbox import competency_states, scores


def read_dossier(
    session: Session, viewer: Viewer, activity: Activity, participation_id: uuid.UUID
) -> Dossier:
    """Return what staff may know of one learner; raise NotFound."""
    scope = scope_of(session, viewer)
    participation = find_participation(session, activity, participation_id, scope)
    reflection = session.scalar(
        select(Reflection).where(Reflection.participation_id == participation.id)
    )
    responses = _responses(session, participation, reflection)
    received, given = _exchanges(session, participation, responses)
    return Dossier(
        participation_id=participation.id,
        name=staff_name(activity, participation),
        alias=alias_of(activity, participation) if activity.anonymity.hides_peers else "",
        masked=is_masked(activity, participation),
        askings=askings(session, participation.id, with_names=True),
        follow_ups=shared_follow_ups(session, participation.id),
        need=participation.need,
        started_at=participation.started_at,
        completed_at=participation.completed_at,
        progress=completion.measure(session, participation),
        state=reflection.state if reflection else None,
        reflection=_reflection(session, activity, reflection),
        received=received,
        given=given,
        standings=standings(session, activity, participation),
        levels=_levels(activity),
        next_step=_next_step(participation.next_step),
        own_response=_own_response(responses, viewer),
        score=scores.states_for(session, activity.id, [participation.id]).get(participation.id),
        care=_care(session, activity, participation),
        level_states=competency_states.of_one(session, participation.id),
        notes_go_along=activity.competency_columns and activity.column_notes_at is not None,
        depth=depth_panel(session, activity, reflection),
    )


def _care(session: Session, activity: Activity, participation: Participation) -> Care:
    # Before they had a pseudonym, staff did things for them by name.
    since = participation.started_at if is_masked(activity, participation) else None
    return Care(
        dates=clocks.dates_of(participation),
        usual=clocks.activity_dates(activity),
        done=interventions.history(session, activity.id, participation.user_id, since),
    )


def _exchanges(
    session: Session, participation: Participation, responses: Sequence[Response]
) -> tuple[tuple[ResponseLine, ...], tuple[ResponseLine, ...]]:
    """Return the responses that the learner received, and those that they gave."""
    ids = [response.id for response in responses]
    histories = histories_of(session, ids)
    told = readings.readings_of(session, ids, participation.activity.locale)
    received: list[ResponseLine] = []
    given: list[ResponseLine] = []
    for response in responses:
        lines = given if response.author_id == participation.user_id else received
        history = histories.get(response.id, ())
        parts = response_parts(response, told.get(response.id, ()))
        lines.append(_line(participation.activity, response, parts, history))
    return tuple(received), tuple(given)


def _reflection(
    session: Session, activity: Activity, reflection: Reflection | None
) -> WorkView | None:
    if reflection is None or reflection.state in UNSEEN:
        return None
    return reflection_view(session, activity, read_reflection(session, reflection.id))


def _responses(
    session: Session, participation: Participation, reflection: Reflection | None
) -> Sequence[Response]:
    """Return the responses given and received that staff may see, oldest first."""
    theirs: list[ColumnElement[bool]] = [Response.author_id == participation.user_id]
    if reflection is not None:
        theirs.append(Response.reflection_id == reflection.id)
    query = (
        select(Response)
        .where(
            Response.activity_id == participation.activity_id,
            Response.state.not_in(UNSEEN),
            or_(*theirs),
        )
        .order_by(Response.submitted_at, Response.id)
        .options(
            *with_author(),
            joinedload(Response.reflection)
            .joinedload(Reflection.participation)
            .joinedload(Participation.user),
        )
    )
    return session.scalars(query).all()


def _line(
    activity: Activity,
    response: Response,
    parts: tuple[WorkPart, ...],
    history: Collection[HistoryLine],
) -> ResponseLine:
    # What its author writes after a return is theirs until it is sent again.
    returned = response.state is WorkState.RETURNED
    return ResponseLine(
        id=response.id,
        state=response.state,
        author=staff_author_of_response(activity, response),
        addressee=staff_name(activity, response.reflection.participation),
        by_tutor=response.allocation_id is None,
        submitted_at=response.submitted_at,
        parts=() if returned else parts,
        helpfulness=response.helpfulness,
        reply=response.reply,
        takeaway=response.takeaway,
        history=tuple(history),
    )


def _levels(activity: Activity) -> tuple[LevelView, ...]:
    framework = activity.framework
    return tuple(level_view(level) for level in framework.levels) if framework else ()


def _next_step(step: NextStep | None) -> NextStepView | None:
    return NextStepView(step.action, step.by_date, step.opportunity) if step else None


def _own_response(responses: Sequence[Response], viewer: Viewer) -> OwnResponse | None:
    for response in responses:
        if response.author_id == viewer.user_id and response.allocation_id is None:
            parts = {
                "resonates": response.resonates,
                "question": response.question,
                "suggestion": response.suggestion,
            }
            untouched = response.helpfulness is None and not response.reply
            return OwnResponse(parts, response.state, untouched)
    return None
