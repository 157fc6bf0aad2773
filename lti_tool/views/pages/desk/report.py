"""The figures of an activity as a PDF, for people who do not come here."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from werkzeug.wrappers import Response

from lti_tool import clock, i18n
from lti_tool.errors import NotFound
from lti_tool.exports.report import (
    MOST_ROWS,
    PlotRow,
    Report,
    ReportPlot,
    ReportSection,
    report_pdf,
)
from lti_tool.i18n import gettext as _
from lti_tool.rules.suppression import Cell
from lti_tool.services.activities.activities import ActivityView
from lti_tool.services.desk.reports import ReportFacts
from lti_tool.services.insight.crowds import Wanted
from lti_tool.services.insight.figures import Insight, Table, TableKey
from lti_tool.views import downloads
from lti_tool.views.guards import allow, staff
from lti_tool.views.pages.desk import insight_words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.insight import FIGURES, kept_id, wanted
from lti_tool.views.session import services, viewer

CLAIMS = (TableKey.RATINGS, TableKey.LEVELS)
"""Tables with a framework's words, which want its attribution."""


@bp.get(f"{FIGURES}.pdf")
@allow(*staff)
def insight_report(activity_id: uuid.UUID) -> Response:
    """Give all tables and plots of an activity as one PDF."""
    activity, asked = services().activities.get(viewer(), activity_id), wanted()
    facts = services().reports.facts(viewer(), activity_id, asked.cohort_id)
    figures = services().insights.activity(viewer(), activity_id, asked, kept_id())
    if not figures.tables:
        raise NotFound("figures")
    return downloads.pdf_file(activity.title, report_pdf(_report(activity, facts, figures, asked)))


def _report(activity: ActivityView, facts: ReportFacts, figures: Insight, asked: Wanted) -> Report:
    locale = i18n.current()
    now = figures.kept.at if figures.kept else clock.now()
    return Report(
        lang=locale,
        dir=i18n.direction(locale),
        kicker=" · ".join(("Miroir", _("Report"))),
        title=activity.title,
        course=facts.course,
        facts=[*_facts(activity, facts, figures, asked)],
        about=_("How this activity goes as a whole. Nobody is named here."),
        footer=_("Made %(when)s", when=i18n.exact(now)),
        made_at=now,
        sections=[_section(table, facts) for table in figures.tables],
    )


def _facts(
    activity: ActivityView, facts: ReportFacts, figures: Insight, asked: Wanted
) -> Iterator[tuple[str, str]]:
    """Yield whom the figures are about, and the activity's dates."""
    yield _("Learners"), i18n.number(figures.whole)
    if facts.cohort or facts.is_without_cohort:
        yield _("Cohort"), facts.cohort or _("In no cohort")
    if asked.since is not None:
        yield _("Who began from"), i18n.day(asked.since)
    if asked.until is not None:
        yield _("Who began until"), i18n.day(asked.until)
    dates = activity.values.dates
    for name, moment in (
        (_("Opens"), dates.opens_at),
        (_("Now, until"), dates.now_due_at),
        (_("New, until"), dates.new_due_at),
        (_("Next, until"), dates.next_due_at),
    ):
        if moment is not None:
            yield name, i18n.exact(moment)


def _section(table: Table, facts: ReportFacts) -> ReportSection:
    rows = [
        [insight_words.label(table, row.key), *map(insight_words.text, row.cells)]
        for row in table.rows
    ]
    return ReportSection(
        title=insight_words.title(table.key),
        note=insight_words.note(table.key),
        headings=insight_words.headings(table),
        rows=rows,
        plot=_plot(table),
        below=[*_below(table, facts, len(rows))],
    )


def _plot(table: Table) -> ReportPlot | None:
    plot = insight_words.plot(table)
    if plot is None:
        return None
    headings = insight_words.headings(table)[1:]
    title = insight_words.title(table.key)
    rows = [
        PlotRow(
            insight_words.label(table, row.key),
            [insight_words.drawn(row.cells[place]) for place in plot.columns],
            "" if plot.kind == "stacks" else _said(row.cells, plot.columns),
        )
        for row in table.rows
    ]
    return ReportPlot(
        plot.kind,
        _("%(title)s, as a plot. The numbers stand in the table below.", title=title),
        [headings[place] for place in plot.columns],
        rows,
    )


def _said(cells: Sequence[Cell], columns: Sequence[int]) -> str:
    return " · ".join(insight_words.text(cells[place]) for place in columns)


def _below(table: Table, facts: ReportFacts, rows: int) -> Iterator[str]:
    """Yield what stands below a table."""
    if rows > MOST_ROWS:
        values = {"shown": i18n.number(MOST_ROWS), "all": i18n.number(rows)}
        yield _("The first %(shown)s of %(all)s rows; the spreadsheet has all of them.", **values)
    if insight_words.has_hidden([row.cells for row in table.rows]):
        yield _(
            "“hidden” stands for fewer than five people, or for a number from which such a small"
            " one could be worked out."
        )
    if table.key in CLAIMS and facts.source:
        yield facts.source
        if facts.is_own_translation:
            yield _(
                "In your language: a translation of Miroir, which its publisher has not approved."
            )
