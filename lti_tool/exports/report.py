"""An activity's figures as a PDF: typst sets what stands in ``report.typ`` beside this module.

Text goes in as data, never as markup. The fonts are those that come with typst, and Noto Naskh
Arabic from ``fonts``; for other scripts, those of the machine. The document is tagged, with its
language, so that screen readers read it (PDF/UA-1); the claim to that is left out where no font
has one of its letters, since the standard knows no report with an empty box in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
MOST_ROWS = 150
"""Of one table: with all tables full a document has some twenty pages."""
LONGEST = 600
"""Characters of one text."""
FSI, PDI = "\u2068", "\u2069"
NO_LETTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class PlotRow:
    """One row of a plot: what it is about, and its numbers; None where one is kept back."""

    label: str
    values: Sequence[float | None]
    said: str = ""
    """The numbers as they are read, where there is room for them beside the bars."""


@dataclass(frozen=True, slots=True)
class ReportPlot:
    """How a table is drawn: ``bars``, ``pairs`` or ``stacks``; ``alt`` says what it shows."""

    kind: str
    alt: str
    legend: Sequence[str]
    rows: Sequence[PlotRow]


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A table with its plot, and the lines below it: attribution, what is kept back."""

    title: str
    note: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    plot: ReportPlot | None = None
    below: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report in the reader's words; ``facts`` are pairs of name and value."""

    lang: str
    dir: str
    kicker: str
    title: str
    course: str
    facts: Sequence[tuple[str, str]]
    about: str
    footer: str
    made_at: datetime
    sections: Sequence[ReportSection] = field(default_factory=tuple)


def report_pdf(report: Report) -> bytes:
    """Return the report as a PDF; rows beyond ``MOST_ROWS`` of a table are left out."""
    told = asdict(report)
    told["made_at"] = ""
    for section in told["sections"]:
        section["rows"] = section["rows"][:MOST_ROWS]
        if section["plot"] is not None:
            section["plot"]["rows"] = section["plot"]["rows"][:MOST_ROWS]
    shown = json.dumps(_shown(told, report), ensure_ascii=False)
    try:
        return _set(shown, report.made_at, accessible=True)
    except typst.TypstError:
        return _set(shown, report.made_at, accessible=False)


def _set(told: str, made_at: datetime, accessible: bool) -> bytes:
    return typst.compile(
        str(HERE / "report.typ"),
        root=str(HERE),
        font_paths=_fonts(),
        sys_inputs={"report": told},
        pdf_standards=["ua-1"] if accessible else [],
        timestamp=int(made_at.timestamp()),
        format="pdf",
    )


@cache
def _fonts() -> typst.Fonts:
    """Look for fonts once: going through a machine's takes longer than setting a report."""
    return typst.Fonts(include_system_fonts=True, font_paths=[str(HERE / "fonts")])


def _shown(told: Any, report: Report) -> Any:
    """Return the same with all texts short enough, each with a direction of its own.

    An English title in an Arabic report keeps its full stop at its end (UAX #9, isolates).
    """
    if isinstance(told, dict):
        plain = {"lang": report.lang, "dir": report.dir, "name": _cut(report.title)}
        shown = {key: _shown(value, report) for key, value in told.items()}
        is_whole = "sections" in told
        kept = {"kind": told["kind"]} if "kind" in told else {}
        return shown | (plain if is_whole else kept)
    if isinstance(told, (list, tuple)):
        return [_shown(one, report) for one in told]
    return f"{FSI}{_cut(told)}{PDI}" if isinstance(told, str) and told else told


def _cut(text: str) -> str:
    text = NO_LETTERS.sub(" ", text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
