"""Lists of people as somebody pastes or uploads them: one person a line, or several in columns.

Reads what spreadsheets write: UTF-8 with or without a byte order mark, UTF-16, or Windows-1252;
columns parted by commas, semicolons or tabs; quoted cells; a first line of headings.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass

MAX_BYTES = 512_000
MAX_LINES = 2_000
HEADINGS = frozenset(
    (
        "email", "e-mail", "mail", "email address", "e-mail address", "adresse de courriel",
        "courriel", "name", "full name", "nom", "id", "user id", "username", "lms id", "learner",
        "person", "person 1", "person 2", "first name", "last name", "surname",
    )
)  # fmt: skip
UNREADABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that names somebody: its number as an editor counts, and its cells that have text."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_readable(self) -> bool:
        """Whether every character arrived whole."""
        return not any(UNREADABLE in cell or "\x00" in cell for cell in self.cells)


def decode(content: bytes) -> str:
    """Return the text of an uploaded file, whatever wrote it; what no encoding reads is U+FFFD."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def lines_of(text: str) -> list[Line]:
    """Return the lines that name somebody; empty ones and headings are left out."""
    body = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(body), delimiter=_delimiter(body), strict=False)
    found: list[Line] = []
    begin = 1
    for row in reader:
        cells = tuple(cell for cell in map(_clean, row) if cell)
        if cells and not (not found and _is_heading(cells)):
            found.append(Line(begin, cells))
        begin = reader.line_num + 1
    return found


def key(text: str) -> str:
    """Return a name or an address as it is compared: without case, accents' form or extra space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _clean(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).replace("\u200b", "").split())


def _delimiter(text: str) -> str:
    """Return what parts the columns of most lines; a comma in a name alone does not count."""
    first = text.split("\n", 50)[:50]
    for delimiter in ("\t", ";"):
        if any(delimiter in line for line in first):
            return delimiter
    return ","


def _is_heading(cells: tuple[str, ...]) -> bool:
    return all(key(cell) in HEADINGS for cell in cells)
