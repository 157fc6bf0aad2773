"""Levels in the gradebook: columns of competencies explained, switched on and off, mended."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition, NotFound
from lti_tool.rules.vocabulary import OutboxState, SessionKind
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import words
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

COLUMNS = "/activities/<uuid:activity_id>/columns"


@bp.get(COLUMNS)
@allow(*educators)
def columns(activity_id: uuid.UUID) -> str:
    """Show what would appear in the gradebook, or what is there."""
    found = services().column_settings.look(viewer(), activity_id)
    return page(
        "studio/columns.html",
        found=found,
        activity=services().activities.get(viewer(), activity_id),
        activity_title=found.title,
        in_window=viewer().kind is SessionKind.DEEP_LINKING,
        words=words,
        sent=OutboxState.SENT,
        refused=OutboxState.REFUSED,
    )


@bp.post(COLUMNS)
@allow(*educators)
def switch_columns(activity_id: uuid.UUID) -> Response:
    """Switch them on or off, or say whether notes go along."""
    settings = services().column_settings
    if request.form.get("do") == "off":
        settings.switch_off(viewer(), activity_id)
        return see_other("studio.columns", notice="columns_off", activity_id=activity_id)
    was_on = settings.look(viewer(), activity_id).is_on
    settings.switch_on(viewer(), activity_id, notes="notes" in request.form)
    notice = "columns_saved" if was_on else "columns_on"
    return see_other("studio.columns", notice=notice, activity_id=activity_id)


@bp.post(f"{COLUMNS}/make")
@allow(*educators)
def make_columns(activity_id: uuid.UUID) -> Response:
    """Ask the LMS for one column, or for all, now."""
    asked = request.form.get("competency", "")
    try:
        competency_id = uuid.UUID(asked) if asked else None
    except ValueError as error:
        raise NotFound("competency") from error
    try:
        count = services().column_settings.make(viewer(), activity_id, competency_id)
    except IllegalTransition:
        return see_other("studio.columns", notice="columns_are_off", activity_id=activity_id)
    notice = "columns_asked" if count else "columns_there"
    return see_other("studio.columns", notice=notice, activity_id=activity_id)
