"""Tutors: who looks after which cohort, for how long, and who is a tutor at all."""

from __future__ import annotations

import uuid

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool.errors import InvalidInput
from lti_tool.schemas.cohorts import CoverForm, TutorForm
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, educators, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.cohorts import COHORT, COHORTS, check_activity, cohort, cohort_page
from lti_tool.views.session import services, viewer

TUTOR = COHORT + "/tutors/<uuid:tutor_id>"
MOST_TYPED = 100


@bp.get(COHORTS + "/tutors")
@allow(*educators)
def tutors(activity_id: uuid.UUID) -> str:
    """Show the staff of the course, and learners who were searched for."""
    search = request.args.get("q", "").strip()[:MOST_TYPED]
    found = services().cohort_tutors.page(viewer(), search)
    return cohort_page("desk/cohorts_tutors.html", activity_id, page=found, search=search)


@bp.post(COHORTS + "/tutors/<uuid:user_id>/grant")
@allow(*educators)
def make_tutor(activity_id: uuid.UUID, user_id: uuid.UUID) -> Response:
    """Make somebody a tutor."""
    check_activity(activity_id)
    try:
        services().cohort_tutors.grant(viewer(), user_id)
    except InvalidInput:
        return see_other("desk.tutors", notice="never_launched", activity_id=activity_id)
    return see_other("desk.tutors", notice="tutor_made", activity_id=activity_id)


@bp.post(COHORTS + "/tutors/<uuid:user_id>/take-back")
@allow(*educators)
def unmake_tutor(activity_id: uuid.UUID, user_id: uuid.UUID) -> Response:
    """Let count what the LMS says of somebody again."""
    check_activity(activity_id)
    services().cohort_tutors.take_back(viewer(), user_id)
    return see_other("desk.tutors", notice="tutor_unmade", activity_id=activity_id)


@bp.post(COHORT + "/tutors")
@allow(*educators)
@form_page(cohort)
def assign_tutor(activity_id: uuid.UUID, cohort_id: uuid.UUID) -> Response:
    """Let somebody look after a cohort."""
    check_activity(activity_id)
    g.form = "assign"
    services().cohort_tutors.assign(viewer(), cohort_id, read_form(TutorForm)["user"])
    return _back("tutor_assigned", activity_id, cohort_id)


@bp.post(COHORT + "/cover")
@allow(*staff)
@form_page(cohort)
def cover(activity_id: uuid.UUID, cohort_id: uuid.UUID) -> Response:
    """Let a second tutor stand in for a time."""
    check_activity(activity_id)
    g.form = "cover"
    form = read_form(CoverForm)
    services().cohort_tutors.cover(
        viewer(), cohort_id, form["user"], form["from_at"], form["until_at"], form["note"]
    )
    return _back("tutor_covers", activity_id, cohort_id)


@bp.post(TUTOR + "/hand-over")
@allow(*staff)
@form_page(cohort)
def hand_over(activity_id: uuid.UUID, cohort_id: uuid.UUID, tutor_id: uuid.UUID) -> Response:
    """Hand a cohort over to another tutor, with a note."""
    check_activity(activity_id)
    g.form = str(tutor_id)
    form = read_form(TutorForm)
    services().cohort_tutors.hand_over(viewer(), cohort_id, tutor_id, form["user"], form["note"])
    # To the list: who handed the cohort over may not see it any more.
    return see_other("desk.cohorts", notice="tutor_handed_over", activity_id=activity_id)


@bp.post(TUTOR + "/end")
@allow(*educators)
def end_tutor(activity_id: uuid.UUID, cohort_id: uuid.UUID, tutor_id: uuid.UUID) -> Response:
    """End somebody's time with a cohort."""
    check_activity(activity_id)
    services().cohort_tutors.end(viewer(), cohort_id, tutor_id)
    return _back("tutor_ended", activity_id, cohort_id)


def _back(notice: str, activity_id: uuid.UUID, cohort_id: uuid.UUID) -> Response:
    return see_other("desk.cohort", notice=notice, activity_id=activity_id, cohort_id=cohort_id)
