"""Reading a large JSON object part by part, with the decoder of the standard library.

Only a window of the text and one element of a long list are in memory at any time. The library that
streams JSON (ijson) needs gigabytes for a file of a hundred thousand brackets; this one refuses it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator, Iterator
from json.decoder import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

from lti_tool.i18n import gettext as _
from lti_tool.schemas.frameworks.decoding import encoding_of, no_text
from lti_tool.schemas.frameworks.problems import fail

WINDOW = 1_000_000
"""Bytes that are decoded at once."""
_SPACE = re.compile(r"[ \t\n\r]*")
Part = tuple[str, int | None, Any]
Parts = Generator[Part, None, None]


def parts(content: bytes, wrapper: str = "") -> Iterator[Part]:
    """Yield the members of the object in ``content``: name, place in its list or None, value.

    A member that is a list comes element by element. The member ``wrapper``, if there is one,
    is gone into instead. Raises InvalidInput that names line and column.
    """
    window = _Window(content)
    try:
        yield from _object(window, wrapper)
        if window.peek():
            raise window.error(window.at)
    except JSONDecodeError as error:
        line, column = window.place(error.pos)
        place = _("line %(line)s, column %(column)s", line=line, column=column)
        raise fail(_("This is no valid JSON (%(place)s).", place=place)) from error
    except RecursionError as error:
        raise fail(_("This JSON is nested too deep.")) from error
    except UnicodeDecodeError as error:
        raise no_text() from error
    except (ValueError, OverflowError) as error:
        raise fail(_("This is no valid JSON.")) from error


def _object(window: _Window, wrapper: str) -> Parts:
    window.take("{")
    if window.peek() == "}":
        window.take("}")
        return
    while True:
        if window.peek() != '"':
            raise window.error(window.at)
        name = window.value()
        window.take(":")
        if name == wrapper and window.peek() == "{":
            yield from _object(window, "")
        elif window.peek() == "[":
            yield from _list(window, name)
        else:
            yield name, None, window.value()
        if window.peek() == "}":
            window.take("}")
            return
        window.take(",")


def _list(window: _Window, name: str) -> Parts:
    window.take("[")
    if window.peek() == "]":
        window.take("]")
        return
    number = 0
    while True:
        yield name, number, window.value()
        number += 1
        if window.peek() == "]":
            window.take("]")
            return
        window.take(",")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


class _Window:
    """The piece of the text that is being read."""

    def __init__(self, content: bytes) -> None:
        self._content, self._read = content, 0
        self._decoder = codecs.getincrementaldecoder(encoding_of(content))()
        self._json = JSONDecoder(parse_constant=_refuse)
        self.text, self.at = "", 0
        self._lines, self._last_line = 1, 0

    def more(self, least: int = WINDOW) -> bool:
        """Decode more of the text; forget what was read. Return whether there was any."""
        if self._read >= len(self._content):
            return False
        gone = self.text[: self.at]
        self._lines += gone.count("\n")
        newline = gone.rfind("\n")
        self._last_line = self.at - newline - 1 if newline >= 0 else self._last_line + self.at
        piece = self._content[self._read : self._read + least]
        self._read += len(piece)
        final = self._read >= len(self._content)
        self.text, self.at = self.text[self.at :] + self._decoder.decode(piece, final), 0
        return True

    def peek(self) -> str:
        """Go past spaces; return the next character, or nothing at the end."""
        while True:
            found = _SPACE.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self, character: str) -> None:
        """Go past a character that must come next."""
        if self.peek() != character:
            raise self.error(self.at)
        self.at += 1

    def value(self) -> Any:
        """Return the value that comes next; each try that ends too early doubles the window."""
        self.peek()
        while True:
            try:
                value, end = self._json.raw_decode(self.text, self.at)
            except JSONDecodeError:
                if not self.more(max(WINDOW, len(self.text))):
                    raise
                continue
            if end < len(self.text) or not self.more():  # a number may go on
                self.at = end
                return value

    def error(self, at: int) -> JSONDecodeError:
        """Return the error for what should not stand here."""
        return JSONDecodeError("not expected", self.text, at)

    def place(self, at: int) -> tuple[int, int]:
        """Return line and column in the whole text, both from 1."""
        before = self.text[:at]
        newline = before.rfind("\n")
        column = at - newline if newline >= 0 else self._last_line + at + 1
        return self._lines + before.count("\n"), column
