"""An activity as a learner would see it: the learner's own pages, with nobody in them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.rules.calibration import still_to_read
from lti_tool.rules.completion import Progress, progress
from lti_tool.rules.guidance import RESPONSE_PARTS, response_minimum
from lti_tool.rules.requirements import Facts
from lti_tool.rules.rich_text import from_text
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import AllocationState, Audience, WorkState
from lti_tool.services.activities import exemplars
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.activities.ratings import RatingView
from lti_tool.services.activities.values import weights_of
from lti_tool.services.frameworks.attribution import attribution_of
from lti_tool.services.frameworks.frameworks import level_view
from lti_tool.services.learner import criteria_fields
from lti_tool.services.learner.answers import AnswerView, answer_views
from lti_tool.services.learner.calibrating import PracticePage, PracticeState, practice_page
from lti_tool.services.learner.now_pages import NowPage, live_session
from lti_tool.services.learner.participations import NextPage
from lti_tool.services.learner.response_pages import RespondPage
from lti_tool.services.learner.standing import Standing, activity_facts

NOBODY = uuid.UUID(int=0)
"""Stands for the participation that a preview does not have."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The pages of a learner in their order: before writing, writing, responding, next step."""

    start: NowPage
    now: NowPage
    respond: RespondPage
    next: NextPage
    practice: PracticePage | None = None
    """Reading an exemplar; None where the activity has no practice."""

    @property
    def has_practice(self) -> bool:
        """Whether learners read an exemplar before they respond."""
        return self.practice is not None


@dataclass(frozen=True, slots=True)
class Previews:
    """The use case of looking at an activity as a learner would; it writes nothing."""

    db: Database

    def of(self, viewer: Viewer, activity_id: uuid.UUID) -> Preview:
        """Return the learner's pages of an activity in the viewer's context; raise NotFound."""
        with self.db.read() as session:
            return _preview(session, find_activity(session, viewer, activity_id))


def _preview(session: Session, activity: Activity) -> Preview:
    before = _standing(activity, None)
    after = _standing(activity, WorkState.RELEASED)
    version = activity.current_version
    questions = answer_views(version, {}, activity.locale)
    ratings = tuple(
        RatingView(item.id, item.code, item.statement, is_retired=item.retired_at is not None)
        for item in activity.competencies
    )
    framework = activity.framework
    levels = tuple(level_view(level) for level in framework.levels) if framework else ()
    now = NowPage(
        before,
        ratings,
        levels,
        questions,
        version=0,
        saved_at=None,
        begun=False,
        session=live_session(activity),
        takes_files=activity.takes_files,
        attribution=attribution_of(framework),
    )
    read = tuple(_answered(item) for item in questions if item.prompt.audience is Audience.COHORT)
    return Preview(
        start=now,
        now=replace(now, begun=True),
        respond=_respond(session, activity, after, read),
        next=NextPage(
            after, read, received=(), next_step=None, competencies=ratings, levels=levels
        ),
        practice=_practice(session, activity, after),
    )


def _answered(question: AnswerView) -> AnswerView:
    return replace(question, html=from_text(_("Here a learner reads what was written.")))


def _practice(session: Session, activity: Activity, standing: Standing) -> PracticePage | None:
    found = exemplars.ready(session, activity.id) if activity.calibration_minimum else []
    if not found:
        return None
    left = still_to_read(activity.calibration_minimum, len(found), 0)
    state = PracticeState(len(found), 0, left, activity.calibration_skippable, is_due=True)
    return practice_page(session, standing, activity, found[0], state)


def _respond(
    session: Session, activity: Activity, standing: Standing, read: tuple[AnswerView, ...]
) -> RespondPage:
    return RespondPage(
        standing=standing,
        allocation_id=NOBODY,
        allocation=AllocationState.CLAIMED,
        author=_("Noor"),
        readable=True,
        answers=read,
        parts=dict.fromkeys(RESPONSE_PARTS, ""),
        version=0,
        saved_at=None,
        minimum=response_minimum(standing.activity.locale),
        own=None,
        others=(),
        criteria=criteria_fields.fields_of(session, activity, None),
        least_words=criteria_fields.least_words(activity.criteria_min_words, activity.locale),
    )


def _standing(activity: Activity, reflection: WorkState | None) -> Standing:
    """Return where a learner would stand who has handed in a reflection, or nothing yet."""
    return Standing(
        activity=activity_facts(activity, has_competencies=bool(activity.competencies)),
        participation_id=NOBODY,
        progress=_progress(activity, reflection is not None),
        need="",
        reflection=reflection,
        visible_at=None,
        released_at=None,
        return_reason="",
        waits_until=activity.new_due_at,
        not_open=False,
    )


def _progress(activity: Activity, reflected: bool) -> Progress:
    tagged = bool(activity.competencies)
    facts = Facts(
        has_competencies=tagged,
        rated_before=reflected,
        rated_after=False,
        reflection_submitted=reflected,
        reflection_accepted=reflected,
        responses_given=0,
        responses_required=activity.responses_required,
        responses_received=0,
        received_required=activity.responses_required,
        date_passed=False,
        responses_rated=0,
        next_step_set=False,
        confirmation_required=activity.tutor_confirms and tagged,
        confirmed=False,
    )
    return progress(facts, weights_of(activity))
