"""Dates and more time: the activity's dates, what was given, and giving it after a look."""

from __future__ import annotations

import uuid
from typing import Any, cast

from flask import g, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lti_tool import i18n
from lti_tool.errors import IllegalTransition, NotFound, Stale
from lti_tool.rules.clocks import NAMES, DueDates, ExtensionScope
from lti_tool.schemas.extensions import ExtensionForm
from lti_tool.schemas.fields import local_text
from lti_tool.services.desk.extensions import Draft, Preview
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import cohorts_filter, signal_words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

DATES = "/activities/<uuid:activity_id>/more-time"


@bp.get(DATES)
@allow(*staff)
def dates(activity_id: uuid.UUID, preview: Preview | None = None, changed: bool = False) -> str:
    """Show dates and extensions, and the form; with ``preview``, what it would do."""
    activity, people = services().activities.get(viewer(), activity_id), _people()
    scope = ExtensionScope.CHOSEN if people else ExtensionScope.NOT_HANDED_IN
    shown = services().extensions.page(viewer(), activity_id, scope, people)
    return page(
        "desk/dates.html",
        activity=activity,
        activity_title=activity.title,
        page=shown,
        form=g.get("typed") or _as_form(scope, shown.proposal),
        preview=preview,
        changed=changed,
        words=signal_words,
        cohort_options=[(one.id, one.name) for one in cohorts_filter.offered().cohorts],
        zone=str(i18n.zone()),
    )


@bp.post(DATES + "/preview")
@allow(*staff)
@form_page(dates)
def look(activity_id: uuid.UUID) -> str:
    """Show what an extension would do; nothing is given yet."""
    draft = cast(Draft, read_form(ExtensionForm))
    preview = services().extensions.preview(viewer(), activity_id, draft)
    g.typed = request.form
    return dates(activity_id, preview)


@bp.post(DATES)
@allow(*staff)
@form_page(dates)
def give(activity_id: uuid.UUID) -> Response | tuple[str, int]:
    """Give the time that was looked at; look again if it concerns others by now."""
    draft = cast(Draft, read_form(ExtensionForm))
    try:
        services().extensions.give(viewer(), activity_id, draft, request.form.get("seen", ""))
    except Stale:
        preview = services().extensions.preview(viewer(), activity_id, draft)
        g.typed = request.form
        return dates(activity_id, preview, changed=True), 409
    return see_other("desk.dates", notice="time_given", activity_id=activity_id)


@bp.post(DATES + "/<uuid:extension_id>/undo")
@allow(*staff)
def undo_dates(activity_id: uuid.UUID, extension_id: uuid.UUID) -> Response:
    """Take an extension back."""
    try:
        services().extensions.undo(viewer(), activity_id, extension_id)
    except IllegalTransition:
        return see_other("desk.dates", notice="not_undone", activity_id=activity_id)
    return see_other("desk.dates", notice="time_taken_back", activity_id=activity_id)


def _people() -> tuple[uuid.UUID, ...]:
    """Return whom the page was opened for, as the form or the URL names them."""
    named = request.form.getlist("people") or request.args.getlist("people")
    try:
        return tuple(uuid.UUID(one) for one in named)
    except ValueError as error:
        raise NotFound("learner") from error


def _as_form(scope: ExtensionScope, proposal: DueDates) -> Any:
    values = {name: local_text(getattr(proposal, name)) for name in NAMES}
    return MultiDict({"scope": scope.value, "reason": "", "cohort": "", **values})
