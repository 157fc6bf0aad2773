"""Levels that tutors confirmed, and what learners said of themselves, as things to show."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from lti_tool.models.participations import ConfirmedLevel, SelfRating
from lti_tool.models.people import Membership, User
from lti_tool.rules.vocabulary import Moment, Role
from lti_tool.services.credentials.links import links_of
from lti_tool.services.engine.anonymity import confirmer_name
from lti_tool.services.engine.level_history import LevelChange, changes_of
from lti_tool.services.sharing.own import Own
from lti_tool.services.sharing.things import Key, LevelThing, RatingThing

LEVEL, RATING = "level", "rating"
Place: TypeAlias = tuple[uuid.UUID, uuid.UUID]
"""A way through an activity, and a competency."""


def levels_of(session: Session, own: Own) -> tuple[LevelThing, ...]:
    """Return the levels that stand now, in the words of the day on which they were confirmed."""
    said = _last_words(session, own)
    roles = _roles(session, own)
    links = {
        (one.participation_id, one.competency_id, one.level): one.path
        for one in links_of(session, own.ways)
    }
    found = (
        _level(own, row, user, said.get((row.participation_id, row.competency_id)), roles)
        for row, user in own.confirmed
    )
    return tuple(
        replace(one, verify=links.get((one.key.participation_id, one.competency.id, one.level), ""))
        for one in found
    )


def ratings_of(_session: Session, own: Own) -> tuple[RatingThing, ...]:
    """Return what the learner said of themselves, before and after, activity by activity."""
    found: dict[Place, dict[Moment, SelfRating]] = {}
    for way in own.ways.values():
        for row in way.ratings:
            found.setdefault((way.id, row.competency_id), {})[row.moment] = row
    return tuple(_rating(own, place, rows) for place, rows in found.items())


def _level(
    own: Own,
    row: ConfirmedLevel,
    user: User,
    said: LevelChange | None,
    roles: Mapping[Place, Role],
) -> LevelThing:
    competency = own.competencies[row.competency_id]
    scale = own.frameworks[competency.framework_id].levels
    way = own.ways[row.participation_id]
    by = confirmer_name(way.activity, user)
    context_id = way.activity.context_id
    told = said if said is not None and said.level == row.level else None
    return LevelThing(
        key=Key(LEVEL, way.id, competency_id=competency.id),
        competency=competency,
        level=row.level,
        of=told.scale_size if told else len(scale),
        label=told.label if told else _label(own, competency.id, row.level),
        worded=told.statement if told and told.statement != competency.statement else {},
        at=row.confirmed_at,
        course=own.courses[way.id],
        by=by,
        role=roles.get((user.id, context_id), Role.TUTOR) if by and context_id else Role.TUTOR,
    )


def _rating(own: Own, place: Place, rows: Mapping[Moment, SelfRating]) -> RatingThing:
    way_id, competency_id = place
    labels = {moment: _label(own, competency_id, row.level) for moment, row in rows.items()}
    return RatingThing(
        key=Key(RATING, way_id, competency_id=competency_id),
        competency=own.competencies[competency_id],
        before=labels.get(Moment.BEFORE, {}),
        after=labels.get(Moment.AFTER, {}),
        at=max(row.rated_at for row in rows.values()),
        course=own.courses[way_id],
    )


def _label(own: Own, competency_id: uuid.UUID, position: int) -> Mapping[str, str]:
    scale = own.frameworks[own.competencies[competency_id].framework_id].levels
    return next((one.label for one in scale if one.position == position), {})


def _last_words(session: Session, own: Own) -> dict[Place, LevelChange]:
    """Return what the history says last of each competency on each way."""
    changes = changes_of(session, list(own.ways), for_staff=False)
    return {
        (way_id, line.competency_id): line for way_id, lines in changes.items() for line in lines
    }


def _roles(session: Session, own: Own) -> dict[Place, Role]:
    """Return as what those who confirmed a level are in its course: by person and course."""
    places = {
        (user.id, own.ways[row.participation_id].activity.context_id) for row, user in own.confirmed
    }
    query = select(Membership).where(tuple_(Membership.user_id, Membership.context_id).in_(places))
    return {(one.user_id, one.context_id): one.effective_role for one in session.scalars(query)}
