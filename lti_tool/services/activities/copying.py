"""Copied courses and links: what a link that opens nothing yet shall open (``rules.copies``).

These functions run inside the launch's transaction, for new links only. A copy takes the settings
of an activity along, never submissions, ratings, people or cohorts.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.lti.messages import LtiMessage
from lti_tool.models.activities import Activity, ActivityVersion, Prompt, ResourceLink
from lti_tool.models.people import Context
from lti_tool.rules.copies import Act, KnownLink, NamedActivity, NewLink, decide, read_history
from lti_tool.rules.vocabulary import CopySign
from lti_tool.services.activities import criteria, exemplars
from lti_tool.services.activities.target_levels import copy_targets

SETTINGS = (
    "title",
    "description",
    "template",
    "locale",
    "framework_id",
    "responses_required",
    "allocation_pool",
    "reflection_moderation",
    "response_moderation",
    "grace_minutes",
    "accepts_late",
    "starts_on_joining",
    "answer_within_days",
    "takes_files",
    "anonymity",
    "tutor_confirms",
    "depth_rubric",
    "competency_columns",
    "offers_credentials",
    "weight_reflection",
    "weight_responses",
    "weight_helpfulness",
    "weight_next_step",
    "criteria_min_words",
    "calibration_minimum",
    "calibration_skippable",
    "opens_at",
    "now_due_at",
    "new_due_at",
    "next_due_at",
)
"""Columns of an activity that a copy takes along; its competencies and prompts come besides."""
PROMPT = (
    "position",
    "phase",
    "template_key",
    "text",
    "help",
    "translations",
    "min_words",
    "max_words",
    "required",
    "audience",
)
MOST_LINKS = 5000
"""Links of the courses in a history that are compared."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A link that opens nothing yet, and where it was launched."""

    link: ResourceLink
    is_new: bool
    context: Context
    registration_id: uuid.UUID
    staff_id: uuid.UUID | None
    """Who launched it, if they are staff."""


def meet(session: Session, arrival: Arrival, message: LtiMessage) -> tuple[str, ...]:
    """Let a link open what it was placed for, or a copy of what it was copied from.

    Where an educator has to choose, return the ids of the courses that this one was copied from.
    """
    link = arrival.link
    links_before = read_history(message.link_history)
    courses_before = read_history(message.context_history)
    if message.activity_id is None and not links_before and not courses_before:
        return ()
    if not arrival.is_new:
        session.flush()
        session.refresh(link, with_for_update=True)
        if link.activity_id is not None or link.was_copied:
            return courses_before
    new = NewLink(
        context_id=arrival.context.id,
        context=arrival.context.lti_id,
        title=link.title,
        named_id=message.activity_id,
        is_placed_anew=_is_placed_anew(session, arrival, message.placement_id),
        link_history=links_before,
        context_history=courses_before,
    )
    link.named_id, link.placement_id = message.activity_id, message.placement_id
    decision = decide(new, _named(session, arrival, new.named_id), _links(session, arrival, new))
    if decision.act is Act.ASK or decision.activity_id is None:
        return courses_before
    activity = session.get_one(Activity, decision.activity_id)
    if decision.act is Act.OPEN:
        _open(arrival, activity)
    elif decision.sign is not None:
        copy(session, activity, arrival, decision.sign)
    return ()


def copy(session: Session, original: Activity, arrival: Arrival, sign: CopySign) -> Activity:
    """Make a copy of an activity's settings in the link's course, and let the link open it."""
    link, context = arrival.link, arrival.context
    made = Activity(
        registration_id=arrival.registration_id,
        deployment_id=context.deployment_id,
        context_id=context.id,
        created_by_id=arrival.staff_id or original.created_by_id,
        copied_from_id=original.id,
        copied_at=clock.now(),
        copied_by_sign=sign,
        **{name: getattr(original, name) for name in SETTINGS},
    )
    if original.context_id == context.id and link.title:
        made.title = link.title  # two of one course: the LMS has told them apart
    made.competencies = list(original.competencies)
    made.place()
    session.add(made)
    session.flush()
    copy_targets(session, original, made)
    _copy_prompts(session, original, made)
    exemplars.copy(session, original, made, criteria.copy(session, original, made))
    link.activity_id, link.was_copied = made.id, True
    return made


def _copy_prompts(session: Session, original: Activity, made: Activity) -> None:
    """Copy the prompts that new work would answer."""
    newest = (
        select(ActivityVersion.id)
        .where(ActivityVersion.activity_id == original.id)
        .order_by(ActivityVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    version = ActivityVersion(activity_id=made.id, number=1)
    session.add(version)
    session.flush()
    for prompt in session.scalars(select(Prompt).where(Prompt.version_id == newest)):
        values = {name: getattr(prompt, name) for name in PROMPT}
        made_prompt = Prompt(version_id=version.id, **values)
        made_prompt.competencies = list(prompt.competencies)
        session.add(made_prompt)


def _open(arrival: Arrival, activity: Activity) -> None:
    """Open an activity as it is; one that was made without a course comes to this one."""
    if activity.context_id is None:
        activity.context_id = arrival.context.id
        activity.deployment_id = arrival.context.deployment_id
    arrival.link.activity_id = activity.id
    activity.place()


def _named(
    session: Session, arrival: Arrival, activity_id: uuid.UUID | None
) -> NamedActivity | None:
    """Return the activity of this id in the registration; it waits for no second new link."""
    if activity_id is None:
        return None
    activity = session.get(Activity, activity_id, with_for_update={"key_share": True})
    if activity is None or activity.registration_id != arrival.registration_id:
        return None
    opened = exists().where(
        ResourceLink.activity_id == activity.id, ResourceLink.id != arrival.link.id
    )
    return NamedActivity(activity.id, activity.context_id, bool(session.scalar(select(opened))))


def _is_placed_anew(session: Session, arrival: Arrival, placement_id: uuid.UUID | None) -> bool:
    """Return whether no other link of the course came with this deep linking answer."""
    if placement_id is None:
        return False
    other = exists().where(
        ResourceLink.context_id == arrival.context.id,
        ResourceLink.placement_id == placement_id,
        ResourceLink.id != arrival.link.id,
    )
    return not session.scalar(select(other))


def _links(session: Session, arrival: Arrival, new: NewLink) -> list[KnownLink]:
    """Return the links of this deployment that may be what the new one was copied from.

    Other deployments of a registration may be other schools: there an activity is known by its
    own id alone.
    """
    courses = (new.context, *new.context_history)
    rows = session.execute(
        select(
            ResourceLink.lti_id,
            Context.lti_id,
            ResourceLink.title,
            ResourceLink.activity_id,
            ResourceLink.named_id,
        )
        .join(Context, Context.id == ResourceLink.context_id)
        .where(
            Context.deployment_id == arrival.context.deployment_id,
            ResourceLink.activity_id.is_not(None),
            ResourceLink.id != arrival.link.id,
            or_(Context.lti_id.in_(courses), ResourceLink.lti_id.in_(new.link_history)),
        )
        .order_by(ResourceLink.created_at.desc(), ResourceLink.id.desc())
        .limit(MOST_LINKS)
    )
    return [
        KnownLink(lti_id, context, title, activity_id, named_id)
        for lti_id, context, title, activity_id, named_id in rows
        if activity_id is not None
    ]
