from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lti_tool.exports.sheets import Sheet, Value, csv_file, xlsx_file
from lti_tool.rules.suppression import Share
from lti_tool.views.downloads import disposition
from tests.support.tables import in_csv, in_xlsx

ROW: list[Value] = [
    "=SUM(1;2)",
    'a "word"; and, more\r\nlines',
    2.5,
    -3,
    Share(0.4),
    datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
    date(2026, 7, 1),
    None,
]
HEADINGS = ["Text", "Long", "Number", "Less", "Share", "When", "Day", "Nothing"]


def sheet(locale: str, rows: list[list[Value]] | Iterator[list[Value]] | None = None) -> Sheet:
    chosen = [ROW] if rows is None else rows
    return Sheet("A: title / b", HEADINGS, chosen, locale, ZoneInfo("Europe/Paris"), locale == "ar")


@pytest.mark.parametrize(("locale", "between", "number"), [("en", ",", "2.5"), ("fr", ";", "2,5")])
def test_csv_reads_as_in_the_readers_country(locale: str, between: str, number: str) -> None:
    data = b"".join(csv_file(sheet(locale)))
    assert data.endswith(b"\r\n")
    headings, row = in_csv(data, between)
    assert headings == HEADINGS
    assert row[:5] == ["'=SUM(1;2)", 'a "word"; and, more\r\nlines', number, "-3", "40%"]
    assert row[5:] == ["2026-07-02 00:30", "2026-07-01", ""]


def test_xlsx_has_real_numbers_and_dates_and_no_formula() -> None:
    found = in_xlsx(b"".join(xlsx_file([sheet("ar"), sheet("ar", [])])))
    assert list(found) == ["A title b", "A title b 2"]
    _headings, row = found["A title b"]
    assert row[0] == "=SUM(1;2)" and row[2:5] == [2.5, -3, 0.4]
    assert row[5:] == [datetime(2026, 7, 2, 0, 30), datetime(2026, 7, 1), None]  # noqa: DTZ001
    assert len(found["A title b 2"]) == 1


def test_a_long_table_is_written_without_being_held() -> None:
    def rows() -> Iterator[list[Value]]:
        for number in range(5_000):
            yield [f"Row {number}", "word " * 20, number, None, None, None, None, None]

    tracemalloc.start()
    for write in (csv_file(sheet("en", rows())), xlsx_file([sheet("en", rows())])):
        assert sum(len(chunk) for chunk in write) > 50_000
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3_000_000


def test_a_files_name_holds_in_every_script() -> None:
    plain, other = disposition("Été – 1.csv").split("; ")[1:]
    assert plain == 'filename="Ete - 1.csv"'
    assert other == "filename*=UTF-8''%C3%89t%C3%A9%20%E2%80%93%201.csv"
    assert disposition("تأمل.xlsx").startswith('attachment; filename="table.xlsx"; ')
