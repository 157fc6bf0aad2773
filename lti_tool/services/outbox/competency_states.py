"""How confirmed levels fare on their way to their columns, for learners' and tutors' pages."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox import competency_columns, competency_scores
from lti_tool.services.outbox.scores import ScoreState, state_of
from lti_tool.services.outbox.shown import ShownScore, shown_for


@dataclass(frozen=True, slots=True)
class LevelState:
    """How the level of one competency fares.

    ``score`` is the message about it: that of the level, or, where ``waits_for_column``, that of
    the column which is made first (its points mean nothing then; None if that is done this
    moment). ``withdrawn`` says that the level was taken back and the grade with it.
    """

    competency_id: uuid.UUID
    code: str
    statement: Mapping[str, str]
    score: ScoreState | None
    withdrawn: bool = False
    waits_for_column: bool = False


def states_for(
    session: Session, participation_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[LevelState, ...]]:
    """Return how learners' levels fare, by participation, in the order of the framework."""
    if not participation_ids:
        return {}
    rows = [*_told(session, participation_ids), *_waiting(session, participation_ids)]
    found: dict[uuid.UUID, list[tuple[int, LevelState]]] = defaultdict(list)
    for participation_id, position, state in rows:
        found[participation_id].append((position, state))
    return {
        key: tuple(state for _position, state in sorted(lines, key=lambda line: line[0]))
        for key, lines in found.items()
    }


def of_one(session: Session, participation_id: uuid.UUID) -> tuple[LevelState, ...]:
    """Return how one learner's levels fare in one activity."""
    return states_for(session, [participation_id]).get(participation_id, ())


def _told(
    session: Session, participation_ids: Collection[uuid.UUID]
) -> list[tuple[uuid.UUID, int, LevelState]]:
    """Return the last message to each column; a withdrawal after which nothing came stays told."""
    query = (
        select(OutboxMessage, Competency)
        .join(LineItem, OutboxMessage.line_item_id == LineItem.id)
        .join(Competency, LineItem.competency_id == Competency.id)
        .where(
            OutboxMessage.participation_id.in_(list(participation_ids)),
            OutboxMessage.kind == competency_scores.KIND,
            OutboxMessage.state != OutboxState.SUPERSEDED,
        )
        .order_by(OutboxMessage.created_at, OutboxMessage.id)
    )
    last = {message.key: (message, item) for message, item in session.execute(query)}
    shown = shown_for(session, [message for message, _item in last.values()])
    return [
        (message.participation_id, item.position, _level(message, item, shown))
        for message, item in last.values()
        if message.participation_id is not None
    ]


def _level(
    message: OutboxMessage, item: Competency, shown: Mapping[uuid.UUID, ShownScore]
) -> LevelState:
    return LevelState(
        item.id,
        item.code,
        item.statement,
        state_of(message, shown.get(message.id)),
        withdrawn="scoreGiven" not in message.payload,
    )


def _waiting(
    session: Session, participation_ids: Collection[uuid.UUID]
) -> list[tuple[uuid.UUID, int, LevelState]]:
    """Return confirmed levels whose column is not made yet."""
    query = (
        select(Participation.id, LineItem.id, Competency)
        .join(ConfirmedLevel, ConfirmedLevel.participation_id == Participation.id)
        .join(Competency, ConfirmedLevel.competency_id == Competency.id)
        .join(Activity, Participation.activity_id == Activity.id)
        .join(
            LineItem,
            and_(LineItem.activity_id == Activity.id, LineItem.competency_id == Competency.id),
        )
        .where(
            Participation.id.in_(list(participation_ids)),
            Activity.competency_columns,
            LineItem.url == "",
        )
    )
    rows = session.execute(query).all()
    fares = {key: _fares(session, key) for key in {row[1] for row in rows}}
    return [
        (
            participation_id,
            item.position,
            LevelState(item.id, item.code, item.statement, fares[key], waits_for_column=True),
        )
        for participation_id, key, item in rows
    ]


def _fares(session: Session, item_id: uuid.UUID) -> ScoreState | None:
    message = competency_columns.last_message(session, item_id)
    return state_of(message) if message is not None else None
