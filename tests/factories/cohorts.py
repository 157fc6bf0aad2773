"""Cohorts of a world's course."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import update

from lti_tool.models.cohorts import Cohort, CohortTutor, Exclusion
from lti_tool.models.people import Membership
from tests.factories.world import Person, World


def add_cohort(
    world: World,
    name: str,
    learners: Iterable[Person] = (),
    tutors: Iterable[Person] = (),
    is_open: bool = False,
) -> uuid.UUID:
    """Make a cohort with these people; return its id."""
    with world.database.write() as session:
        cohort = Cohort(context_id=world.context_id, name=name, is_open=is_open)
        session.add(cohort)
        session.flush()
        ids = [person.membership_id for person in learners]
        session.execute(
            update(Membership).where(Membership.id.in_(ids)).values(cohort_id=cohort.id)
        )
        for tutor in tutors:
            session.add(CohortTutor(cohort_id=cohort.id, user_id=tutor.user_id))
        return cohort.id


def keep_apart(world: World, one: Person, other: Person) -> None:
    """Never give two people each other's work."""
    with world.database.write() as session:
        for a, b in ((one, other), (other, one)):
            session.add(
                Exclusion(context_id=world.context_id, user_id=a.user_id, other_id=b.user_id)
            )


def cohort_of(world: World, person: Person) -> uuid.UUID | None:
    """Return the cohort that somebody is in."""
    with world.database.read() as session:
        return session.get_one(Membership, person.membership_id).cohort_id
