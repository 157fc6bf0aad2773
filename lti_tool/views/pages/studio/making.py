"""Making an activity, or choosing one: in the LMS's deep linking window, or for a plain link."""

from __future__ import annotations

import uuid
from typing import Any, cast

from flask import g, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.rules.vocabulary import Role, SessionKind
from lti_tool.schemas.activities import ActivityForm
from lti_tool.schemas.activity_files import undated
from lti_tool.services.activities.values import ActivityValues
from lti_tool.services.launches.deep_linking import Window
from lti_tool.views.forms import form_page, form_values, load
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio import arranging, documents, form
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.pages.studio.prompt_fields import Form
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer


def window() -> Window | None:
    """Return the LMS's deep linking window that this is; None for a plain link's page."""
    in_window = viewer().kind is SessionKind.DEEP_LINKING
    return services().deep_linking.window(viewer()) if in_window else None


def context(opened: Window | None) -> dict[str, Any]:
    """Return what both pages of choosing need: the window and how much there is to pick from."""
    return {
        "window": opened,
        "in_window": opened is not None,
        "count": services().activity_lists.count(viewer()),
    }


def show_new(open_section: str = "", unknown: int = 0) -> str:
    """Show the form of a new activity, beside it the way to those that the course has.

    ``unknown`` counts competencies of a file that are not known here.
    """
    opened = window()
    if opened is not None and opened.trouble is not None:
        return page("studio/not_here.html", window=opened)
    wishes = opened.wishes if opened else None
    source = _source()
    start = form.new_activity(wishes.title, wishes.text) if wishes else form.new_activity()
    return page(
        "studio/new.html",
        open_section=open_section,
        source=source,
        unknown=unknown,
        candidates=[] if opened else services().copies.candidates(viewer()),
        **context(opened),
        **form.context(source or start),
    )


@bp.get("/studio/choose")
@allow(*staff)
def choose() -> Response | str:
    """Show the deep linking window: make an activity or pick one of this course's."""
    return show_new() if viewer().kind is SessionKind.DEEP_LINKING else see_other("home.index")


@bp.get("/studio/attach")
@allow(*staff)
def attach() -> Response | str:
    """Show the same for a plain link that opens no activity yet."""
    if not may_attach() or viewer().activity_id is not None:
        return see_other("home.index")
    return show_new() if viewer().role is Role.EDUCATOR else page("home/not_ready.html")


@bp.post("/studio/new")
@allow(*staff)
@form_page(show_new)
def create() -> Response | str:
    """Make the activity and place it, look at it first, or go on choosing."""
    allow_choosing()
    changed = arranging.rearranged()
    if changed is not None:
        g.typed, section = changed
        return show_new(open_section=section)
    values = _decided()
    if request.form.get("do") == "each" and viewer().kind is SessionKind.DEEP_LINKING:
        made = services().one_each.create(viewer(), values)
        return see_other("studio.existing", notice="created_each", activity=made)
    activity_id = services().activities.create(viewer(), values)
    act = request.form.get("do")
    if act == "preview":
        return see_other("studio.preview", notice="created", activity_id=activity_id)
    if act == "more" and viewer().kind is SessionKind.DEEP_LINKING:
        return see_other("studio.existing", notice="created", activity=activity_id)
    return placed(activity_id)


def _source() -> ActivityValues | None:
    """Return what the form begins with, if the address names a preset or an activity to copy."""
    if key := request.args.get("preset"):
        document = services().sources.preset(viewer(), _id(key))
        return documents.read_document(document).values
    if key := request.args.get("from"):
        return undated(services().sources.values(viewer(), _id(key)))
    return None


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotFound("source") from error


def _decided() -> ActivityValues:
    """Return what the form says; of a template that was only ticked, its questions are taken."""
    typed: Form = MultiDict(request.form)
    if arranging.chosen_template_differs():
        typed = arranging.with_template(typed)
    schema = ActivityForm()
    return cast(ActivityValues, load(schema, form_values(typed, schema)))


def may_attach() -> bool:
    """Return whether this session came from a link of a course, not from elsewhere in the LMS."""
    return viewer().kind is SessionKind.RESOURCE_LINK


def allow_choosing() -> None:
    """Raise NotFound where nothing is made or picked: by tutors outside the LMS's window."""
    in_window = viewer().kind is SessionKind.DEEP_LINKING
    if not in_window and not (may_attach() and viewer().role is Role.EDUCATOR):
        raise NotFound("studio")


def placed(activity_id: uuid.UUID) -> Response:
    """Go on with an activity that was made or picked: to the LMS, or to what the link opens."""
    if viewer().kind is SessionKind.DEEP_LINKING:
        return see_other("deep_linking.respond", activity_id=activity_id)
    return see_other("desk.queue", notice="placed", activity_id=activity_id)
