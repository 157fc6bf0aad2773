"""A tutor's own response to a reflection, inside somebody else's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition, Stale
from lti_tool.models.activities import Activity
from lti_tool.models.responses import Response
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.interventions import InterventionAct, InterventionKind
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.desk import interventions, work
from lti_tool.services.desk.deciding import Desk
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.engine.concerned import refresh_concerned
from lti_tool.services.learner import responding


def give(
    session: Session, at: Desk, reflection_id: uuid.UUID, parts: Mapping[str, str]
) -> uuid.UUID:
    """Give the tutor's own response to a released reflection; it is released at once.

    Raises Stale once its addressee has said something about it, IllegalTransition for a reflection
    that is not released, NotFound.
    """
    reflection = work.load(session, at.activity, WorkKind.REFLECTION, reflection_id, at.scope)
    if reflection.state is not WorkState.RELEASED:
        raise IllegalTransition("reflection", reflection.state, "respond")
    response = _own_response(session, at.viewer, at.activity, reflection_id)
    for name in RESPONSE_PARTS:
        setattr(response, name, parts.get(name, ""))
    response.saved_at = clock.now()
    if response.state is not WorkState.RELEASED:
        _hand_over(session, response, at.viewer.user_id)
        learner = [response.reflection.participation.user_id]
        act, kind = InterventionAct.ANSWERED, InterventionKind.COGNITIVE
        interventions.write(session, at.viewer, at.activity, learner, act, kind)
    session.flush()
    refresh_concerned(session, response)
    return response.id


def _own_response(
    session: Session, viewer: Viewer, activity: Activity, reflection_id: uuid.UUID
) -> Response:
    """Return the tutor's response to the reflection, a new one if there is none yet."""
    response = session.scalar(
        select(Response).where(
            Response.reflection_id == reflection_id, Response.author_id == viewer.user_id
        )
    )
    if response is None:
        response = Response(
            activity_id=activity.id,
            reflection_id=reflection_id,
            author_id=viewer.user_id,
            state=WorkState.DRAFT,
        )
        session.add(response)
        session.flush()
    if response.helpfulness is not None or response.reply or response.allocation_id:
        raise Stale("response", {"state": response.state.value})
    return response


def _hand_over(session: Session, response: Response, tutor_id: uuid.UUID) -> None:
    """Release the tutor's response; nobody moderates the moderator, and there is no grace."""
    if response.state in (WorkState.DRAFT, WorkState.RETURNED):
        session.add(response.submit(tutor_id, timedelta(0)))
        responding.keep_revision(session, response)
    session.add(response.release(tutor_id))
    session.flush()
