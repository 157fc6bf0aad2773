"""Tables as files: CSV that spreadsheets of the reader's country open, and XLSX; in bounded memory.

Rows are taken one by one, however many there are. Text is never computed: in CSV it is guarded
(``csv_cells``), in XLSX it is written as text.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from itertools import chain

from babel.numbers import get_decimal_symbol
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lti_tool.exports.csv_cells import guarded
from lti_tool.rules.suppression import Share

BOM = b"\xef\xbb\xbf"
"""Tells spreadsheets that it is UTF-8."""
CHUNK = 64 * 1024
MOST_CHARACTERS = 32_767
"""Of a cell in a spreadsheet."""
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
"""What the name of a sheet cannot hold; nor more than 31 characters."""
NAME_LENGTH = 31

Value = str | int | float | Share | datetime | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: headings, and rows that are read once, one after the other.

    Moments are aware; they are written as they are in ``zone``, the reader's.
    """

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    locale: str = "en"
    zone: tzinfo = UTC
    right_to_left: bool = False
    widths: Sequence[int] = field(default=())
    """Characters that columns are wide; the rest takes its heading's width."""


def separator(locale: str) -> str:
    """Return what spreadsheets of a language expect between cells: not the decimal comma."""
    return ";" if get_decimal_symbol(locale) == "," else ","


def csv_file(sheet: Sheet) -> Iterator[bytes]:
    """Yield a table as CSV (RFC 4180) in UTF-8 with BOM, in the reader's way of writing numbers."""
    yield BOM
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator(sheet.locale))
    for row in chain([sheet.headings], sheet.rows):
        writer.writerow([_written(cell, sheet) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def xlsx_file(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """Yield a spreadsheet (ISO/IEC 29500) with these tables; rows wait on the disk, not in memory.

    The file begins to come when the last row was read.
    """
    with tempfile.TemporaryFile() as file:
        with closing(Workbook(file, {"constant_memory": True})) as book:
            formats = _Formats(
                book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
                book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
                book.add_format({"num_format": "yyyy-mm-dd"}),
                book.add_format({"num_format": "0%"}),
            )
            taken: set[str] = set()
            for sheet in sheets:
                _fill(book.add_worksheet(_sheet_name(sheet.title, taken)), sheet, formats)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


@dataclass(frozen=True, slots=True)
class _Formats:
    heading: Format
    moment: Format
    day: Format
    share: Format


def _fill(paper: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    if sheet.right_to_left:
        paper.right_to_left()
    paper.freeze_panes(1, 1)
    for column, heading in enumerate(sheet.headings):
        given = sheet.widths[column] if column < len(sheet.widths) else 0
        paper.set_column(column, column, given or min(max(len(heading) + 2, 10), 40))
        paper.write_string(0, column, heading, formats.heading)
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _put(paper, number, column, cell, sheet, formats)
    if number:
        paper.autofilter(0, 0, number, len(sheet.headings) - 1)


def _put(
    paper: Worksheet, row: int, column: int, cell: Value, sheet: Sheet, formats: _Formats
) -> None:
    if isinstance(cell, str):
        paper.write_string(row, column, cell[:MOST_CHARACTERS])
    elif isinstance(cell, datetime):
        local = cell.astimezone(sheet.zone).replace(tzinfo=None)
        paper.write_datetime(row, column, local, formats.moment)
    elif isinstance(cell, date):
        paper.write_datetime(row, column, cell, formats.day)
    elif isinstance(cell, Share):
        paper.write_number(row, column, cell.value, formats.share)
    elif cell is not None:
        paper.write_number(row, column, cell)


def _written(cell: Value, sheet: Sheet) -> str:
    """Return a cell as CSV has it: text guarded, numbers and moments as spreadsheets read them."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(sheet.zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Share):
        return f"{cell.value:.0%}"
    whole = int(cell) if float(cell).is_integer() else cell
    return f"{whole}".replace(".", "," if get_decimal_symbol(sheet.locale) == "," else ".")


def _sheet_name(title: str, taken: set[str]) -> str:
    """Return a name that a spreadsheet takes, of no other sheet of the same file."""
    name = " ".join(NOT_IN_A_NAME.sub(" ", title).split())[:NAME_LENGTH] or "1"
    number = 1
    while name.lower() in taken:
        number += 1
        name = f"{name[: NAME_LENGTH - 4]} {number}"
    taken.add(name.lower())
    return name
