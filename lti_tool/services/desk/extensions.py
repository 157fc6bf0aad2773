"""More time: for one learner, for some, for a cohort, or for all who have not handed in.

An extension never takes time away (``rules.clocks``). It is looked at before it is given, and can
be undone: then everybody has the dates that they would have without it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from sqlalchemy import exists, insert, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition, InvalidInput, NotFound, Stale
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.clocks import ExtendedLearner, Extension
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.rules.clocks import NAMES, DueDates, ExtensionScope
from lti_tool.rules.interventions import InterventionAct
from lti_tool.rules.viewer import Viewer
from lti_tool.secrecy import digest
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.desk import interventions
from lti_tool.services.desk.extended import ExtensionLine, Learner, changes_of, learners, lines
from lti_tool.services.desk.extended import proposal_for as proposed
from lti_tool.services.engine import clocks, remeasuring
from lti_tool.services.locking import lock_activity

AT_ONCE = 50
"""Learners who are measured before the page comes back; of more, most by the next sweeps."""
SHOWN = 25


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form asks for; ``people`` are participations, or users who have not begun."""

    scope: ExtensionScope
    dates: DueDates
    reason: str
    people: tuple[uuid.UUID, ...] = ()
    cohort_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One learner's dates as they are and as they would be."""

    name: str
    before: DueDates
    after: DueDates


@dataclass(frozen=True, slots=True)
class Preview:
    """What an extension would do, before it is given; ``seen`` tells whom it was shown for."""

    number: int
    changes: tuple[Change, ...]
    """The first of them, by name."""
    unchanged: int
    """Chosen learners who have as much time already, or are complete."""
    seen: str


@dataclass(frozen=True, slots=True)
class DatesPage:
    """The dates of an activity, and all the time that was given."""

    usual: DueDates
    lines: tuple[ExtensionLine, ...]
    people: tuple[Learner, ...]
    """Whom the form is about, if it was opened for somebody."""
    proposal: DueDates


@dataclass(frozen=True, slots=True)
class Extensions:
    """Use cases of staff who give more time."""

    db: Database

    def page(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        scope: ExtensionScope,
        people: tuple[uuid.UUID, ...] = (),
    ) -> DatesPage:
        """Return the activity's dates, what was given, and what might be given now."""
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            draft = Draft(scope, DueDates(), "", people)
            chosen = _chosen(session, viewer, activity, draft) if people else []
            return DatesPage(
                usual=clocks.activity_dates(activity),
                lines=lines(session, viewer, activity),
                people=tuple(chosen),
                proposal=proposed(activity, chosen),
            )

    def preview(self, viewer: Viewer, activity_id: uuid.UUID, draft: Draft) -> Preview:
        """Return what ``draft`` would do; raise InvalidInput field by field, and NotFound."""
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            return _preview(session, viewer, activity, draft)[0]

    def give(self, viewer: Viewer, activity_id: uuid.UUID, draft: Draft, seen: str) -> uuid.UUID:
        """Give the time that was previewed as ``seen``; return the extension's id.

        Raises Stale if it would concern other learners by now, InvalidInput, NotFound.
        """
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            preview, concerned = _preview(session, viewer, activity, draft)
            if preview.seen != seen:
                raise Stale("extension")
            extension = _write(session, viewer, activity, draft, concerned)
            _apply(session, activity, concerned)
            return extension.id

    def give_week(self, viewer: Viewer, activity_id: uuid.UUID, place: uuid.UUID) -> uuid.UUID:
        """Give one learner a week more for what they have still to do; return the extension's id.

        Raises InvalidInput if they have time enough, and NotFound.
        """
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            draft = Draft(ExtensionScope.CHOSEN, DueDates(), _("A week more"), (place,))
            chosen = _chosen(session, viewer, activity, draft)
            if not chosen:
                raise NotFound("learner")
            draft = replace(draft, dates=proposed(activity, chosen))
            _preview_of_it, concerned = _preview(session, viewer, activity, draft)
            extension = _write(session, viewer, activity, draft, concerned)
            _apply(session, activity, concerned)
            return extension.id

    def undo(self, viewer: Viewer, activity_id: uuid.UUID, extension_id: uuid.UUID) -> None:
        """Take an extension back; raise IllegalTransition if that was done, and NotFound."""
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            extension = _find(session, viewer, activity, extension_id)
            concerned = _extended(session, extension)
            extension.undone_at, extension.undone_by_id = clock.now(), viewer.user_id
            session.flush()
            act = InterventionAct.EXTENSION_UNDONE
            interventions.write(session, viewer, activity, concerned, act)
            _apply(session, activity, concerned)


def _chosen(session: Session, viewer: Viewer, activity: Activity, draft: Draft) -> list[Learner]:
    return learners(session, viewer, activity, draft.scope, draft.people, draft.cohort_id)


def _preview(
    session: Session, viewer: Viewer, activity: Activity, draft: Draft
) -> tuple[Preview, list[uuid.UUID]]:
    """Return what ``draft`` would do, and the user ids of those whose dates change."""
    usual = clocks.activity_dates(activity)
    _check_dates(usual, draft.dates)
    chosen = _chosen(session, viewer, activity, draft)
    if not chosen:
        field = "people" if draft.scope is ExtensionScope.CHOSEN else "scope"
        raise InvalidInput({field: [_("There is nobody whom this would concern.")]})
    changed = changes_of(usual, chosen, draft.dates)
    if not changed:
        name = next(name for name in NAMES if getattr(draft.dates, name) is not None)
        raise InvalidInput({name: [_("Nobody would have more time than they have already.")]})
    concerned = sorted(learner.user_id for learner, _after in changed)
    preview = Preview(
        number=len(changed),
        changes=tuple(
            Change(learner.name, learner.dates, after) for learner, after in changed[:SHOWN]
        ),
        unchanged=len(chosen) - len(changed),
        seen=digest(",".join(user_id.hex for user_id in concerned)),
    )
    return preview, concerned


def _check_dates(usual: DueDates, wanted: DueDates) -> None:
    """Refuse what is no date for anybody, beside its field."""
    now, problems = clock.now(), {}
    if wanted == DueDates():
        problems["now_due_at"] = [_("Set at least one date.")]
    for name in NAMES:
        moment = getattr(wanted, name)
        if moment is not None and getattr(usual, name) is None:
            problems[name] = [_("This phase has no end in this activity.")]
        elif moment is not None and moment <= now:
            problems[name] = [_("This is over already. Choose a later date.")]
    if problems:
        raise InvalidInput(problems)


def _write(
    session: Session,
    viewer: Viewer,
    activity: Activity,
    draft: Draft,
    concerned: list[uuid.UUID],
) -> Extension:
    extension = Extension(
        activity_id=activity.id,
        scope=draft.scope,
        cohort_id=draft.cohort_id if draft.scope is ExtensionScope.COHORT else None,
        now_due_at=draft.dates.now_due_at,
        new_due_at=draft.dates.new_due_at,
        next_due_at=draft.dates.next_due_at,
        reason=draft.reason,
        given_by_id=viewer.user_id,
    )
    session.add(extension)
    session.flush()
    session.execute(
        insert(ExtendedLearner),
        [{"extension_id": extension.id, "user_id": user_id} for user_id in concerned],
    )
    act = InterventionAct.EXTENDED
    interventions.write(session, viewer, activity, concerned, act, note=draft.reason)
    return extension


def _apply(session: Session, activity: Activity, user_ids: list[uuid.UUID]) -> None:
    """Work out clocks anew, and measure those who have begun: many of them by the next sweeps."""
    clocks.rebuild(session, activity, user_ids)
    for start in range(0, len(user_ids), clocks.BATCH):
        session.execute(
            update(Participation)
            .where(
                Participation.activity_id == activity.id,
                Participation.user_id.in_(user_ids[start : start + clocks.BATCH]),
            )
            .values(remeasure_at=clock.now())
        )
    remeasuring.refresh_after_dates(session, AT_ONCE, activity.id)


def _find(
    session: Session, viewer: Viewer, activity: Activity, extension_id: uuid.UUID
) -> Extension:
    known = {line.id: line for line in lines(session, viewer, activity)}
    if extension_id not in known:
        raise NotFound("extension")
    if not known[extension_id].can_undo:
        raise IllegalTransition("extension", "given", "undo")
    return session.get_one(Extension, extension_id)


def _extended(session: Session, extension: Extension) -> list[uuid.UUID]:
    query = select(ExtendedLearner.user_id).where(ExtendedLearner.extension_id == extension.id)
    return sorted(session.scalars(query))


def reach_newcomers(session: Session, limit: int = 200) -> int:
    """Give a cohort's extensions to who came into it since; return to how many.

    For the worker's sweep. Who leaves the cohort again keeps the time.
    """
    now = clock.now()
    given = exists().where(
        ExtendedLearner.extension_id == Extension.id,
        ExtendedLearner.user_id == Membership.user_id,
    )
    query = (
        select(Extension.activity_id, Extension.id, Membership.user_id)
        .join(Membership, Membership.cohort_id == Extension.cohort_id)
        .where(
            Extension.undone_at.is_(None),
            or_(*(getattr(Extension, name) > now for name in NAMES)),
            Membership.left_at.is_(None),
            ~given,
        )
        .order_by(Extension.activity_id, Membership.user_id)
        .limit(limit)
    )
    locked = sorted({row.activity_id for row in session.execute(query)})
    for activity_id in locked:
        lock_activity(session, activity_id)
    # Read again under the locks: another worker may just have done the same.
    found = session.execute(query.where(Extension.activity_id.in_(locked))).all() if locked else []
    rows = [{"extension_id": row.id, "user_id": row.user_id} for row in found]
    if rows:
        session.execute(insert(ExtendedLearner), rows)
    for activity_id in locked:
        came = {row.user_id for row in found if row.activity_id == activity_id}
        _apply(session, session.get_one(Activity, activity_id), sorted(came))
    return len(found)
