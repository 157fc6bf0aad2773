"""Tables that a reader takes away: CSV or XLSX, streamed, under a name that says what it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeVar
from urllib.parse import quote

from werkzeug.wrappers import Response

from lti_tool import clock, i18n
from lti_tool.exports.sheets import Sheet, Value, csv_file, xlsx_file
from lti_tool.views.session import viewer

CSV, XLSX, PDF = "csv", "xlsx", "pdf"
FORM = f"<any({CSV}, {XLSX}):form>"
"""What an address of a file ends with."""
TYPES = {
    CSV: "text/csv",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PDF: "application/pdf",
}
MOST = 80
"""Characters of a title that stand in a name."""
NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')
"""What a file's name cannot hold on one system or another."""
Item = TypeVar("Item")


def sheet(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Value]],
    widths: Sequence[int] = (),
) -> Sheet:
    """Return a table as the reader of this request writes one."""
    locale = i18n.current()
    rtl = i18n.direction(locale) == "rtl"
    return Sheet(title, headings, rows, locale, i18n.zone(), rtl, widths)


def table_file(form: str, activity: str, table: Sheet) -> Response:
    """Give one table as a file."""
    data = csv_file(table) if form == CSV else xlsx_file([table])
    return _file(data, form, f"{activity} – {table.title}" if activity else table.title)


def book_file(name: str, sheets: Sequence[Sheet]) -> Response:
    """Give several tables as one spreadsheet."""
    return _file(xlsx_file(sheets), XLSX, name)


def pdf_file(name: str, data: bytes) -> Response:
    """Give a document."""
    return _file(iter((data,)), PDF, name)


def spoken(
    items: Iterable[Item], write: Callable[[Item], Sequence[Value]]
) -> Iterator[Sequence[Value]]:
    """Yield what ``write`` makes of each item, in the language and zone of this request.

    A file is written when the request is over, and with it the language that was in force. What
    is wrong with the question (a cohort that nobody knows) is raised at once.
    """
    locale, zone = i18n.current(), viewer().time_zone

    def rows() -> Iterator[Sequence[Value]]:
        given = iter(items)
        while True:
            with i18n.use(locale, zone):
                try:
                    row = write(next(given))
                except StopIteration:
                    return
            yield row

    written = rows()
    first = next(written, None)
    return iter(()) if first is None else chain([first], written)


def disposition(name: str) -> str:
    """Return the header that names a download (RFC 6266), in any script (RFC 8187)."""
    plain = unicodedata.normalize("NFKD", name.replace("–", "-"))
    plain = plain.encode("ascii", "ignore").decode().replace("%", "")
    stem = plain.rsplit(".", 1)[0].strip(" -")
    fallback = plain if stem else f"table.{plain.rsplit('.', 1)[-1]}"
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"


def _file(data: Iterator[bytes], form: str, name: str) -> Response:
    today = clock.now().astimezone(i18n.zone()).date().isoformat()
    clean = " ".join(NOT_IN_A_NAME.sub(" ", name).split())[:MOST].strip(" .")
    headers = {"Content-Disposition": disposition(f"{clean} – {today}.{form}")}
    return Response(data, mimetype=TYPES[form], headers=headers)
