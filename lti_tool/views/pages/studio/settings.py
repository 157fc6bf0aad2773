"""Changing an activity."""

from __future__ import annotations

import uuid
from typing import cast

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool import clock
from lti_tool.errors import Stale
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.schemas.activities import DATES, ActivityForm
from lti_tool.services.activities import ActivityValues, Saved
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio import form
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer


@bp.get("/activities/<uuid:activity_id>/settings")
@allow(*educators)
def edit(activity_id: uuid.UUID, conflict: bool = False, rearranged: bool = False) -> str:
    """Show the activity's form; with ``conflict``, say that somebody else saved it meanwhile."""
    activity = services().activities.get(viewer(), activity_id)
    return page(
        "studio/edit.html",
        activity=activity,
        activity_title=activity.title,
        conflict=conflict,
        rearranged=rearranged,
        in_window=viewer().kind is SessionKind.DEEP_LINKING,
        seen=activity.seen if conflict else request.form.get("seen", activity.seen),
        past=_past(activity.values),
        **form.context(activity.values),
    )


@bp.post("/activities/<uuid:activity_id>/settings")
@allow(*educators)
@form_page(edit)
def save(activity_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Save the form, or only rearrange its prompts."""
    changed = form.rearranged()
    if changed is not None:
        g.typed = changed
        return edit(activity_id=activity_id, rearranged=True)
    values = cast(ActivityValues, read_form(ActivityForm))
    try:
        saved = services().activities.update(
            viewer(),
            activity_id,
            values,
            request.form.get("seen", ""),
            corrections_only=bool(request.form.get("corrections_only")),
        )
    except Stale:
        g.typed = request.form
        return edit(activity_id=activity_id, conflict=True), 409
    target = "studio.preview" if request.form.get("do") == "preview" else "studio.edit"
    return see_other(target, notice=_notice(saved, values), activity_id=activity_id)


def _past(values: ActivityValues) -> set[str]:
    """Name the dates that are over: told, not refused."""
    now = clock.now()
    moments = {name: getattr(values.dates, name) for name in DATES}
    return {name for name, moment in moments.items() if moment is not None and moment < now}


def _notice(saved: Saved, values: ActivityValues) -> str:
    if saved.new_version:
        return "saved_new_version"
    return "saved_past_dates" if _past(values) - {"opens_at"} else "saved"
