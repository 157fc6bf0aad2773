"""Activities: what an educator creates, embeds and changes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from lti_tool import clock
from lti_tool.errors import NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.activities import Activity, ActivityVersion, ResourceLink
from lti_tool.models.participations import Participation
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState, SessionKind
from lti_tool.services.activities import criteria, prompts
from lti_tool.services.activities.copy_notices import CopyNotice, notice_of
from lti_tool.services.activities.prompt_changes import PromptChanges, changes_to
from lti_tool.services.activities.target_levels import set_targets, targets_of
from lti_tool.services.activities.values import (
    ActivityValues,
    apply_values,
    counted,
    values_of,
)
from lti_tool.services.engine import clocks, remeasuring
from lti_tool.services.frameworks.attribution import Attribution, attribution_of
from lti_tool.services.frameworks.frameworks import (
    CompetencyView,
    LevelView,
    competency_view,
    level_view,
)
from lti_tool.services.locking import lock_activity
from lti_tool.services.outbox import competency_columns, renaming


@dataclass(frozen=True, slots=True)
class ActivityView:
    """An activity with what it is tagged with; ``seen`` tells a form which state it shows."""

    id: uuid.UUID
    values: ActivityValues
    version: int
    competencies: tuple[CompetencyView, ...]
    levels: tuple[LevelView, ...]
    begun: int
    seen: str
    copied: CopyNotice | None = None
    """What staff must know of a copy that nobody has looked at yet."""
    is_archived: bool = False
    """It takes nothing any more: learners read what is theirs, staff can still decide."""
    attribution: Attribution | None = None
    """Whose words its competencies are."""

    @property
    def title(self) -> str:
        """The activity's title."""
        return self.values.title


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving an activity did: ``new_version`` if the prompts of those who began were kept."""

    new_version: bool


@dataclass(frozen=True, slots=True)
class Activities:
    """Use cases on activities; all within the viewer's context."""

    db: Database

    def get(self, viewer: Viewer, activity_id: uuid.UUID) -> ActivityView:
        """Return an activity of the viewer's context; raise NotFound."""
        with self.db.read() as session:
            return activity_view(session, find_activity(session, viewer, activity_id))

    def create(self, viewer: Viewer, values: ActivityValues) -> uuid.UUID:
        """Create an activity, opened by the viewer's link if that opens none yet.

        In a deep linking window it is a draft: the LMS may never make the link that goes back.
        """
        with self.db.write() as session:
            link = _empty_link(session, viewer)
            activity = add_activity(session, viewer, values)
            if link is not None:
                link.activity_id = activity.id
            return activity.id

    def attach(self, viewer: Viewer, activity_id: uuid.UUID) -> None:
        """Let the viewer's link open an activity of the context.

        Raises NotFound, and Stale if the link opens another activity meanwhile.
        """
        with self.db.write() as session:
            activity = find_activity(session, viewer, activity_id)
            link = _empty_link(session, viewer)
            if link is None:
                raise Stale("resource link")
            link.activity_id = activity.id
            activity.place()

    def update(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        values: ActivityValues,
        seen: str,
        corrections_only: bool = False,
    ) -> Saved:
        """Change an activity that stood as ``seen`` when its form was shown; raise Stale.

        Learners who have begun keep their prompts: changed ones make a new version, unless
        ``corrections_only`` says that only the wording of the same prompts was put right.
        """
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            if _seen(activity) != seen:
                raise Stale("activity")
            before, title = counted(activity), activity.title
            apply_values(session, viewer, activity, values)
            activity.updated_at = clock.now()
            if values.target_levels is not None:
                set_targets(session, activity, values.target_levels)
            new_version = prompts.save(
                session, activity, values.prompts, _begun(session, activity), corrections_only
            )
            session.flush()
            if counted(activity) != before:
                clocks.rebuild_late(session, activity)
                remeasuring.refresh_all(session, activity.id)
            if activity.title != title:
                renaming.promise(session, activity)
            if activity.competency_columns:
                competency_columns.rename(session, activity)
            return Saved(new_version)

    def question_changes(
        self, viewer: Viewer, activity_id: uuid.UUID, values: ActivityValues
    ) -> PromptChanges | None:
        """Return how ``values`` change the questions of learners who have begun.

        None where nobody has, or nothing changes: then there is nothing to ask. Raises NotFound.
        """
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            if not _begun(session, activity):
                return None
            return changes_to(session, activity, values.prompts, values.locale) or None


def add_activity(session: Session, viewer: Viewer, values: ActivityValues) -> Activity:
    """Keep a new activity of the viewer's course, which no link opens yet."""
    activity = Activity(
        registration_id=viewer.registration_id,
        deployment_id=viewer.deployment_id,
        context_id=viewer.context_id,
        state=_first_state(viewer),
        title=values.title,
        created_by_id=viewer.user_id,
    )
    apply_values(session, viewer, activity, values)
    session.add(activity)
    set_targets(session, activity, values.target_levels or {})
    prompts.add_version(session, activity, 1, values.prompts)
    if values.criteria is not None:
        criteria.save(session, activity, values.criteria)
    return activity


def find_activity(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> Activity:
    """Return the activity of this id in the viewer's context; raise NotFound."""
    activity = session.scalar(scoped(viewer).where(Activity.id == activity_id))
    if activity is None:
        raise NotFound("activity")
    return activity


def activity_view(session: Session, activity: Activity) -> ActivityView:
    """Return what pages show of ``activity``."""
    version = session.scalars(
        select(ActivityVersion)
        .where(ActivityVersion.activity_id == activity.id)
        .order_by(ActivityVersion.number.desc())
        .options(selectinload(ActivityVersion.prompts))
        .limit(1)
    ).one()
    framework = activity.framework
    return ActivityView(
        activity.id,
        replace(
            values_of(activity, tuple(prompts.prompt_values(item) for item in version.prompts)),
            target_levels=targets_of(session, activity.id),
            criteria=criteria.decided(session, activity),
        ),
        version.number,
        tuple(competency_view(item) for item in activity.competencies),
        tuple(level_view(level) for level in framework.levels) if framework else (),
        _begun(session, activity),
        _seen(activity),
        notice_of(session, activity),
        activity.closed_at is not None,
        attribution_of(framework) if activity.competencies else None,
    )


def scoped(viewer: Viewer) -> Select[Activity]:
    """Select the activities that ``viewer`` may reach: those of their course."""
    query = select(Activity).where(Activity.registration_id == viewer.registration_id)
    if viewer.context_id is not None:
        return query.where(Activity.context_id == viewer.context_id)
    # A deep linking launch without a context: only what the person made and has not opened yet.
    return query.where(Activity.context_id.is_(None), Activity.created_by_id == viewer.user_id)


def _first_state(viewer: Viewer) -> ActivityState:
    in_window = viewer.kind is SessionKind.DEEP_LINKING
    return ActivityState.DRAFT if in_window else ActivityState.PUBLISHED


def _seen(activity: Activity) -> str:
    return activity.updated_at.isoformat()


def _begun(session: Session, activity: Activity) -> int:
    query = select(func.count()).where(Participation.activity_id == activity.id)
    return session.scalar(query) or 0


def _empty_link(session: Session, viewer: Viewer) -> ResourceLink | None:
    """Return the viewer's link, locked, if it opens no activity yet."""
    if viewer.resource_link_id is None:
        return None
    return session.scalar(
        select(ResourceLink)
        .where(
            ResourceLink.id == viewer.resource_link_id,
            ResourceLink.context_id == viewer.context_id,
            ResourceLink.activity_id.is_(None),
        )
        .with_for_update()
    )
