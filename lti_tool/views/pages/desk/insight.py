"""Figures of an activity and of its course: plots over tables, and the tables as files."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.exports.sheets import Sheet, Value
from lti_tool.i18n import gettext as _
from lti_tool.schemas.fields import YEARS
from lti_tool.services.insight.crowds import Wanted
from lti_tool.services.insight.figures import COURSE, CourseLine, Table, TableKey
from lti_tool.views import downloads
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import cohorts_filter, insight_words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

FIGURES = "/activities/<uuid:activity_id>/figures"
COURSE_FIGURES = "/figures"
TABLE = f"<any({', '.join(TableKey)}):table>"
WIDTHS = (40,)


@bp.get(FIGURES)
@allow(*staff)
def insight(activity_id: uuid.UUID) -> str:
    """Show how an activity goes as a whole: plots and their tables."""
    activity = services().activities.get(viewer(), activity_id)
    asked = wanted()
    return page(
        "desk/insight.html",
        activity=activity,
        activity_title=activity.title,
        insight=services().insights.activity(viewer(), activity_id, asked),
        wanted=asked,
        asked=_asked(asked),
        cohort_filter=cohorts_filter.offered(),
        words=insight_words,
    )


@bp.post(FIGURES)
@allow(*staff)
def insight_again(activity_id: uuid.UUID) -> Response:
    """Count what a kept result may be behind of."""
    services().insights.activity(viewer(), activity_id, wanted(), is_anew=True)
    return see_other("desk.insight", activity_id=activity_id, **_asked(wanted()))


@bp.get(f"{FIGURES}/{TABLE}.{downloads.FORM}")
@allow(*staff)
def insight_file(activity_id: uuid.UUID, table: str, form: str) -> Response:
    """Give one of the tables as a file."""
    title, tables = _figures(activity_id)
    found = next((one for one in tables if one.key == table), None)
    if found is None:
        raise NotFound("table")
    return downloads.table_file(form, title, _sheet(found))


@bp.get(f"{FIGURES}.xlsx")
@allow(*staff)
def insight_book(activity_id: uuid.UUID) -> Response:
    """Give all tables as one spreadsheet."""
    title, tables = _figures(activity_id)
    if not tables:
        raise NotFound("tables")
    return downloads.book_file(title, [_sheet(one) for one in tables])


@bp.get(COURSE_FIGURES)
@allow(*staff)
def course_insight() -> str:
    """Show the few figures of every activity of the course."""
    return page(
        "desk/course_insight.html",
        figures=services().insights.course(viewer(), cohorts_filter.chosen()),
        columns=COURSE,
        asked=_asked(Wanted(cohorts_filter.chosen())),
        cohort_filter=cohorts_filter.offered(),
        words=insight_words,
    )


@bp.post(COURSE_FIGURES)
@allow(*staff)
def course_insight_again() -> Response:
    """Count all activities of the course again."""
    services().insights.course(viewer(), cohorts_filter.chosen(), is_anew=True)
    return see_other("desk.course_insight", **_asked(Wanted(cohorts_filter.chosen())))


@bp.get(f"{COURSE_FIGURES}.{downloads.FORM}")
@allow(*staff)
def course_insight_file(form: str) -> Response:
    """Give the figures of the course as a file."""
    lines = services().insights.course(viewer(), cohorts_filter.chosen(), kept_id()).lines
    headings = [_("Activity"), *(insight_words.glance(key) for key in COURSE)]
    table = downloads.sheet(_("Figures of the course"), headings, map(_line, lines), WIDTHS)
    return downloads.table_file(form, "", table)


def _figures(activity_id: uuid.UUID) -> tuple[str, Sequence[Table]]:
    activity = services().activities.get(viewer(), activity_id)
    figures = services().insights.activity(viewer(), activity_id, wanted(), kept_id())
    return activity.title, figures.tables


def _sheet(table: Table) -> Sheet:
    rows: list[list[Value]] = [
        [insight_words.label(table, row.key), *map(insight_words.value, row.cells)]
        for row in table.rows
    ]
    return downloads.sheet(
        insight_words.title(table.key), insight_words.headings(table), rows, WIDTHS
    )


def _line(line: CourseLine) -> list[Value]:
    cells = line.cells or (None,) * len(COURSE)
    return [line.title, *map(insight_words.value, cells)]


def wanted() -> Wanted:
    """Return the filter of the address; the days in their order, however they were typed."""
    since, until = _day("since"), _day("until")
    if since is not None and until is not None and since > until:
        since, until = until, since
    return Wanted(cohorts_filter.chosen(), since, until)


def kept_id() -> uuid.UUID | None:
    """Return which figures the page showed from which a file is asked for, if it says so."""
    try:
        return uuid.UUID(request.args["kept"]) if request.args.get("kept") else None
    except ValueError as error:
        raise NotFound("figures") from error


def _asked(chosen: Wanted) -> dict[str, Any]:
    """Return the filter as it stands in addresses."""
    cohort = request.args.get("cohort", "")
    asked = {"cohort": cohort, "since": chosen.since, "until": chosen.until}
    return {name: str(value) for name, value in asked.items() if value}


def _day(name: str) -> date | None:
    """Return a day of the address; raise NotFound for nonsense."""
    try:
        day = date.fromisoformat(request.args[name]) if request.args.get(name) else None
    except ValueError as error:
        raise NotFound("filter") from error
    if day is not None and day.year not in YEARS:
        raise NotFound("filter")
    return day
