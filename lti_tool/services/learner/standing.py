"""Where a learner stands in an activity: what every page of theirs shows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import Forbidden, IllegalTransition, NotFound
from lti_tool.models import Database
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.participations import Participation
from lti_tool.rules.completion import Progress
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState, Anonymity, ModerationMode, Phase, WorkState
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.engine import clocks, completion
from lti_tool.services.engine.anonymity import alias_of, draw_alias
from lti_tool.services.engine.rows import AnyActivity, AnyParticipation
from lti_tool.services.engine.settling import settle_due
from lti_tool.services.learner import standing_rows
from lti_tool.services.learner.standing_rows import StandingRows
from lti_tool.services.locking import lock_activity


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """What a learner's pages say about the activity itself."""

    id: uuid.UUID
    title: str
    locale: str
    responses_required: int
    grace_minutes: int
    tutor_confirms: bool
    reflections_checked_first: bool
    """Whether a tutor reads reflections before peers do."""
    responses_checked_first: bool
    has_competencies: bool
    anonymity: Anonymity = Anonymity.OPEN
    opens_at: datetime | None = None
    now_due_at: datetime | None = None
    new_due_at: datetime | None = None
    next_due_at: datetime | None = None
    """The dates of the learner who looks, which may be later than the others'."""
    accepts_late: bool = True
    answer_within_days: int = 3
    """After so many days a tutor answers where no peer did."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A learner in an activity."""

    activity: ActivityFacts
    participation_id: uuid.UUID
    progress: Progress
    need: str
    reflection: WorkState | None
    """State of the learner's reflection; None while nothing is written."""
    visible_at: datetime | None
    """End of the grace window of the last submission."""
    released_at: datetime | None
    return_reason: str
    waits_until: datetime | None
    """From then on the learner need not wait for others."""
    not_open: bool
    """Whether the activity is not open yet."""
    is_archived: bool = False
    """Whether an educator has put the activity away: what is the learner's is there to read."""
    is_being_prepared: bool = False
    """Whether that is because an educator has yet to see to its dates."""
    alias: str = ""
    """The learner's own pseudonym here; empty where names are open."""
    unmasked_at: datetime | None = None
    """When staff first asked for the learner's name."""
    may_join: bool = False
    """Whether the learner is in no cohort, and there are some to choose from."""
    own_dates: frozenset[Phase] = frozenset()
    """Phases for which the learner has more time than the activity gives."""
    closed: frozenset[Phase] = frozenset()
    """Phases in which nothing is taken from the learner any more."""

    @property
    def new_is_open(self) -> bool:
        """Whether the learner may read peers: after writing first (or having it returned)."""
        return self.reflection not in (None, WorkState.DRAFT)

    @property
    def can_take_back(self) -> bool:
        """Whether the grace window is still open."""
        return (
            self.reflection is WorkState.SUBMITTED
            and self.visible_at is not None
            and clock.now() < self.visible_at
        )

    @property
    def need_not_wait(self) -> bool:
        """Whether the date of *enough or date* passed."""
        return self.waits_until is not None and self.waits_until <= clock.now()


@dataclass(frozen=True, slots=True)
class Place:
    """A learner's standing, and the responses that they are at."""

    standing: Standing
    claim_id: uuid.UUID | None
    """The allocation they are at."""
    returned_id: uuid.UUID | None
    """The allocation of a response that the tutor returned."""
    is_nudged: bool = False


def standing_of(db: Database, viewer: Viewer, activity_id: uuid.UUID) -> Standing:
    """Return where the viewer stands, see ``place_of``."""
    return place_of(db, viewer, activity_id).standing


def place_of(db: Database, viewer: Viewer, activity_id: uuid.UUID) -> Place:
    """Return where the viewer is; enrols them on their first visit.

    Ends grace windows that are over, and notes a completion that a date brought about; where there
    is nothing of that kind it only reads. Raises NotFound for an activity of another context or
    one that no link of this context opens, Forbidden for staff.
    """
    with db.look() as connection:
        rows = standing_rows.find(connection, viewer, activity_id)
        known = rows.participation
        if known is not None and _is_current(known, viewer) and not rows.is_due:
            progress = completion.measured(connection, known, rows.reflection, rows.counts)
            if completion.is_noted(connection, known, progress):
                return _place(rows, known, progress)
    with db.write() as session:
        participation = enter(session, viewer, activity_id)
        progress = completion.refresh(session, participation)
        return _place(standing_rows.find(session, viewer, activity_id), participation, progress)


def enter(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> Participation:
    """Return the viewer's participation for a change; made on the first visit.

    Locks the activity and ends grace windows that are over, so that what follows sees the present
    state. Raises NotFound, and Forbidden for staff, who never take part.
    """
    if not viewer.role.takes_part:
        raise Forbidden("participation")
    activity = find_activity(session, viewer, activity_id)
    lock_activity(session, activity.id)
    settle_due(session, activity.id)
    participation = find_participation(session, viewer, activity.id)
    if participation is None:
        participation = _enrol(session, viewer, activity)
    elif not _is_current(participation, viewer) and viewer.resource_link_id is not None:
        participation.resource_link_id = viewer.resource_link_id
    return participation


def act(
    session: Session, viewer: Viewer, activity_id: uuid.UUID, phase: Phase | None = None
) -> Participation:
    """Return the viewer's participation for a step of their own; the activity must be open.

    So must the ``phase`` that the step belongs to, where the educator takes nothing late. Raises
    IllegalTransition where it is not, and NotFound.
    """
    participation = enter(session, viewer, activity_id)
    if phase is not None and phase in clocks.closed_for(participation):
        raise IllegalTransition("phase", "closed", "take_part")
    if not_open(participation.activity):
        raise IllegalTransition("activity", "not_open", "take_part")
    if participation.activity.closed_at is not None:
        raise IllegalTransition("activity", "archived", "take_part")
    return participation


def find_participation(
    session: Session, viewer: Viewer, activity_id: uuid.UUID
) -> Participation | None:
    """Return the viewer's participation in an activity of this context, or None."""
    return session.scalar(
        select(Participation)
        .join(Activity, Participation.activity_id == Activity.id)
        .where(
            Participation.activity_id == activity_id,
            Participation.user_id == viewer.user_id,
            Activity.context_id == viewer.context_id,
        )
    )


def own_participation(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> Participation:
    """Return the viewer's participation, which their first page has made; raise NotFound."""
    participation = find_participation(session, viewer, activity_id)
    if participation is None:
        raise NotFound("participation")
    return participation


def not_open(activity: AnyActivity) -> bool:
    """Return whether learners cannot begin yet."""
    early = activity.opens_at is not None and activity.opens_at > clock.now()
    return early or activity.state is ActivityState.DRAFT or activity.is_being_prepared


def takes_steps(activity: Activity) -> bool:
    """Return whether learners can do anything: it is open, and not put away."""
    return not not_open(activity) and activity.closed_at is None


def activity_facts(activity: AnyActivity, has_competencies: bool) -> ActivityFacts:
    """Return what a learner's pages say about ``activity``."""
    return ActivityFacts(
        id=activity.id,
        title=activity.title,
        locale=activity.locale,
        responses_required=activity.responses_required,
        grace_minutes=activity.grace_minutes,
        tutor_confirms=activity.tutor_confirms,
        reflections_checked_first=activity.reflection_moderation is ModerationMode.BEFORE,
        responses_checked_first=activity.response_moderation is ModerationMode.BEFORE,
        has_competencies=has_competencies,
        anonymity=activity.anonymity,
        opens_at=activity.opens_at,
        now_due_at=activity.now_due_at,
        new_due_at=activity.new_due_at,
        next_due_at=activity.next_due_at,
        accepts_late=activity.accepts_late,
        answer_within_days=activity.answer_within_days,
    )


def _is_current(participation: AnyParticipation, viewer: Viewer) -> bool:
    """Return whether the participation names the link that the viewer came through."""
    elsewhere = viewer.activity_id != participation.activity_id
    return elsewhere or participation.resource_link_id == viewer.resource_link_id


def _enrol(session: Session, viewer: Viewer, activity: Activity) -> Participation:
    """Make the participation; the activity's lock keeps a second tab from making it twice."""
    participation = Participation(
        activity_id=activity.id,
        user_id=viewer.user_id,
        resource_link_id=_link_to(session, viewer, activity.id),
        alias=draw_alias(session, activity),
    )
    session.add(participation)
    session.flush()
    if activity.starts_on_joining:
        clocks.rebuild(session, activity, [viewer.user_id])
    return participation


def _link_to(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> uuid.UUID:
    """Return the link that the viewer came through, else another of the context that fits."""
    if viewer.activity_id == activity_id and viewer.resource_link_id is not None:
        return viewer.resource_link_id
    query = select(ResourceLink.id).where(
        ResourceLink.activity_id == activity_id, ResourceLink.context_id == viewer.context_id
    )
    link_id = session.scalar(query.order_by(ResourceLink.created_at, ResourceLink.id).limit(1))
    if link_id is None:
        raise NotFound("resource link")
    return link_id


def _place(rows: StandingRows, participation: AnyParticipation, progress: Progress) -> Place:
    activity, reflection = rows.activity, rows.reflection
    facts = activity_facts(activity, has_competencies=rows.counts.competencies > 0)
    dates, usual = clocks.dates_of(participation), clocks.activity_dates(activity)
    standing = Standing(
        activity=replace(
            facts,
            now_due_at=dates.now_due_at,
            new_due_at=dates.new_due_at,
            next_due_at=dates.next_due_at,
        ),
        participation_id=participation.id,
        progress=progress,
        need=participation.need,
        reflection=reflection.state if reflection else None,
        visible_at=reflection.visible_at if reflection else None,
        released_at=reflection.released_at if reflection else None,
        return_reason=reflection.return_reason if reflection else "",
        waits_until=completion.waits_until(participation, reflection),
        not_open=not_open(activity),
        is_being_prepared=activity.is_being_prepared,
        is_archived=activity.closed_at is not None,
        own_dates=frozenset(phase for phase in Phase if dates.of(phase) != usual.of(phase)),
        closed=clocks.closed_for(participation),
        alias=alias_of(activity, participation) if activity.anonymity.hides_peers else "",
        unmasked_at=participation.unmasked_at,
        may_join=rows.may_join,
    )
    return Place(standing, rows.claim_id, rows.returned_id, rows.is_nudged)
