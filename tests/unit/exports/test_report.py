"""Reports as PDF: set in the reader's direction, tagged, with letters of their script inside."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pikepdf
import pytest
import typst

from lti_tool.exports import report as module
from lti_tool.exports.report import (
    PlotRow,
    Report,
    ReportPlot,
    ReportSection,
    report_pdf,
)


def report(lang: str, title: str, rows: int = 3) -> Report:
    cells = [[f"Row {number}", "12", "hidden"] for number in range(rows)]
    drawn = [PlotRow(f"Row {number}", [12, None], "12") for number in range(rows)]
    kinds = [ReportPlot(kind, "All of it", ["a", "b"], drawn) for kind in ("bars", "pairs")]
    stacks = ReportPlot("stacks", "Parts", ["a", "b"], drawn)
    sections = [
        ReportSection("Title", "Note", ["Row", "a", "b"], cells, plot, ["CC BY 4.0"])
        for plot in (None, *kinds, stacks)
    ]
    return Report(
        lang=lang,
        dir="rtl" if lang == "ar" else "ltr",
        kicker="Miroir",
        title=title,
        course="Library practice",
        facts=[("Learners", "12")],
        about="Nobody is named here.",
        footer="Made today",
        made_at=datetime(2026, 5, 1, tzinfo=UTC),
        sections=sections,
    )


@pytest.mark.parametrize(
    ("lang", "title", "font"),
    [("en", '#import "x": * $a$ \\ *b*', "Libertinus"), ("ar", "ما الذي آخذه", "NotoNaskhArabic")],
)
def test_it_is_tagged_and_has_its_fonts(lang: str, title: str, font: str) -> None:
    with pikepdf.open(io.BytesIO(report_pdf(report(lang, title)))) as pdf:
        assert str(pdf.Root.Lang).startswith(lang) and pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo["/Title"]) == title
        fonts = [str(one.BaseFont) for one in pdf.pages[0].Resources.Font.values()]
        assert any(font in name for name in fonts)
        assert (pdf.Root.ViewerPreferences.get("/Direction") == "/R2L") is (lang == "ar")


def test_letters_that_no_font_has_cost_the_seal_not_the_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bare = typst.Fonts(include_system_fonts=False, font_paths=[str(module.HERE / "fonts")])
    monkeypatch.setattr(module, "_fonts", lambda: bare)
    with pikepdf.open(io.BytesIO(report_pdf(report("zh", "反思 \x07 😀")))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo["/Title"]) == "反思   😀"


def test_its_size_has_an_end() -> None:
    with pikepdf.open(io.BytesIO(report_pdf(report("en", "x", 2_000)))) as pdf:
        assert 4 < len(pdf.pages) < 40
