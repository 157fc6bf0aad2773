"""The learners whom figures are about: of one activity or of several, as far as staff see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Subquery, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_tool import i18n
from lti_tool.models.interventions import Intervention
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.rules.vocabulary import Role
from lti_tool.services.cohort_scope import Scope

TAKES_PART = [role.value for role in Role if role.takes_part]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to show: one cohort, and who began between two days (in the reader's zone, included)."""

    cohort_id: uuid.UUID | None = None
    since: date | None = None
    until: date | None = None

    def span(self) -> Span:
        """Return the days as moments, by the zone in force."""
        following = None if self.until is None else self.until + timedelta(days=1)
        return Span(
            None if self.since is None else _midnight(self.since),
            None if following is None else _midnight(following),
        )


@dataclass(frozen=True, slots=True)
class Span:
    """The moments from and before which learners began, each if it matters."""

    since: datetime | None = None
    before: datetime | None = None

    @property
    def is_dated(self) -> bool:
        """Whether only those are wanted who began at some time: nobody who has not begun."""
        return self.since is not None or self.before is not None


@dataclass(frozen=True, slots=True)
class Crowd:
    """Learners of some activities of one course; staff are never among them.

    Who is no longer in the course counts where they have begun, as in the list of learners.
    """

    context_id: uuid.UUID | None
    activity_ids: Sequence[uuid.UUID]
    scope: Scope
    span: Span = Span()

    def begun(self) -> Subquery:
        """Select who has begun; ``id`` is the participation's, ``is_here`` of who has not left."""
        in_course = and_(
            Membership.user_id == Participation.user_id, Membership.context_id == self.context_id
        )
        return (
            select(
                Participation.id,
                Participation.user_id,
                Participation.activity_id,
                Participation.completed_at,
                Membership.left_at.is_(None).label("is_here"),
            )
            .join(Membership, in_course)
            .where(
                Participation.activity_id.in_(self.activity_ids),
                func.coalesce(Membership.granted_role, Membership.role).in_(TAKES_PART),
                self.scope.holds(Participation.user_id),
                *self._dates(),
            )
            .subquery("begun")
        )

    def concerned(self) -> ColumnElement[bool]:
        """Tell what tutors did for these learners, in a query with ``Intervention``."""
        begun = exists().where(
            Participation.activity_id == Intervention.activity_id,
            Participation.user_id == Intervention.user_id,
            *self._dates(),
        )
        here = Membership.left_at.is_(None)
        return exists().where(
            Membership.context_id == self.context_id,
            Membership.user_id == Intervention.user_id,
            func.coalesce(Membership.granted_role, Membership.role).in_(TAKES_PART),
            self.scope.holds(Membership.user_id),
            begun if self.span.is_dated else or_(here, begun),
        )

    def members(self, session: Session) -> int:
        """Count the learners who are in the course now, whether they have begun or not."""
        query = select(func.count()).where(
            Membership.context_id == self.context_id,
            Membership.left_at.is_(None),
            func.coalesce(Membership.granted_role, Membership.role).in_(TAKES_PART),
            self.scope.holds(Membership.user_id),
        )
        return session.scalar(query) or 0

    def _dates(self) -> list[ColumnElement[bool]]:
        found = []
        if self.span.since is not None:
            found.append(Participation.started_at >= self.span.since)
        if self.span.before is not None:
            found.append(Participation.started_at < self.span.before)
        return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), i18n.zone())
