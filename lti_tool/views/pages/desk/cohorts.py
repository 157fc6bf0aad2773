"""Cohorts: the list, one cohort with its people, and who sees what."""

from __future__ import annotations

import uuid
from typing import Any

from flask import g
from werkzeug.wrappers import Response

from lti_tool.errors import InvalidInput
from lti_tool.schemas.cohorts import CohortForm, MoveForm, SeeingForm
from lti_tool.schemas.fields import local_text
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, educators, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

COHORTS = "/activities/<uuid:activity_id>/cohorts"
COHORT = COHORTS + "/<uuid:cohort_id>"


def cohort_page(template: str, activity_id: uuid.UUID, **context: Any) -> str:
    """Render a page on cohorts; raise NotFound for an activity of another course."""
    activity = services().activities.get(viewer(), activity_id)
    return page(template, activity=activity, activity_title=activity.title, **context)


def check_activity(activity_id: uuid.UUID) -> None:
    """Raise NotFound for an activity of another course."""
    services().activities.get(viewer(), activity_id)


@bp.get(COHORTS)
@allow(*staff)
def cohorts(activity_id: uuid.UUID) -> str:
    """Show the cohorts that the viewer sees, and to educators what is missing."""
    return cohort_page(
        "desk/cohorts.html",
        activity_id,
        page=services().cohorts.page(viewer()),
        reads_groups=services().moodle_groups.is_offered(viewer()),
    )


@bp.post(COHORTS)
@allow(*educators)
@form_page(cohorts)
def make_cohort(activity_id: uuid.UUID) -> Response:
    """Make an empty cohort and lead to it."""
    check_activity(activity_id)
    made = services().cohorts.make(viewer(), read_form(CohortForm)["name"])
    return see_other("desk.cohort", notice="cohort_made", activity_id=activity_id, cohort_id=made)


@bp.post(COHORTS + "/seeing")
@allow(*educators)
def set_seeing(activity_id: uuid.UUID) -> Response:
    """Say whether tutors see every cohort."""
    check_activity(activity_id)
    services().cohorts.show_all(viewer(), read_form(SeeingForm)["to_all"])
    return see_other("desk.cohorts", notice="saved", activity_id=activity_id)


@bp.get(COHORT)
@allow(*staff)
def cohort(activity_id: uuid.UUID, cohort_id: uuid.UUID, **_rest: uuid.UUID) -> str:
    """Show one cohort."""
    opened = services().cohorts.open(viewer(), cohort_id)
    return cohort_page(
        "desk/cohort.html", activity_id, cohort=opened, local_text=local_text, form=g.get("form")
    )


@bp.post(COHORT)
@allow(*educators)
@form_page(cohort)
def change_cohort(activity_id: uuid.UUID, cohort_id: uuid.UUID) -> Response:
    """Rename a cohort, open or close it to learners who join by themselves."""
    check_activity(activity_id)
    g.form = "settings"
    form = read_form(CohortForm)
    services().cohorts.change(viewer(), cohort_id, form["name"], form["is_open"])
    return _back("saved", activity_id, cohort_id)


@bp.post(COHORT + "/move")
@allow(*educators)
@form_page(cohort)
def move_learners(activity_id: uuid.UUID, cohort_id: uuid.UUID) -> Response:
    """Move learners to another cohort, or out of any."""
    check_activity(activity_id)
    g.form = "learners"
    form = read_form(MoveForm)
    services().cohorts.move(viewer(), cohort_id, form["people"], form["target"])
    return _back("cohort_moved", activity_id, cohort_id)


@bp.post(COHORT + "/remove")
@allow(*educators)
def remove_cohort(activity_id: uuid.UUID, cohort_id: uuid.UUID) -> Response:
    """Remove a cohort that nobody is in."""
    check_activity(activity_id)
    try:
        services().cohorts.remove(viewer(), cohort_id)
    except InvalidInput:
        return _back("cohort_not_empty", activity_id, cohort_id)
    return see_other("desk.cohorts", notice="cohort_removed", activity_id=activity_id)


def _back(notice: str, activity_id: uuid.UUID, cohort_id: uuid.UUID) -> Response:
    values: dict[str, Any] = {"activity_id": activity_id, "cohort_id": cohort_id}
    return see_other("desk.cohort", notice=notice, **values)
