"""A learner flags what they read: a reflection they were given, a response they received."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import IllegalTransition, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.flags import Flag
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.flagging import FlagReason
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import AllocationState, DeclineReason, WorkState
from lti_tool.services.engine import completion, flagging
from lti_tool.services.engine.anonymity import author_of_response, peer_name
from lti_tool.services.engine.concerned import Work
from lti_tool.services.engine.flagging import FlagOutcome
from lti_tool.services.learner import responding
from lti_tool.services.learner.standing import Standing, act, own_participation, standing_of
from lti_tool.services.locking import lock_activity

PERSONS_REASONS = tuple(reason for reason in FlagReason if reason is not FlagReason.CANNOT_ANSWER)
"""What a person can choose; the other is a rule's."""
MAX_WORDS = 1_000
"""Characters of what a flagger adds."""
READABLE = (WorkState.RELEASED, WorkState.HELD)
"""States in which somebody may have it before them: released, or held since they opened it."""


class Read(StrEnum):
    """What a learner reads, and by which id it is known to them."""

    READING = "reading"
    """A reflection, by the allocation that gave it to them."""
    RECEIVED = "received"
    """A response to their own reflection."""


@dataclass(frozen=True, slots=True)
class FlagPage:
    """The page on which something is flagged."""

    standing: Standing
    read: Read
    id: uuid.UUID
    author: str
    can_flag: bool
    holds: bool
    """Whether a flag keeps it from others until a tutor has looked."""
    can_pass_on: bool
    """Whether the reader may be given another reflection instead."""
    mine: tuple[FlagOutcome, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """Use cases of a reader who asks a tutor to look."""

    db: Database

    def page(
        self, viewer: Viewer, activity_id: uuid.UUID, read: Read, read_id: uuid.UUID
    ) -> FlagPage:
        """Return the page to flag what the viewer reads; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            work, can_pass_on = _read(session, participation, read, read_id)
            activity = session.get_one(Activity, activity_id)
            mine = flagging.on(work) & (Flag.flagger_id == viewer.user_id)
            return FlagPage(
                standing=standing,
                read=read,
                id=read_id,
                author=_author(activity, work),
                can_flag=work.state in READABLE
                and flagging.may_flag(session, work, viewer.user_id),
                holds=_holds(activity, work),
                can_pass_on=can_pass_on,
                mine=flagging.outcomes(session, mine, with_words=True),
            )

    def flag(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        read: Read,
        read_id: uuid.UUID,
        reason: FlagReason,
        words: str,
        pass_on: bool = False,
    ) -> None:
        """Ask a tutor to look at it; ``pass_on`` gives the reflection back unanswered.

        Raises NotFound for what the viewer does not read, IllegalTransition for a second flag or
        work that was taken out meanwhile, InvalidInput where words are needed.
        """
        words = words.strip()
        if reason is FlagReason.OTHER and not words:
            raise InvalidInput({"words": [_("Say in a few words what it is.")]})
        if reason not in PERSONS_REASONS:
            raise InvalidInput({"reason": [_("Choose one of these.")]})
        with self.db.write() as session:
            participation = act(session, viewer, activity_id)
            lock_activity(session, activity_id)
            work, can_pass_on = _read(session, participation, read, read_id)
            if work.state not in READABLE:
                raise IllegalTransition(work.SUBJECT, work.state, "flag")
            flagging.raise_flag(session, work, viewer.user_id, reason, words[:MAX_WORDS])
            if pass_on and can_pass_on:
                allocation = responding.find_allocation(session, participation, read_id)
                responding.decline(session, allocation, DeclineReason.CANNOT_ANSWER)
                completion.refresh(session, participation)


def _read(
    session: Session, participation: Participation, read: Read, read_id: uuid.UUID
) -> tuple[Work, bool]:
    """Return what a learner reads, and whether they may pass it on; raise NotFound."""
    if read is Read.READING:
        allocation = responding.find_allocation(session, participation, read_id)
        at_it = allocation.state is AllocationState.CLAIMED
        return _visible(allocation.reflection), at_it
    response = session.scalar(
        select(Response)
        .join(Reflection, Response.reflection_id == Reflection.id)
        .where(Response.id == read_id, Reflection.participation_id == participation.id)
    )
    if response is None:
        raise NotFound("response")
    return _visible(response), False


def _visible(work: Work) -> Work:
    """Return a work that others could read once; what they never could is not found."""
    if work.released_at is None:
        raise NotFound(work.SUBJECT)
    return work


def _author(activity: Activity, work: Work) -> str:
    if isinstance(work, Reflection):
        return peer_name(activity, work.participation)
    return author_of_response(activity, work)


def _holds(activity: Activity, work: Work) -> bool:
    is_reflection = isinstance(work, Reflection)
    mode = activity.reflection_moderation if is_reflection else activity.response_moderation
    return mode.holds_flagged
