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
from lti_tool.services.activities.activities import Saved
from lti_tool.services.activities.prompt_changes import PromptChanges
from lti_tool.services.activities.values import ActivityValues
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio import arranging, form
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

Asked = PromptChanges | None


@bp.get("/activities/<uuid:activity_id>/settings")
@allow(*educators)
def edit(
    activity_id: uuid.UUID, conflict: bool = False, open_section: str = "", changes: Asked = None
) -> str:
    """Show the form; say of a ``conflict``, and ask whether ``changes`` are only typing errors."""
    activity = services().activities.get(viewer(), activity_id)
    seen = activity.seen if conflict else request.form.get("seen", activity.seen)
    return page(
        "studio/edit.html",
        activity=activity,
        activity_title=activity.title,
        conflict=conflict,
        changes=changes,
        open_section=open_section,
        in_window=viewer().kind is SessionKind.DEEP_LINKING,
        seen=seen,
        past=_past(activity.values),
        **form.context(activity.values),
    )


@bp.post("/activities/<uuid:activity_id>/settings")
@allow(*educators)
@form_page(edit)
def save(activity_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Save the form, only rearrange it, or ask first what changed questions mean."""
    changed = arranging.rearranged()
    if changed is not None:
        g.typed, section = changed
        return edit(activity_id=activity_id, open_section=section)
    values = cast(ActivityValues, read_form(ActivityForm))
    g.typed = request.form
    changes = services().activities.question_changes(viewer(), activity_id, values)
    if changes is not None and not _is_answered(changes):
        return edit(activity_id=activity_id, changes=changes)
    try:
        saved = _save(activity_id, values)
    except Stale:
        return edit(activity_id=activity_id, conflict=True), 409
    target = "studio.preview" if request.form.get("do") == "preview" else "studio.edit"
    return see_other(target, notice=_notice(saved, values), activity_id=activity_id)


def _is_answered(changes: PromptChanges) -> bool:
    """Return whether the form says what these very changes are."""
    return request.form.get("change_of") == changes.mark and "change" in request.form


def _save(activity_id: uuid.UUID, values: ActivityValues) -> Saved:
    seen, is_typo = request.form.get("seen", ""), request.form.get("change") == "typo"
    return services().activities.update(
        viewer(), activity_id, values, seen, corrections_only=is_typo
    )


def _past(values: ActivityValues) -> set[str]:
    """Name the dates that are over: told, not refused."""
    now = clock.now()
    moments = {name: getattr(values.dates, name) for name in DATES}
    return {name for name, moment in moments.items() if moment is not None and moment < now}


def _notice(saved: Saved, values: ActivityValues) -> str:
    if saved.new_version:
        return "saved_new_version"
    return "saved_past_dates" if _past(values) - {"opens_at"} else "saved"
