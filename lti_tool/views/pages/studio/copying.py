"""A copied activity: keeping or moving its dates, leaving it; copying one of an older course."""

from __future__ import annotations

import uuid
from datetime import date

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool import clock, i18n
from lti_tool.errors import IllegalTransition, NotFound, Stale
from lti_tool.i18n import gettext as _
from lti_tool.schemas.copies import ShiftForm
from lti_tool.services.activities.copies import Shift
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

COPY = "/activities/<uuid:activity_id>/copy"


@bp.get("/activities/<uuid:activity_id>/shift")
@allow(*educators)
def shift(activity_id: uuid.UUID, day: date | None = None, conflict: bool = False) -> str:
    """Show what the dates would be if the first of them fell on a day."""
    activity = services().activities.get(viewer(), activity_id)
    shifted = services().copies.preview(viewer(), activity_id, i18n.zone(), day)
    return page(
        "studio/shift.html",
        activity=activity,
        activity_title=activity.title,
        shift=shifted,
        rows=_rows(shifted),
        days={name: i18n.full_day(getattr(shifted, name)) for name in ("first", "same_weekday")},
        is_early=shifted.day < clock.now().astimezone(i18n.zone()).date(),
        conflict=conflict,
        zone=str(i18n.zone()),
    )


@bp.post("/activities/<uuid:activity_id>/shift")
@allow(*educators)
@form_page(shift)
def shift_dates(activity_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Show the dates for another day, or save the dates that were shown."""
    form = read_form(ShiftForm)
    if form["do"] != "save" or form["shown"] != form["day"].isoformat():
        return shift(activity_id=activity_id, day=form["day"])
    try:
        services().copies.shift_dates(viewer(), activity_id, i18n.zone(), form["day"], form["seen"])
    except Stale:
        g.typed = request.form
        return shift(activity_id=activity_id, day=form["day"], conflict=True), 409
    return see_other("desk.queue", notice="copy_shifted", activity_id=activity_id)


def _rows(shifted: Shift) -> list[tuple[str, str, str]]:
    """Return each date that is set: its name, how it stands, how it would be."""
    names = {
        "opens_at": _("Opens"),
        "now_due_at": _("Now: reflection due"),
        "new_due_at": _("New: responses due"),
        "next_due_at": _("Next: everything due"),
    }
    return [
        (names[name], i18n.full(before), i18n.full(after))
        for name, before in shifted.before.items()
        if before is not None and (after := shifted.after[name]) is not None
    ]


@bp.post(f"{COPY}/keep")
@allow(*educators)
def keep_copy(activity_id: uuid.UUID) -> Response:
    """Note that the copy is good as it is."""
    services().copies.keep(viewer(), activity_id)
    return see_other("desk.queue", notice="copy_kept", activity_id=activity_id)


@bp.post(f"{COPY}/original")
@allow(*educators)
def open_original(activity_id: uuid.UUID) -> Response:
    """Let this link open the original: two links, one activity."""
    try:
        original_id = services().copies.open_original(viewer(), activity_id)
    except IllegalTransition:
        return see_other("desk.queue", notice="copy_begun", activity_id=activity_id)
    return see_other("desk.queue", notice="copy_original", activity_id=original_id)


@bp.post(f"{COPY}/leave")
@allow(*educators)
def leave_copy(activity_id: uuid.UUID) -> Response:
    """Choose another activity for this link."""
    try:
        services().copies.leave(viewer(), activity_id)
    except IllegalTransition:
        return see_other("desk.queue", notice="copy_begun", activity_id=activity_id)
    return see_other("studio.attach")


@bp.post("/studio/copy")
@allow(*educators)
def copy_here() -> Response:
    """Let this plain link open a copy of an activity of a course that this one comes from."""
    try:
        activity_id = uuid.UUID(request.form.get("activity", ""))
    except ValueError as error:
        raise NotFound("activity") from error
    made = services().copies.take(viewer(), activity_id)
    return see_other("desk.queue", notice="copy_made", activity_id=made)
