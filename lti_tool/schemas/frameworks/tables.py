"""Rows of a CSV file, whatever spreadsheet wrote it: delimiters, quotes, long cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from lti_tool.exports.csv_cells import unguarded
from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import LANGUAGE, LONGEST_TEXT
from lti_tool.schemas.frameworks.problems import Problems, fail, tidy

DELIMITERS = ",;\t|"
MOST_COLUMNS = 200
_TOLD = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""Excel's own first line."""
_COLUMN = re.compile(
    r"(?P<name>[a-z][a-z_ ]*?)[ _:.\[-]+(?P<language>[a-z]{2,3}(-[a-z0-9]{2,8})*)\]?"
)
Row = tuple[int, list[str]]
"""Number of the row as a spreadsheet counts, the heading being row 1; its cells."""


def rows(text: str, problems: Problems) -> Iterator[Row]:
    """Yield the rows that are not empty, the heading first.

    Raises InvalidInput for a quote that never ends, or a cell that is longer than any text.
    """
    start, delimiter = 0, ""
    told = _TOLD.match(text)
    if told:
        start, delimiter = told.end(), told[1]
    stream = io.StringIO(text, newline="")
    stream.seek(start)
    reader = csv.reader(stream, delimiter=delimiter or _delimiter(text[start:]), strict=True)
    csv.field_size_limit(LONGEST_TEXT * 2)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, [tidy(cell) for cell in cells[:MOST_COLUMNS]]
    except csv.Error as error:
        wrong = _("the quotes or the length of a cell are wrong.")
        raise fail(f"{place_of(number + 1)}: {wrong}") from error


def _delimiter(text: str) -> str:
    """Return the delimiter that the heading has most of, outside quotes."""
    counts, quoted = dict.fromkeys(DELIMITERS, 0), False
    for character in text[:20_000]:
        if character == '"':
            quoted = not quoted
        elif character in "\r\n" and not quoted:
            break
        elif character in counts and not quoted:
            counts[character] += 1
    return max(DELIMITERS, key=lambda one: counts[one])


class Columns:
    """The heading of a table: which column has which name, in which language.

    Names are read without regard to case; a language follows its name: ``statement_fr``,
    ``statement:fr``, ``statement (fr)``.
    """

    def __init__(self, heading: Sequence[str], names: Sequence[str]) -> None:
        self.at: dict[tuple[str, str], int] = {}
        known = {name.replace("_", ""): name for name in names}
        for place, cell in enumerate(heading):
            plain = unguarded(cell).strip().lower().replace("(", " ").replace(")", "")
            name, language = known.get(plain.replace("_", "").replace(" ", "")), ""
            found = None if name else _COLUMN.fullmatch(plain)
            if found:
                name = known.get(found["name"].replace("_", "").replace(" ", ""))
                language = found["language"] if LANGUAGE.fullmatch(found["language"]) else ""
            if name:
                self.at.setdefault((name, language), place)

    def has(self, *names: str) -> bool:
        """Return whether there is a column of each of these names, in any language."""
        return all(any(known == name for known, _language in self.at) for name in names)

    def cell(self, row: Sequence[str], name: str) -> str:
        """Return the cell of a column without a language; empty if there is none."""
        place = self.at.get((name, ""), -1)
        return unguarded(row[place]).strip() if 0 <= place < len(row) else ""

    def texts(self, row: Sequence[str], name: str, language: str) -> dict[str, str]:
        """Return the texts of a column by language; ``language`` is that of the one without."""
        found = {}
        for (known, tag), place in self.at.items():
            text = unguarded(row[place]).strip() if known == name and place < len(row) else ""
            if text:
                found[(tag or language).split("-")[0]] = text
        return found


def place_of(number: int, column: str = "") -> str:
    """Return how a place in a table is told."""
    if column:
        return _("Row %(row)s, column %(column)s", row=number, column=column)
    return _("Row %(row)s", row=number)
