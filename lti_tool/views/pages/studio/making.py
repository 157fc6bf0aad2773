"""Making an activity, or choosing one: in the LMS's deep linking window, or for a plain link."""

from __future__ import annotations

import uuid
from typing import cast

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.rules.vocabulary import Role, SessionKind
from lti_tool.schemas.activities import ActivityForm
from lti_tool.services.activities import ActivityValues
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, educators, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio import form
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer


def _in_window() -> bool:
    """Return whether this is the LMS's deep linking window."""
    return viewer().kind is SessionKind.DEEP_LINKING


def show_new(rearranged: bool = False) -> str:
    """Show the form of a new activity, above it those that the course has already."""
    return page(
        "studio/new.html",
        in_window=_in_window(),
        existing=services().activities.of_context(viewer()),
        rearranged=rearranged,
        **form.context(form.new_activity()),
    )


@bp.get("/studio/choose")
@allow(*staff)
def choose() -> Response | str:
    """Show the deep linking window: make an activity or pick one of this course's."""
    return show_new() if _in_window() else see_other("home.index")


@bp.get("/studio/attach")
@allow(*staff)
def attach() -> Response | str:
    """Show the same for a plain link that opens no activity yet."""
    if _in_window() or viewer().activity_id is not None:
        return see_other("home.index")
    return show_new() if viewer().role is Role.EDUCATOR else page("home/not_ready.html")


@bp.post("/studio/new")
@allow(*staff)
@form_page(show_new)
def create() -> Response | str:
    """Make the activity and place it, or show it as a learner would see it first."""
    if not _in_window() and viewer().role is not Role.EDUCATOR:
        raise NotFound("studio")
    changed = form.rearranged()
    if changed is not None:
        g.typed = changed
        return show_new(rearranged=True)
    values = cast(ActivityValues, read_form(ActivityForm))
    activity_id = services().activities.create(viewer(), values)
    if request.form.get("do") == "preview":
        return see_other("studio.preview", notice="created", activity_id=activity_id)
    return _placed(activity_id)


@bp.post("/studio/pick")
@allow(*educators)
def pick() -> Response:
    """Let this plain link open an activity that the course has already."""
    try:
        activity_id = uuid.UUID(request.form.get("activity", ""))
    except ValueError as error:
        raise NotFound("activity") from error
    services().activities.attach(viewer(), activity_id)
    return _placed(activity_id)


def _placed(activity_id: uuid.UUID) -> Response:
    if _in_window():
        return see_other("deep_linking.respond", activity_id=activity_id)
    return see_other("desk.queue", notice="placed", activity_id=activity_id)
