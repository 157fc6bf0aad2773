"""Collecting everything that is wrong with a file, so that it is put right in one go."""

from __future__ import annotations

import re
from typing import Any

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext
from lti_tool.rules.frameworks import LONGEST_TEXT, MOST_ITEMS
from lti_tool.rules.rich_text import storable

MOST_TOLD = 20
FIELD = "file"
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
DEEPEST_EXTRA = 12


class Problems:
    """The mistakes of one file, each with its place."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.count = 0

    def add(self, place: str, message: str) -> None:
        """Note a mistake; only the first twenty are kept, all are counted."""
        self.count += 1
        if self.count <= MOST_TOLD:
            self.told.append(f"{place}: {message}" if place else message)

    def stop(self) -> None:
        """Raise InvalidInput if there were mistakes."""
        if not self.count:
            return
        rest = self.count - len(self.told)
        if rest:
            self.told.append(ngettext("And %(num)s more.", "And %(num)s more.", rest))
        raise InvalidInput({FIELD: self.told})

    def text(self, place: str, value: Any, most: int = LONGEST_TEXT) -> str:
        """Return a text as it may be stored; anything but text is a mistake."""
        if value is None:
            return ""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self.add(place, _("Text is expected here."))
            return ""
        found = tidy(value).strip()
        if len(found) > most:
            self.add(place, _("Longer than %(most)s characters.", most=most))
            return found[:most]
        return found

    def check_count(self, count: int) -> None:
        """Stop a file that has more than anybody can use."""
        if count > MOST_ITEMS:
            self.add("", _("More than %(most)s competencies.", most=MOST_ITEMS))
            self.stop()


def fail(message: str) -> InvalidInput:
    """Return the error for a file that cannot be read at all."""
    return InvalidInput({FIELD: [message]})


def tidy(text: str) -> str:
    """Return ``text`` without what no database keeps; most texts come back as they are."""
    return storable(text) if _UNSTORABLE.search(text) else text


def tidied(value: Any, depth: int = 0) -> Any:
    """Return JSON values with every text in them tidied; raise RecursionError if too deep."""
    if depth > DEEPEST_EXTRA:
        raise RecursionError("nested too deep")
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, dict):
        return {tidy(name): tidied(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [tidied(inner, depth + 1) for inner in value]
    return value
