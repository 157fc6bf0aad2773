"""Tables as readers get them: from a page, from CSV, from XLSX."""

from __future__ import annotations

import csv
import io
import warnings
from html.parser import HTMLParser
from typing import Any

import openpyxl


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] | None = None
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows = self.found.setdefault(dict(attrs).get("id") or "", [])
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("th", "td") and self._rows:
            self._rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._open = False
        elif tag == "table":
            self._rows = None

    def handle_data(self, data: str) -> None:
        if self._open and self._rows:
            self._rows[-1][-1] += data


def on_page(html: str) -> dict[str, list[list[str]]]:
    """Return the tables of a page by id: rows of cells, the headings first."""
    parser = _Tables()
    parser.feed(html)
    return {
        key: [[" ".join(cell.split()) for cell in row] for row in rows]
        for key, rows in parser.found.items()
    }


def in_csv(data: bytes, separator: str = ",") -> list[list[str]]:
    """Return the rows of a CSV file."""
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))


def in_xlsx(data: bytes) -> dict[str, list[list[Any]]]:
    """Return the rows of each sheet of a spreadsheet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book
    }
