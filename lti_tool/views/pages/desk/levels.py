"""Where a cohort stands in the competencies, and how one learner's came along."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import request
from werkzeug.wrappers import Response

from lti_tool.i18n import gettext as _
from lti_tool.i18n import pick
from lti_tool.services.desk.level_maps import MapRow
from lti_tool.services.frameworks.frameworks import CompetencyView
from lti_tool.views.downloads import FORM, sheet, spoken, table_file
from lti_tool.views.guards import allow, staff
from lti_tool.views.pages.desk import cohorts_filter
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.learners import PERSON
from lti_tool.views.pages.level_plots import plot_of, table_of
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

LEVELS = "/activities/<uuid:activity_id>/levels"


@bp.get(LEVELS)
@allow(*staff)
def levels(activity_id: uuid.UUID) -> str:
    """Show learners by competencies, and how far they are from their targets."""
    activity = services().activities.get(viewer(), activity_id)
    number = request.args.get("page", 1, type=int)
    return page(
        "desk/levels.html",
        activity=activity,
        activity_title=activity.title,
        page=services().level_maps.page(viewer(), activity_id, cohorts_filter.chosen(), number),
        cohort_filter=cohorts_filter.offered(),
    )


@bp.get(f"{LEVELS}.{FORM}")
@allow(*staff)
def levels_file(activity_id: uuid.UUID, form: str) -> Response:
    """Give the same table as a file: claim, target and confirmed level of each competency."""
    activity = services().activities.get(viewer(), activity_id)
    shown = services().level_maps.page(viewer(), activity_id, cohorts_filter.chosen(), 1)
    rows = services().level_maps.lines(viewer(), activity_id, cohorts_filter.chosen())
    table = sheet(
        _("Levels"),
        [_("Learner"), *(title for one in shown.competencies for title in _titles(one))],
        spoken(rows, lambda row: _cells(row, shown.competencies)),
    )
    return table_file(form, activity.title, table)


@bp.get(f"{PERSON}/levels")
@allow(*staff)
def levels_of(activity_id: uuid.UUID, participation_id: uuid.UUID) -> str:
    """Show how one learner's competencies came along."""
    activity = services().activities.get(viewer(), activity_id)
    return page(
        "desk/levels_of.html",
        activity=activity,
        activity_title=activity.title,
        learner=services().level_paths.of(viewer(), activity_id, participation_id),
        plot_of=plot_of,
    )


@bp.get(f"{PERSON}/levels.{FORM}")
@allow(*staff)
def levels_of_file(activity_id: uuid.UUID, participation_id: uuid.UUID, form: str) -> Response:
    """Give the same as a file."""
    activity = services().activities.get(viewer(), activity_id)
    learner = services().level_paths.of(viewer(), activity_id, participation_id)
    return table_file(form, activity.title, table_of(learner.frameworks))


def _titles(competency: CompetencyView) -> tuple[str, str, str]:
    name = competency.code or pick(competency.statement)
    return (
        _("%(competency)s: says", competency=name),
        _("%(competency)s: aim", competency=name),
        _("%(competency)s: confirmed", competency=name),
    )


def _cells(row: MapRow, competencies: Sequence[CompetencyView]) -> list[str | int | None]:
    line: list[str | int | None] = [row.name or _("Somebody without a name")]
    for competency in competencies:
        cell = row.cells.get(competency.id)
        line += [cell.claimed, cell.target, cell.confirmed] if cell else [None] * 3
    return line
