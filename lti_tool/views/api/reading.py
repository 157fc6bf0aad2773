"""``/api/v1``: what an educator's program reads of one course, with an access token, as JSON.

Nothing is changed by it. No cookie counts here, and no other site's script may read the answers:
there are no CORS headers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, jsonify, request
from marshmallow import RAISE, Schema, ValidationError
from werkzeug.wrappers import Response

from lti_tool.errors import InvalidInput, TokenRefused
from lti_tool.schemas import reading as schemas
from lti_tool.schemas import reading_work as work_schemas
from lti_tool.views.errors import API
from lti_tool.views.session import services, viewer

bp = Blueprint("reading", __name__, url_prefix=API)
ACTIVITY = "/activities/<uuid:activity_id>"


@dataclass(frozen=True, slots=True)
class Operation:
    """A resource that can be read: where, what it answers, and what its document says of it."""

    name: str
    path: str
    answer: type[Schema]
    summary: str

    @property
    def is_list(self) -> bool:
        """Whether it is read piece by piece."""
        return issubclass(self.answer, schemas.Listing)


OPERATIONS: list[Operation] = []


def reads(path: str, answer: type[Schema]) -> Callable[[Callable[..., object]], None]:
    """Make a function a resource: its first line is the summary, what it returns is dumped."""

    def register(read: Callable[..., object]) -> None:
        summary = (read.__doc__ or "").strip()
        operation = Operation(read.__name__, path, answer, summary)
        OPERATIONS.append(operation)
        query = schemas.ListQuery if operation.is_list else Schema

        def show(**ids: uuid.UUID) -> Response:
            return jsonify(answer().dump(read(**ids, **_asked(query))))

        bp.add_url_rule(path, read.__name__, show)

    return register


@bp.before_request
def authenticate() -> None:
    """Find for whom a program reads; raise TokenRefused."""
    told = request.authorization
    if told is None or told.type != "bearer" or not told.token:
        raise TokenRefused(sent=False)
    g.viewer = services().access_tokens.viewer(told.token)


@reads("/activities", schemas.Activities)
def activities(cursor: str, limit: int) -> object:
    """List the activities of the course."""
    return services().reading.activities(viewer(), cursor, limit)


@reads(ACTIVITY, schemas.Activity)
def activity(activity_id: uuid.UUID) -> object:
    """Read one activity."""
    return services().reading.activity(viewer(), activity_id)


@reads(f"{ACTIVITY}/learners", schemas.Learners)
def learners(activity_id: uuid.UUID, cursor: str, limit: int) -> object:
    """List the learners of an activity, and where they stand."""
    return services().reading.learners(viewer(), activity_id, cursor, limit)


@reads(f"{ACTIVITY}/scores", schemas.Scores)
def scores(activity_id: uuid.UUID, cursor: str, limit: int) -> object:
    """List scores, and how they fare on their way to the LMS."""
    return services().reading.scores(viewer(), activity_id, cursor, limit)


@reads(f"{ACTIVITY}/reflections", work_schemas.Reflections)
def reflections(activity_id: uuid.UUID, cursor: str, limit: int) -> object:
    """List reflections that were handed in: their states, not their texts."""
    return services().work_reading.reflections(viewer(), activity_id, cursor, limit)


@reads(f"{ACTIVITY}/responses", work_schemas.Responses)
def responses(activity_id: uuid.UUID, cursor: str, limit: int) -> object:
    """List responses that were handed in: their states, not their texts."""
    return services().work_reading.responses(viewer(), activity_id, cursor, limit)


@reads(f"{ACTIVITY}/history", work_schemas.Decisions)
def history(activity_id: uuid.UUID, cursor: str, limit: int) -> object:
    """List the moderation history: who decided what, without the words that go with it."""
    return services().work_reading.history(viewer(), activity_id, cursor, limit)


@reads(f"{ACTIVITY}/figures", schemas.Figures)
def figures(activity_id: uuid.UUID) -> object:
    """Read the figures of an activity, as on its page; small groups are kept back."""
    return services().reading.figures(viewer(), activity_id)


def _asked(query: type[Schema]) -> dict[str, Any]:
    """Return the parameters in the address; raise InvalidInput for one that cannot be."""
    try:
        found: dict[str, Any] = query().load(request.args, unknown=RAISE)
    except ValidationError as error:
        raise InvalidInput(error.messages_dict) from error
    return found
