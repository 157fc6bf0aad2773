"""Activities: what an educator creates, embeds and changes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from lti_tool import clock
from lti_tool.errors import NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.activities import Activity, ActivityVersion, ResourceLink
from lti_tool.models.participations import Participation
from lti_tool.rules.completion import Weights
from lti_tool.rules.prompt_templates import DEFAULT_TEMPLATE
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState, ModerationMode, SessionKind
from lti_tool.services import completion, prompts, renaming
from lti_tool.services.copy_notices import CopyNotice, notice_of
from lti_tool.services.frameworks import (
    CompetencyView,
    LevelView,
    competencies_for,
    competency_view,
    level_view,
)
from lti_tool.services.locking import lock_activity
from lti_tool.services.prompts import PromptValues


@dataclass(frozen=True, slots=True)
class ActivityDates:
    """When the phases of an activity open and are due; aware moments, None where there is none."""

    opens_at: datetime | None = None
    now_due_at: datetime | None = None
    new_due_at: datetime | None = None
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActivityValues:
    """Everything an educator decides about an activity."""

    title: str
    locale: str
    prompts: tuple[PromptValues, ...]
    description: str = ""
    competency_ids: tuple[uuid.UUID, ...] = ()
    responses_required: int = 2
    reflection_moderation: ModerationMode = ModerationMode.AFTER
    response_moderation: ModerationMode = ModerationMode.AFTER
    grace_minutes: int = 15
    tutor_confirms: bool = True
    weights: Weights = field(default_factory=Weights)
    dates: ActivityDates = field(default_factory=ActivityDates)


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
            activity = Activity(
                registration_id=viewer.registration_id,
                deployment_id=viewer.deployment_id,
                context_id=viewer.context_id,
                state=_first_state(viewer),
                title=values.title,
                template=DEFAULT_TEMPLATE,
                created_by_id=viewer.user_id,
            )
            _apply(session, viewer, activity, values)
            session.add(activity)
            session.flush()
            prompts.add_version(session, activity, 1, values.prompts)
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
            before, title = _counted(activity), activity.title
            _apply(session, viewer, activity, values)
            activity.updated_at = clock.now()
            new_version = prompts.save(
                session, activity, values.prompts, _begun(session, activity), corrections_only
            )
            session.flush()
            if _counted(activity) != before:
                _refresh_all(session, activity)
            if activity.title != title:
                renaming.promise(session, activity)
            return Saved(new_version)


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
        _values(activity, tuple(prompts.prompt_values(item) for item in version.prompts)),
        version.number,
        tuple(competency_view(item) for item in activity.competencies),
        tuple(level_view(level) for level in framework.levels) if framework else (),
        _begun(session, activity),
        _seen(activity),
        notice_of(session, activity),
    )


def weights_of(activity: Activity) -> Weights:
    """Return the points per term of the activity's score."""
    return Weights(**{name: getattr(activity, f"weight_{name}") for name in _names(Weights)})


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


def _names(record: type) -> list[str]:
    return [item.name for item in fields(record)]


def _values(activity: Activity, prompt_values: tuple[PromptValues, ...]) -> ActivityValues:
    same = set(_names(ActivityValues)) - {"prompts", "competency_ids", "weights", "dates"}
    return ActivityValues(
        prompts=prompt_values,
        competency_ids=tuple(item.id for item in activity.competencies),
        weights=weights_of(activity),
        dates=ActivityDates(**{name: getattr(activity, name) for name in _names(ActivityDates)}),
        **{name: getattr(activity, name) for name in same},
    )


def _apply(session: Session, viewer: Viewer, activity: Activity, values: ActivityValues) -> None:
    """Write ``values`` to the activity's columns and competencies (not its prompts)."""
    activity.title, activity.description = values.title, values.description
    activity.locale = values.locale
    activity.responses_required = values.responses_required
    activity.reflection_moderation = values.reflection_moderation
    activity.response_moderation = values.response_moderation
    activity.grace_minutes, activity.tutor_confirms = values.grace_minutes, values.tutor_confirms
    for name in _names(Weights):
        setattr(activity, f"weight_{name}", getattr(values.weights, name))
    for name in _names(ActivityDates):
        setattr(activity, name, getattr(values.dates, name))
    chosen = competencies_for(session, viewer, values.competency_ids)
    activity.competencies = chosen
    if chosen:
        activity.framework_id = chosen[0].framework_id


def _seen(activity: Activity) -> str:
    return activity.updated_at.isoformat()


def _begun(session: Session, activity: Activity) -> int:
    query = select(func.count()).where(Participation.activity_id == activity.id)
    return session.scalar(query) or 0


def _counted(activity: Activity) -> ActivityValues:
    """Return the values that completion and score depend on; the others emptied."""
    return replace(_values(activity, ()), title="", description="", locale="", grace_minutes=0)


def _refresh_all(session: Session, activity: Activity) -> None:
    query = select(Participation).where(Participation.activity_id == activity.id)
    for participation in session.scalars(query):
        completion.refresh(session, participation)


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
