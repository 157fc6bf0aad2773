"""Cohorts and their people as pages show them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from lti_tool import clock
from lti_tool.rules.vocabulary import Role
from lti_tool.services.cohort_scope import CohortName


@dataclass(frozen=True, slots=True)
class TutorView:
    """Somebody's time with a cohort; ``is_mine`` tells the viewer's own."""

    id: uuid.UUID
    user_id: uuid.UUID
    name: str
    from_at: datetime
    until_at: datetime | None
    is_cover: bool
    note: str
    is_mine: bool
    is_staff: bool
    """Whether they are staff of the course now; who is not sees nothing of the cohort."""

    @property
    def is_over(self) -> bool:
        """Whether their time is over."""
        return self.until_at is not None and self.until_at <= clock.now()

    @property
    def is_now(self) -> bool:
        """Whether they look after the cohort at this moment."""
        return self.is_staff and self.from_at <= clock.now() and not self.is_over


@dataclass(frozen=True, slots=True)
class CohortLine:
    """A cohort in the list."""

    id: uuid.UUID
    name: str
    learners: int
    is_open: bool
    is_from_group: bool
    tutors: tuple[TutorView, ...]
    """Who looks after it now, or will."""

    @property
    def has_tutor(self) -> bool:
        """Whether somebody looks after it now."""
        return any(tutor.is_now for tutor in self.tutors)


@dataclass(frozen=True, slots=True)
class CohortsPage:
    """The cohorts of a course, and for educators what is missing."""

    cohorts: tuple[CohortLine, ...]
    without_cohort: int
    """Learners who are in none."""
    idle_tutors: tuple[str, ...]
    """Tutors who look after no cohort, so that they see nobody."""
    tutors_see_all: bool
    has_groups: bool
    """Whether the LMS told of groups."""
    is_divided: bool
    """Whether the course has any cohort, seen or not."""


@dataclass(frozen=True, slots=True)
class LearnerLine:
    """A learner of a cohort."""

    user_id: uuid.UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may look after a cohort."""

    user_id: uuid.UUID
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class CohortView:
    """One cohort with its people."""

    line: CohortLine
    learners: tuple[LearnerLine, ...]
    past: tuple[TutorView, ...]
    """Whose time with it is over, the latest first."""
    others: tuple[CohortName, ...]
    """The course's other cohorts."""
    colleagues: tuple[Colleague, ...]
    """Staff who do not look after it now."""


@dataclass(frozen=True, slots=True)
class GroupOffer:
    """A group of the LMS; ``new`` learners of it would come into its cohort."""

    id: uuid.UUID
    name: str
    set_name: str
    learners: int
    new: int
    is_made: bool
    """Whether a cohort was made of it."""
