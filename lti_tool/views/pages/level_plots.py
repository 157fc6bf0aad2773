"""Levels over time as a page in the reader's direction draws them, and as a table to take away."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool import i18n
from lti_tool.exports.sheets import Sheet, Value
from lti_tool.i18n import gettext as _
from lti_tool.i18n import pick
from lti_tool.rules.level_plots import Plot, plot
from lti_tool.services.learner.level_paths import FrameworkPaths, LevelPath, PathPoint, Source
from lti_tool.views.downloads import sheet


def plot_of(path: LevelPath) -> Plot:
    """Return the plot of one competency; time runs as the reader reads."""
    mirrored = i18n.direction(i18n.current()) == "rtl"
    return plot(path.plotted, len(path.levels), mirrored)


def table_of(frameworks: Sequence[FrameworkPaths]) -> Sheet:
    """Return every point as a line, in the words of the reader's language."""
    headings = [
        _("Framework"),
        _("Code"),
        _("Competency"),
        _("Day"),
        _("Who says so"),
        _("Level"),
        _("Number of the level"),
        _("Activity"),
        _("Course"),
        _("Source of the framework"),
    ]
    rows = [
        [pick(one.title), path.code, pick(path.statement), *_cells(point), _source(one)]
        for one in frameworks
        for path in one.paths
        for point in path.points
    ]
    return sheet(_("Levels over time"), headings, rows)


def _source(framework: FrameworkPaths) -> str:
    return framework.attribution.source if framework.attribution else ""


def _cells(point: PathPoint) -> list[Value]:
    who = {
        Source.BEFORE: _("Said before"),
        Source.AFTER: _("Said after"),
        Source.CONFIRMED: _("Confirmed by a tutor"),
    }[point.source]
    level = pick(point.label) if point.level else _("withdrawn")
    day = point.at.astimezone(i18n.zone()).date()
    return [day, who, level, point.level or None, point.activity, point.course]
