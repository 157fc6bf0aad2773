"""An activity and a learner's part in it as plain values: what pages read where nothing changes.

Each has the names of its model's columns, so that what only looks takes either; reading these costs
a third of reading the models.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from lti_tool.models.activities import Activity
from lti_tool.models.clocks import LearnerClock
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.rules.clocks import DueDates
from lti_tool.rules.copies import awaits_check
from lti_tool.rules.giving import AllocationPool
from lti_tool.rules.vocabulary import ActivityState, Anonymity, ModerationMode, WorkState


class ActivityRow(NamedTuple):
    """An activity."""

    id: uuid.UUID
    context_id: uuid.UUID
    title: str
    locale: str
    state: ActivityState
    responses_required: int
    allocation_pool: AllocationPool
    reflection_moderation: ModerationMode
    response_moderation: ModerationMode
    grace_minutes: int
    anonymity: Anonymity
    tutor_confirms: bool
    weight_reflection: int
    weight_responses: int
    weight_helpfulness: int
    weight_next_step: int
    opens_at: datetime | None
    now_due_at: datetime | None
    new_due_at: datetime | None
    next_due_at: datetime | None
    accepts_late: bool
    answer_within_days: int
    closed_at: datetime | None
    copied_at: datetime | None
    copy_checked_at: datetime | None

    @property
    def is_being_prepared(self) -> bool:
        """See ``Activity.is_being_prepared``."""
        dates = (self.now_due_at, self.new_due_at, self.next_due_at)
        return awaits_check(dates, self.copied_at, self.copy_checked_at)


class ReflectionRow(NamedTuple):
    """A learner's reflection."""

    id: uuid.UUID
    state: WorkState
    submitted_at: datetime | None
    visible_at: datetime | None
    released_at: datetime | None
    return_reason: str


class ClockRow(NamedTuple):
    """A learner's own dates."""

    user_id: uuid.UUID
    now_due_at: datetime | None
    new_due_at: datetime | None
    next_due_at: datetime | None

    @property
    def dates(self) -> DueDates:
        """The dates as the rules take them."""
        return DueDates(self.now_due_at, self.new_due_at, self.next_due_at)


class ParticipationRow(NamedTuple):
    """A learner in an activity; the last two are rows of their own."""

    id: uuid.UUID
    activity_id: uuid.UUID
    user_id: uuid.UUID
    resource_link_id: uuid.UUID
    need: str
    completed_at: datetime | None
    override_points: int | None
    override_reason: str
    alias: int | None
    unmasked_at: datetime | None
    activity: ActivityRow
    own_clock: ClockRow | None


AnyActivity = Activity | ActivityRow
AnyParticipation = Participation | ParticipationRow
AnyReflection = Reflection | ReflectionRow
AnyClock = LearnerClock | ClockRow
