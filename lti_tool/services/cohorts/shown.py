"""What the pages on cohorts show: lists, one cohort, groups to make cohorts of, what to join."""

from __future__ import annotations

import uuid
from collections import defaultdict

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session

from lti_tool.errors import Forbidden, NotFound
from lti_tool.models.cohorts import Cohort, CohortTutor
from lti_tool.models.people import Context, Membership, User
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role
from lti_tool.services.cohort_scope import cohorts_seen, is_active
from lti_tool.services.cohorts import groups
from lti_tool.services.cohorts.views import (
    CohortLine,
    CohortsPage,
    CohortView,
    Colleague,
    GroupOffer,
    LearnerLine,
    TutorView,
)

MOST_SHOWN = 500
"""Learners of a cohort that one page lists."""


def takes_part() -> tuple[ColumnElement[bool], ...]:
    """Tell memberships of people who take part now: no staff, nobody who left."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    return role.in_([one.value for one in Role if one.takes_part]), Membership.left_at.is_(None)


def name_key() -> ColumnElement[str]:
    """Return what people are sorted by: the name that is shown, in small letters."""
    return func.lower(case((User.chosen_name != "", User.chosen_name), else_=User.name))


def is_staff() -> ColumnElement[bool]:
    """Tell memberships of staff who are in the course now."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    moderating = [one.value for one in Role if one.moderates]
    return and_(role.in_(moderating), Membership.left_at.is_(None))


def cohorts_page(session: Session, viewer: Viewer) -> CohortsPage:
    """Return the list that the viewer sees; raise Forbidden for who is no staff."""
    if not viewer.role.moderates:
        raise Forbidden("cohorts")
    seen = {one.id for one in cohorts_seen(session, viewer)}
    here = Membership.context_id == viewer.context_id
    educates = viewer.role is Role.EDUCATOR
    context = session.get(Context, viewer.context_id) if viewer.context_id else None
    loose = select(func.count()).where(here, Membership.cohort_id.is_(None), *takes_part())
    return CohortsPage(
        cohorts=tuple(_lines(session, viewer, seen)),
        without_cohort=(session.scalar(loose) or 0) if educates else 0,
        idle_tutors=tuple(_idle(session, viewer)) if educates else (),
        tutors_see_all=context is not None and context.tutors_see_all,
        has_groups=educates
        and viewer.context_id is not None
        and groups.has_groups(session, viewer.context_id),
        is_divided=bool(
            session.scalar(select(exists().where(Cohort.context_id == viewer.context_id)))
        ),
    )


def cohort_view(session: Session, viewer: Viewer, cohort_id: uuid.UUID) -> CohortView:
    """Return one cohort that the viewer sees; raise NotFound."""
    if not viewer.role.moderates:
        raise Forbidden("cohorts")
    named = cohorts_seen(session, viewer)
    if cohort_id not in {one.id for one in named}:
        raise NotFound("cohort")
    (line,) = _lines(session, viewer, {cohort_id})
    learners = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.cohort_id == cohort_id, *takes_part())
        .order_by(name_key(), User.id)
        .limit(MOST_SHOWN)
    )
    past = [one for one in _tutors(session, viewer, {cohort_id})[cohort_id] if one.is_over]
    busy = {one.user_id for one in line.tutors if not one.is_cover}
    return CohortView(
        line=line,
        learners=tuple(LearnerLine(one.id, one.display_name, one.email) for one in learners),
        past=tuple(sorted(past, key=lambda one: one.until_at or one.from_at, reverse=True)),
        others=tuple(one for one in named if one.id != cohort_id),
        colleagues=tuple(c for c in colleagues(session, viewer) if c.user_id not in busy),
    )


def colleagues(session: Session, viewer: Viewer) -> list[Colleague]:
    """Return the course's staff by name."""
    query = (
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.context_id == viewer.context_id, is_staff())
        .order_by(name_key(), User.id)
    )
    return [
        Colleague(user.id, user.display_name, membership.effective_role)
        for user, membership in session.execute(query)
    ]


def group_offers(session: Session, context_id: uuid.UUID | None) -> list[GroupOffer]:
    """Return the LMS's groups with how many learners they would bring."""
    found = groups.groups_of(session, context_id) if context_id else []
    if not found:
        return []
    rows = session.execute(
        select(Membership.user_id, Membership.cohort_id).where(
            Membership.context_id == context_id, *takes_part()
        )
    ).all()
    cohort_of = {row.user_id: row.cohort_id for row in rows}
    made = set(session.scalars(select(Cohort.group_lti_id).where(Cohort.context_id == context_id)))
    offers = []
    for group in found:
        learners = [one for one in group.member_ids if one in cohort_of]
        loose = [one for one in learners if cohort_of[one] is None]
        name = group.name or group.lti_id
        is_made = group.lti_id in made
        offers.append(
            GroupOffer(group.id, name, group.set_name, len(learners), len(loose), is_made)
        )
    return offers


def _lines(session: Session, viewer: Viewer, ids: set[uuid.UUID]) -> list[CohortLine]:
    counts: dict[uuid.UUID | None, int] = dict(
        session.execute(
            select(Membership.cohort_id, func.count())
            .where(Membership.cohort_id.in_(ids), *takes_part())
            .group_by(Membership.cohort_id)
        ).all()
    )
    tutors = _tutors(session, viewer, ids)
    found = session.scalars(select(Cohort).where(Cohort.id.in_(ids)).order_by(Cohort.name))
    return [
        CohortLine(
            id=one.id,
            name=one.name,
            learners=counts.get(one.id, 0),
            is_open=one.is_open,
            is_from_group=bool(one.group_lti_id),
            tutors=tuple(tutor for tutor in tutors[one.id] if not tutor.is_over),
        )
        for one in found
    ]


def _tutors(
    session: Session, viewer: Viewer, ids: set[uuid.UUID]
) -> dict[uuid.UUID, list[TutorView]]:
    present = exists().where(
        Membership.context_id == viewer.context_id,
        Membership.user_id == CohortTutor.user_id,
        is_staff(),
    )
    query = (
        select(CohortTutor, User, present)
        .join(User, User.id == CohortTutor.user_id)
        .where(CohortTutor.cohort_id.in_(ids))
        .order_by(CohortTutor.is_cover, CohortTutor.from_at, CohortTutor.id)
    )
    found: dict[uuid.UUID, list[TutorView]] = defaultdict(list)
    for row, user, here in session.execute(query):
        found[row.cohort_id].append(
            TutorView(
                row.id,
                user.id,
                user.display_name,
                row.from_at,
                row.until_at,
                row.is_cover,
                row.note,
                user.id == viewer.user_id,
                bool(here),
            )
        )
    return found


def _idle(session: Session, viewer: Viewer) -> list[str]:
    """Return tutors of the course who look after no cohort now; educators see all anyway."""
    busy = set(
        session.scalars(
            select(CohortTutor.user_id)
            .join(Cohort, Cohort.id == CohortTutor.cohort_id)
            .where(Cohort.context_id == viewer.context_id, is_active())
        )
    )
    return [
        one.name
        for one in colleagues(session, viewer)
        if one.role is Role.TUTOR and one.user_id not in busy
    ]
