"""Placeholders of saved replies: ``{name}`` becomes what it stands for when the reply is used."""

from __future__ import annotations

import re
from collections.abc import Mapping

KNOWN = ("name", "tutor", "activity", "course")
"""The author's name, one's own, the activity's title, the course's."""
_PLACEHOLDER = re.compile(r"\{\s*([^{}\n]{1,40}?)\s*\}")
_WITH_BLANK = re.compile(r"([ \t]?)\{\s*([^{}\n]{1,40}?)\s*\}")


def unknown(text: str) -> list[str]:
    """Return the placeholders in ``text`` that stand for nothing, in their order, each once."""
    found = dict.fromkeys(match[1] for match in _PLACEHOLDER.finditer(text))
    return [name for name in found if name.lower() not in KNOWN]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with its placeholders replaced; one without a value stays as it is."""

    def fill(match: re.Match[str]) -> str:
        return values.get(match[1].lower()) or match[0]

    return _PLACEHOLDER.sub(fill, text)


def said(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` as it is sent: a placeholder without a value goes, with the blank before."""

    def fill(match: re.Match[str]) -> str:
        value = values.get(match[2].lower(), "")
        return match[1] + value if value else ""

    return _WITH_BLANK.sub(fill, text)
