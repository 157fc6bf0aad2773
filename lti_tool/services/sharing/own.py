"""What a learner has over all their courses: read once, for every kind of thing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.people import Context, User
from lti_tool.models.platforms import Deployment
from lti_tool.rules.licences import Sharing, judge
from lti_tool.rules.vocabulary import DeploymentState
from lti_tool.services.frameworks.attribution import attribution_of
from lti_tool.services.frameworks.frameworks import level_view
from lti_tool.services.learner.level_paths import ways_of
from lti_tool.services.sharing.things import CompetencyRef, FrameworkRef


@dataclass(frozen=True, slots=True)
class Own:
    """A learner's ways through activities, the levels confirmed there, and what these are about."""

    ways: Mapping[uuid.UUID, Participation]
    """By their ids; rehearsals are left out, and deployments that are switched off."""
    courses: Mapping[uuid.UUID, str]
    """Titles, by the ids of ways."""
    confirmed: tuple[tuple[ConfirmedLevel, User], ...]
    """What stands, with who confirmed it, the newest first."""
    competencies: Mapping[uuid.UUID, CompetencyRef]
    frameworks: Mapping[uuid.UUID, FrameworkRef]


def own_of(session: Session, user_id: uuid.UUID) -> Own:
    """Return what a person has, in places that are switched on."""
    open_places = (
        select(Context.id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.state == DeploymentState.APPROVED)
    )
    ways = {way.id: way for way in ways_of(session, user_id, Activity.context_id.in_(open_places))}
    confirmed = _confirmed(session, ways)
    ids = {row.competency_id for row, _user in confirmed}
    ids |= {rating.competency_id for way in ways.values() for rating in way.ratings}
    competencies = _competencies(session, ids)
    contexts = {way.activity.context_id for way in ways.values()}
    query = select(Context.id, Context.title).where(Context.id.in_(contexts))
    titles: dict[uuid.UUID | None, str] = dict(session.execute(query).all())
    return Own(
        ways=ways,
        courses={key: titles.get(way.activity.context_id, "") for key, way in ways.items()},
        confirmed=confirmed,
        competencies=competencies,
        frameworks=_frameworks(session, {one.framework_id for one in competencies.values()}),
    )


def _confirmed(
    session: Session, ways: Mapping[uuid.UUID, Participation]
) -> tuple[tuple[ConfirmedLevel, User], ...]:
    query = (
        select(ConfirmedLevel, User)
        .join(User, User.id == ConfirmedLevel.confirmed_by_id)
        .where(ConfirmedLevel.participation_id.in_(ways))
        .order_by(ConfirmedLevel.confirmed_at.desc(), ConfirmedLevel.id)
    )
    return tuple((row, user) for row, user in session.execute(query))


def _competencies(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, CompetencyRef]:
    return {
        one.id: CompetencyRef(one.id, one.framework_id, one.code, one.statement, one.position)
        for one in session.scalars(select(Competency).where(Competency.id.in_(ids)))
    }


def _frameworks(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, FrameworkRef]:
    query = (
        select(CompetencyFramework)
        .where(CompetencyFramework.id.in_(ids))
        .order_by(CompetencyFramework.created_at, CompetencyFramework.id)
        .options(selectinload(CompetencyFramework.levels))
    )
    return {one.id: _framework(one) for one in session.scalars(query)}


def _framework(one: CompetencyFramework) -> FrameworkRef:
    verdict = judge(one.licence, one.licence_url, one.creator, one.uri, *one.title.values())
    return FrameworkRef(
        title=one.title,
        levels=tuple(level_view(level) for level in one.levels),
        attribution=attribution_of(one),
        tells_scale=verdict.sharing is not Sharing.RESTRICTED,
    )
