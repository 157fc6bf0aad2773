"""A table as CSV that spreadsheets of the reader's country open by a double click."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from babel.numbers import get_decimal_symbol

from lti_tool.exports.csv_cells import guarded

BOM = b"\xef\xbb\xbf"
"""Tells spreadsheets that it is UTF-8."""


def separator(locale: str) -> str:
    """Return what spreadsheets of a language expect between cells: not the decimal comma."""
    return ";" if get_decimal_symbol(locale) == "," else ","


def audit_csv(
    headings: Sequence[str], rows: Iterable[Sequence[str]], locale: str
) -> Iterator[bytes]:
    """Yield a CSV file with headings, in UTF-8 with BOM; no cell is ever a formula."""
    yield BOM
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator(locale))
    for row in chain([headings], rows):
        writer.writerow([guarded(cell) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
