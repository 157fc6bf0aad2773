"""What to call the people of an activity, towards peers and towards staff.

Every page, file and feed that shows whose work something is takes the name from here. Towards
peers it is ``peer_name`` and ``author_of_response``, towards staff ``staff_name``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, case, cast, false, func, select
from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.models.activities import Activity
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.responses import Response
from lti_tool.rules.pseudonyms import drawn, pseudonym
from lti_tool.rules.vocabulary import Anonymity, Step
from lti_tool.services.engine.rows import AnyActivity, AnyParticipation
from lti_tool.services.engine.wording import shown_name

SMALL_GROUP = 5
"""Below so many learners, who writes what can be guessed."""


@dataclass(frozen=True, slots=True)
class Asking:
    """That somebody of the staff asked for a learner's name; ``by`` is empty towards learners."""

    at: datetime
    reason: str
    by: str = ""


def peer_name(activity: Activity, participation: Participation) -> str:
    """Return what other learners call a learner."""
    if not activity.anonymity.hides_peers:
        return shown_name(participation.user.display_name)
    return alias_of(activity, participation)


def staff_name(activity: Activity, participation: Participation) -> str:
    """Return what staff call a learner; empty if that is their name and they have none."""
    if is_masked(activity, participation):
        return alias_of(activity, participation)
    return participation.user.display_name


def staff_name_of(
    session: Session, activity: Activity, user: User, participation_id: uuid.UUID | None
) -> str:
    """Return what staff call somebody who wrote; staff themselves have no participation."""
    if participation_id is None:
        return user.display_name
    return staff_name(activity, session.get_one(Participation, participation_id))


def author_of_response(activity: Activity, response: Response) -> str:
    """Return what learners call the author of a response: a peer, or one of the staff."""
    if response.allocation is not None:
        return peer_name(activity, response.allocation.reviewer)
    if activity.anonymity.hides_from_staff:
        return unnamed_tutor()
    return shown_name(response.author.display_name)


def confirmer_name(activity: Activity, user: User) -> str:
    """Return what a learner calls who confirmed a level; empty where they are told no name."""
    if activity.anonymity.hides_from_staff or user.erased_at is not None:
        return ""
    return user.display_name


def unnamed_tutor() -> str:
    """Return what learners call one of the staff whose name they are not told."""
    return _("A tutor")


def staff_author_of_response(activity: Activity, response: Response) -> str:
    """Return what staff call the author of a response."""
    if response.allocation is not None:
        return staff_name(activity, response.allocation.reviewer)
    return response.author.display_name


def alias_of(activity: AnyActivity, participation: AnyParticipation) -> str:
    """Return a learner's pseudonym, in the activity's language."""
    if participation.alias is None:
        return shown_name("")
    return pseudonym(participation.alias, activity.locale)


def is_masked(activity: Activity, participation: Participation) -> bool:
    """Return whether staff do not know who this is."""
    return activity.anonymity.hides_from_staff and participation.unmasked_at is None


def masked_row(activity: Activity) -> ColumnElement[bool]:
    """Tell, in a query with ``Participation``, that staff do not know who this is."""
    hidden = and_(Participation.id.is_not(None), Participation.unmasked_at.is_(None))
    return hidden if activity.anonymity.hides_from_staff else false()


def staff_order(activity: Activity) -> ColumnElement[str]:
    """Return what a list for staff is ordered by, in a query with ``User`` and ``Participation``.

    By name; but whom staff do not know stands at a place that says nothing of their name.
    """
    name = func.lower(case((User.chosen_name != "", User.chosen_name), else_=User.name))
    return case(
        (masked_row(activity), func.coalesce(cast(Participation.alias, String), "")), else_=name
    )


def draw_alias(session: Session, activity: Activity, people: int | None = None) -> int | None:
    """Return a free number for a new pseudonym; None where names are open.

    Call it under the activity's lock; ``people`` is how many take part, counted if not given.
    """
    if not activity.anonymity.hides_peers:
        return None
    of_activity = Participation.activity_id == activity.id
    if people is None:
        people = session.scalar(select(func.count()).where(of_activity)) or 0
    numbers = drawn(people)
    taken = set(
        session.scalars(
            select(Participation.alias).where(of_activity, Participation.alias.in_(numbers))
        )
    )
    return next((number for number in numbers if number not in taken), None)


def change(session: Session, activity: Activity, wanted: Anonymity) -> None:
    """Set what an activity hides; pseudonyms are given to who has begun without one.

    Raises InvalidInput if less would be hidden of people who wrote when more was promised to them.
    """
    before = activity.anonymity or Anonymity.OPEN
    of_activity = Participation.activity_id == activity.id
    begun = session.scalar(select(func.count()).where(of_activity)) or 0
    if begun and not wanted.hides_at_least(before):
        message = _(
            "Learners have begun under the promise of being hidden. It can be made stricter, not"
            " taken back: make a new activity for that."
        )
        raise InvalidInput({"anonymity": [message]})
    activity.anonymity = wanted
    if not wanted.hides_peers or before.hides_peers:
        return
    for participation in session.scalars(
        select(Participation).where(of_activity, Participation.alias.is_(None))
    ):
        participation.alias = draw_alias(session, activity, begun)
        session.flush()


def askings(session: Session, participation_id: uuid.UUID, with_names: bool) -> tuple[Asking, ...]:
    """Return when and why staff asked for a learner's name, oldest first."""
    query = (
        select(ModerationDecision, User)
        .join(User, User.id == ModerationDecision.actor_id)
        .where(
            ModerationDecision.participation_id == participation_id,
            ModerationDecision.step == Step.UNMASK,
        )
        .order_by(ModerationDecision.at, ModerationDecision.id)
    )
    return tuple(
        Asking(row.at, row.reason, user.display_name if with_names else "")
        for row, user in session.execute(query)
    )
