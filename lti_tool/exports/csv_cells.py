"""Cells of CSV files that spreadsheets open: text stays text, never a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet would compute (OWASP, CSV injection), or what we have guarded before."""
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(text: str) -> str:
    """Return ``text`` with an apostrophe before what a spreadsheet would compute."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return what ``guarded`` was given."""
    return text[1:] if _GUARDED.match(text) else text


def lines(rows: Iterable[Sequence[str]], guard: bool = True) -> Iterator[bytes]:
    """Yield the lines of a CSV file in UTF-8, quoted where needed (RFC 4180)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([guarded(cell) for cell in row] if guard else row)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
