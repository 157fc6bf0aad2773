"""What an educator decides about an activity, as it travels between forms, files and database."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.rules.completion import Weights
from lti_tool.rules.criteria import CriteriaValues
from lti_tool.rules.giving import AllocationPool
from lti_tool.rules.prompt_templates import DEFAULT_TEMPLATE
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Anonymity, DepthRubric, ModerationMode
from lti_tool.services.activities.prompts import PromptValues
from lti_tool.services.engine import anonymity
from lti_tool.services.frameworks.frameworks import competencies_for


@dataclass(frozen=True, slots=True)
class ActivityDates:
    """When the phases of an activity open and are due; aware moments, None where there is none."""

    opens_at: datetime | None = None
    now_due_at: datetime | None = None
    new_due_at: datetime | None = None
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LinkValues:
    """A link that was shared in a live session; ``by`` is the number of who shared it there."""

    url: str
    words: str = ""
    by: int = 0


@dataclass(frozen=True, slots=True)
class ActivityValues:
    """Everything an educator decides about an activity."""

    title: str
    locale: str
    prompts: tuple[PromptValues, ...]
    description: str = ""
    template: str = DEFAULT_TEMPLATE
    competency_ids: tuple[uuid.UUID, ...] = ()
    target_levels: Mapping[uuid.UUID, int] | None = None
    """Suggested levels by competency; None leaves them as they are."""
    responses_required: int = 2
    allocation_pool: AllocationPool = AllocationPool.CONTEXT
    reflection_moderation: ModerationMode = ModerationMode.AFTER
    response_moderation: ModerationMode = ModerationMode.AFTER
    grace_minutes: int = 15
    tutor_confirms: bool = True
    anonymity: Anonymity = Anonymity.OPEN
    depth_rubric: DepthRubric = DepthRubric.NONE
    weights: Weights = field(default_factory=Weights)
    dates: ActivityDates = field(default_factory=ActivityDates)
    accepts_late: bool = True
    starts_on_joining: bool = False
    answer_within_days: int = 3
    takes_files: bool = True
    """Whether learners may add files to their answers."""
    offers_credentials: bool = False
    """Whether learners can take confirmed levels along as credentials."""
    event_at: datetime | None = None
    """When the live session is that learners write about."""
    shared_links: tuple[LinkValues, ...] = ()
    criteria: CriteriaValues | None = None
    """Criteria of responses; None leaves them as they are."""


def values_of(activity: Activity, prompt_values: tuple[PromptValues, ...]) -> ActivityValues:
    """Return what was decided about a stored activity, with the prompts of one version."""
    apart = {
        "prompts",
        "competency_ids",
        "target_levels",
        "weights",
        "dates",
        "shared_links",
        "criteria",
    }
    same = set(_names(ActivityValues)) - apart
    return ActivityValues(
        prompts=prompt_values,
        competency_ids=tuple(item.id for item in activity.competencies),
        weights=weights_of(activity),
        dates=ActivityDates(**{name: getattr(activity, name) for name in _names(ActivityDates)}),
        shared_links=links_of(activity),
        **{name: getattr(activity, name) for name in same},
    )


def links_of(activity: Activity) -> tuple[LinkValues, ...]:
    """Return the links that were shared in the activity's live session."""
    return tuple(
        LinkValues(link["url"], link["words"], int(link["by"])) for link in activity.shared_links
    )


def weights_of(activity: Activity) -> Weights:
    """Return the points per term of the activity's score."""
    return Weights(**{name: getattr(activity, f"weight_{name}") for name in _names(Weights)})


def apply_values(
    session: Session, viewer: Viewer, activity: Activity, values: ActivityValues
) -> None:
    """Write ``values`` to the activity's columns and competencies (not its prompts).

    Raises InvalidInput if less would be hidden of learners than they were promised.
    """
    anonymity.change(session, activity, values.anonymity)
    activity.title, activity.description = values.title, values.description
    activity.locale, activity.template = values.locale, values.template
    activity.event_at = values.event_at
    activity.shared_links = [
        {"url": link.url, "words": link.words, "by": str(link.by)} for link in values.shared_links
    ]
    activity.responses_required = values.responses_required
    activity.allocation_pool = values.allocation_pool
    activity.reflection_moderation = values.reflection_moderation
    activity.response_moderation = values.response_moderation
    activity.grace_minutes, activity.tutor_confirms = values.grace_minutes, values.tutor_confirms
    for name in (
        "accepts_late",
        "starts_on_joining",
        "answer_within_days",
        "depth_rubric",
        "takes_files",
        "offers_credentials",
    ):
        setattr(activity, name, getattr(values, name))
    for name in _names(Weights):
        setattr(activity, f"weight_{name}", getattr(values.weights, name))
    for name in _names(ActivityDates):
        setattr(activity, name, getattr(values.dates, name))
    chosen = competencies_for(session, viewer, values.competency_ids)
    activity.competencies = chosen
    if chosen:
        activity.framework_id = chosen[0].framework_id


def counted(activity: Activity) -> ActivityValues:
    """Return the values that completion and score depend on; the others emptied."""
    return replace(
        values_of(activity, ()),
        title="",
        description="",
        locale="",
        template="",
        grace_minutes=0,
        takes_files=True,
        offers_credentials=False,
        depth_rubric=DepthRubric.NONE,
        event_at=None,
        shared_links=(),
    )


def _names(record: type) -> list[str]:
    return [item.name for item in fields(record)]
