"""Today: who needs a tutor before anybody asks, why, and what can be done with one click."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import InvalidInput, NotFound
from lti_tool.rules.signals import SignalKind
from lti_tool.schemas.extensions import NoteForm
from lti_tool.services.activities.activities import ActivityView
from lti_tool.services.desk.signal_views import Place
from lti_tool.views import downloads
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import cohorts_filter, signal_words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.list_file_words import NeedTable
from lti_tool.views.render import page, unsealed
from lti_tool.views.session import services, viewer

TODAY = "/activities/<uuid:activity_id>/today"


@bp.get(TODAY)
@allow(*staff)
def today(activity_id: uuid.UUID, place: uuid.UUID | None = None) -> str:
    """Show who needs the tutor now; ``place`` is whose note could not be kept."""
    activity = services().activities.get(viewer(), activity_id)
    only, after = _only(), Place.parse(unsealed(request.args.get("after", "")))
    listed = services().signals.page(viewer(), activity_id, only, after, cohorts_filter.chosen())
    return page(
        "desk/today.html",
        activity=activity,
        activity_title=activity.title,
        page=listed,
        only=only,
        paged=after is not None,
        cohort_filter=cohorts_filter.offered(),
        noting=place,
        **_frame(activity),
    )


@bp.get(f"{TODAY}.{downloads.FORM}")
@allow(*staff)
def today_file(activity_id: uuid.UUID, form: str) -> Response:
    """Give the list, all of it or one reason."""
    activity = services().activities.get(viewer(), activity_id)
    table = NeedTable(activity.values.anonymity.hides_from_staff)
    found = services().lines.today(viewer(), activity_id, _only(), cohorts_filter.chosen())
    rows = downloads.spoken(found, table.row)
    made = downloads.sheet(table.title, table.headings, rows, table.widths)
    return downloads.table_file(form, activity.title, made)


@bp.post(TODAY + "/<uuid:place>/note")
@allow(*staff)
@form_page(today)
def note(activity_id: uuid.UUID, place: uuid.UUID) -> Response:
    """Keep a note on a learner; their reasons rest for some days."""
    form = read_form(NoteForm)
    services().interventions.note(viewer(), activity_id, place, form["kind"], form["note"])
    return see_other("desk.today", notice="noted", activity_id=activity_id, **_place())


@bp.post(TODAY + "/<uuid:place>/week")
@allow(*staff)
def week(activity_id: uuid.UUID, place: uuid.UUID) -> Response:
    """Give a learner a week more; it can be undone where all dates stand."""
    try:
        services().extensions.give_week(viewer(), activity_id, place)
    except InvalidInput:
        return see_other("desk.today", notice="time_enough", activity_id=activity_id, **_place())
    return see_other("desk.today", notice="week_given", activity_id=activity_id, **_place())


@bp.post(TODAY + "/<uuid:place>/free")
@allow(*staff)
def free(activity_id: uuid.UUID, place: uuid.UUID) -> Response:
    """Give what a learner sits on to others."""
    freed = services().interventions.free(viewer(), activity_id, place)
    notice = "freed" if freed else "nothing_to_free"
    return see_other("desk.today", notice=notice, activity_id=activity_id, **_place())


def _frame(activity: ActivityView) -> dict[str, Any]:
    """Return what the page needs besides its list."""
    dates = activity.values.dates
    return {
        "words": signal_words,
        "glyphs": signal_words.GLYPHS,
        "has_dates": any((dates.now_due_at, dates.new_due_at, dates.next_due_at)),
        "can_nudge": services().interventions.can_nudge,
        "place": _place(),
    }


def _only() -> SignalKind | None:
    code = request.args.get("show", "")
    if not code:
        return None
    try:
        return SignalKind[code.upper()]
    except KeyError as error:
        raise NotFound("filter") from error


def _place() -> dict[str, str]:
    """Return what keeps the list as it is in the URLs of this page."""
    return {name: request.args[name] for name in ("show", "cohort") if request.args.get(name)}
