"""Bytes to text: the encodings that spreadsheets and servers really write."""

from __future__ import annotations

import codecs

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.schemas.frameworks.problems import fail

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte order marks that files begin with."""


def encoding_of(content: bytes) -> str:
    """Return the encoding that a byte order mark tells, else UTF-8."""
    found = (encoding for mark, encoding in MARKS.items() if content.startswith(mark))
    return next(found, "utf-8")


def no_text() -> InvalidInput:
    """Return the error for bytes that are no text."""
    return fail(_("The file is no text that we can read. Save it as UTF-8."))


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text, and a warning if its encoding was guessed.

    UTF-8 with or without a byte order mark and UTF-16 with one are certain; what is neither is
    read as Windows-1252, as Excel in western Europe writes it.
    """
    told = encoding_of(content)
    if told != "utf-8":
        return _strict(content, told), ""
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError:
        warning = _("The file is not in UTF-8; it was read as Windows-1252. Check the accents.")
        return _strict(content, "cp1252"), warning


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise no_text() from error
