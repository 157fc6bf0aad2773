"""Whom an extension concerns, and what was given so far."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool import clock, i18n
from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.models.activities import Activity
from lti_tool.models.clocks import ExtendedLearner, Extension, LearnerClock
from lti_tool.models.cohorts import Cohort
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.rules.clocks import NAMES, DueDates, ExtensionScope, out_of_order, own_dates, proposal
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Phase, Role, WorkState
from lti_tool.services.cohort_scope import Scope, scope_of
from lti_tool.services.engine import clocks
from lti_tool.services.engine.anonymity import is_masked, staff_name, staff_order

TAKES_PART = [role.value for role in Role if role.takes_part]
HANDED_IN = (
    WorkState.SUBMITTED,
    WorkState.HELD,
    WorkState.RELEASED,
    WorkState.WITHHELD,
)
MOST_LINES = 100
NAMED = 3


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who may get more time; ``place`` stands for them in addresses."""

    user_id: uuid.UUID
    place: uuid.UUID
    name: str
    dates: DueDates
    handed_in: bool


@dataclass(frozen=True, slots=True)
class ExtensionLine:
    """Time that was given; ``names`` are the first of those who have it."""

    id: uuid.UUID
    scope: ExtensionScope
    cohort: str
    dates: DueDates
    reason: str
    by: str
    at: datetime
    undone_at: datetime | None
    can_undo: bool
    """Whether the viewer may take it back: who gave it, and who sees the whole course."""
    number: int
    names: tuple[str, ...]


def learners(
    session: Session,
    viewer: Viewer,
    activity: Activity,
    scope: ExtensionScope,
    people: Collection[uuid.UUID] = (),
    cohort_id: uuid.UUID | None = None,
) -> list[Learner]:
    """Return the learners that are chosen so, by name; nobody who is complete or left.

    Only those whom the viewer sees; raises NotFound for a cohort that they do not see.
    """
    seen = scope_of(session, viewer, cohort_id if scope is ExtensionScope.COHORT else None)
    handed_in = exists().where(
        Reflection.participation_id == Participation.id, Reflection.state.in_(HANDED_IN)
    )
    query = (
        _members(activity)
        .add_columns(handed_in)
        .where(seen.holds(User.id))
        .order_by(staff_order(activity), User.id)
    )
    if scope is ExtensionScope.CHOSEN:
        unbegun = and_(User.id.in_(people), Participation.id.is_(None))
        query = query.where(or_(Participation.id.in_(people), unbegun))
    if scope is ExtensionScope.NOT_HANDED_IN:
        query = query.where(~handed_in)
    return [
        _learner(activity, user, part, own, bool(has_handed_in))
        for user, part, own, has_handed_in in session.execute(query)
    ]


def _learner(
    activity: Activity,
    user: User,
    part: Participation | None,
    own: LearnerClock | None,
    handed_in: bool,
) -> Learner:
    return Learner(
        user_id=user.id,
        place=part.id if part is not None else user.id,
        name=staff_name(activity, part) if part is not None else user.display_name,
        dates=clocks.dates_with(activity, own),
        handed_in=handed_in,
    )


def changes_of(
    usual: DueDates, chosen: Iterable[Learner], wanted: DueDates
) -> list[tuple[Learner, DueDates]]:
    """Return the learners whose dates ``wanted`` changes, with their new ones.

    Raises InvalidInput beside the field where somebody's dates would not come one after the other.
    """
    changed = []
    for learner in chosen:
        after = own_dates(usual, [learner.dates, wanted])
        if after == learner.dates:
            continue
        wrong = out_of_order(after)
        if wrong is not None:
            due = i18n.exact(getattr(after, wrong))
            raise InvalidInput(
                {
                    wrong: [
                        _(
                            "For %(name)s this would be %(date)s, which is not after the date"
                            " before it. Move this one as well.",
                            name=learner.name or _("Somebody without a name"),
                            date=due,
                        )
                    ]
                }
            )
        changed.append((learner, after))
    return changed


def proposal_for(activity: Activity, chosen: Collection[Learner]) -> DueDates:
    """Return the dates that a form for these learners begins with: a week more."""
    usual, now, zone = clocks.activity_dates(activity), clock.now(), i18n.zone()
    if not chosen:
        return proposal(usual, Phase, now, zone)
    todo = [phase for phase in Phase if phase is not Phase.NOW]
    if any(not learner.handed_in for learner in chosen):
        todo = list(Phase)
    latest = DueDates(
        **{
            name: max(getattr(learner.dates, name) for learner in chosen)
            for name in NAMES
            if getattr(usual, name) is not None
        }
    )
    return proposal(latest, todo, now, zone)


def lines(session: Session, viewer: Viewer, activity: Activity) -> tuple[ExtensionLine, ...]:
    """Return what was given in an activity to learners whom the viewer sees, newest first."""
    scope = scope_of(session, viewer)
    query = (
        select(Extension, Cohort.name)
        .outerjoin(Cohort, Cohort.id == Extension.cohort_id)
        .where(Extension.activity_id == activity.id)
        .order_by(Extension.given_at.desc(), Extension.id)
        .limit(MOST_LINES)
        .options(joinedload(Extension.given_by))
    )
    if not scope.is_whole:
        theirs = exists().where(
            ExtendedLearner.extension_id == Extension.id, scope.holds(ExtendedLearner.user_id)
        )
        query = query.where(theirs)
    found = session.execute(query).all()
    ids = [extension.id for extension, _cohort in found]
    numbers = _numbers(session, ids, scope)
    few = [one for one in ids if numbers.get(one, 0) <= NAMED]
    names = _names(session, activity, few, scope)
    return tuple(
        ExtensionLine(
            id=extension.id,
            scope=extension.scope,
            cohort=cohort or "",
            dates=extension.dates,
            reason=extension.reason,
            by=extension.given_by.display_name,
            at=extension.given_at,
            undone_at=extension.undone_at,
            can_undo=extension.undone_at is None
            and (scope.is_whole or extension.given_by_id == viewer.user_id),
            number=numbers.get(extension.id, 0),
            names=tuple(names.get(extension.id, ())),
        )
        for extension, cohort in found
    )


def _members(activity: Activity) -> Select[User, Participation, LearnerClock]:
    """Select who takes part and is not complete, with their participation and clock if any."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    return (
        select(User, Participation, LearnerClock)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(
            Participation,
            and_(Participation.user_id == User.id, Participation.activity_id == activity.id),
        )
        .outerjoin(
            LearnerClock,
            and_(LearnerClock.user_id == User.id, LearnerClock.activity_id == activity.id),
        )
        .where(
            Membership.context_id == activity.context_id,
            Membership.left_at.is_(None),
            role.in_(TAKES_PART),
            Participation.completed_at.is_(None),
        )
    )


def _numbers(session: Session, ids: list[uuid.UUID], scope: Scope) -> dict[uuid.UUID, int]:
    query = (
        select(ExtendedLearner.extension_id, func.count())
        .where(ExtendedLearner.extension_id.in_(ids), scope.holds(ExtendedLearner.user_id))
        .group_by(ExtendedLearner.extension_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _names(
    session: Session, activity: Activity, ids: list[uuid.UUID], scope: Scope
) -> dict[uuid.UUID, list[str]]:
    """Return the names of those who have an extension, for extensions of a few."""
    mine = and_(
        Participation.user_id == ExtendedLearner.user_id, Participation.activity_id == activity.id
    )
    query = (
        select(Extension, User, Participation)
        .join(ExtendedLearner, ExtendedLearner.extension_id == Extension.id)
        .join(User, ExtendedLearner.user_id == User.id)
        .outerjoin(Participation, mine)
        .where(ExtendedLearner.extension_id.in_(ids), scope.holds(ExtendedLearner.user_id))
        .order_by(staff_order(activity), User.id)
    )
    found: dict[uuid.UUID, list[str]] = {}
    for extension, user, part in session.execute(query):
        name = staff_name(activity, part) if part is not None else user.display_name
        if part and is_masked(activity, part) and extension.given_at < part.started_at:
            name = ""  # it was given to them by name: that would tell whose pseudonym it is
        found.setdefault(extension.id, []).append(name)
    return found
