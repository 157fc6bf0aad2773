"""Who might be reminded: whether they can be, in which language, and how it reaches them.

Every function runs inside its caller's transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool import clock, i18n
from lti_tool.models.activities import Activity
from lti_tool.models.clocks import LearnerClock
from lti_tool.models.mail import MailState, Nudge
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.rules.clocks import closed_phases
from lti_tool.rules.completion import PHASE_OF, ItemState
from lti_tool.rules.nudging import Case, Hindrance, hindrance, reason_of
from lti_tool.rules.signals import SignalKind, read
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Phase
from lti_tool.services.desk.interventions import find_learner
from lti_tool.services.engine import clocks, completion
from lti_tool.services.engine.anonymity import is_masked, staff_name
from lti_tool.services.learner.standing import not_open
from lti_tool.services.mailing.wishes import Reach, reach_of, takes_part


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might be reminded, within the transaction that read them."""

    place: uuid.UUID
    user: User
    participation: Participation | None
    name: str
    """What staff call them."""
    locale: str
    reach: Reach
    hindrance: Hindrance | None
    is_masked: bool
    """Whether staff do not know who it is: then nothing of the person is told, either."""
    reason: SignalKind | None
    """The most urgent reason for which they stand on the list that is theirs to act on."""


def candidates(
    session: Session,
    viewer: Viewer,
    activity: Activity,
    places: Iterable[uuid.UUID],
    is_set_up: bool,
) -> list[Candidate]:
    """Return who stands behind ``places``, in their order; each once.

    Raises NotFound for somebody whom the viewer does not see.
    """
    return [
        _candidate(session, viewer, activity, place, is_set_up) for place in dict.fromkeys(places)
    ]


def _candidate(
    session: Session, viewer: Viewer, activity: Activity, place: uuid.UUID, is_set_up: bool
) -> Candidate:
    user = session.get_one(User, find_learner(session, viewer, activity, place))
    part = session.scalar(
        select(Participation).where(
            Participation.activity_id == activity.id, Participation.user_id == user.id
        )
    )
    masked = part is not None and is_masked(activity, part)
    kinds = frozenset(signal.kind for signal in read(part.signals)) if part else frozenset()
    return Candidate(
        place=place,
        user=user,
        participation=part,
        name=staff_name(activity, part) if part else user.display_name,
        locale=i18n.negotiate([activity.locale if masked else user.language or activity.locale]),
        reach=reach_of(user, session.get(MailState, user.id), is_set_up),
        is_masked=masked,
        hindrance=hindrance(_case(session, activity, user, part), clock.now()),
        reason=reason_of(kinds) if part else SignalKind.NOT_STARTED,
    )


def _case(session: Session, activity: Activity, user: User, part: Participation | None) -> Case:
    here = activity.context_id is not None and takes_part(session, activity.context_id, user.id)
    can_act, closed, complete = (
        _of_begun(session, part) if part else _of_unbegun(session, activity, user)
    )
    last = select(func.max(Nudge.sent_at)).where(
        Nudge.activity_id == activity.id, Nudge.user_id == user.id
    )
    return Case(
        is_here=here and user.erased_at is None,
        is_open=not not_open(activity),
        is_archived=activity.closed_at is not None,
        complete=complete,
        can_act=can_act,
        closed=closed,
        reminded_at=session.scalar(last),
    )


def _of_begun(session: Session, part: Participation) -> tuple[bool, bool, bool]:
    """Return whether they can act, whether something left is closed, whether all is done."""
    progress, shut = completion.measure(session, part), clocks.closed_for(part)
    left = [item.key for item in progress.items if item.state is not ItemState.DONE]
    closed = any(PHASE_OF.get(key) in shut for key in left)
    return progress.next_item is not None, closed, progress.complete


def _of_unbegun(session: Session, activity: Activity, user: User) -> tuple[bool, bool, bool]:
    own = session.get(LearnerClock, (activity.id, user.id))
    dates = clocks.dates_with(activity, own)
    shut = Phase.NOW in closed_phases(dates, activity.accepts_late, clock.now())
    return not shut, shut, False
