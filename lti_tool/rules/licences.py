"""What a framework's licence lets us do with it: told, never guessed in favour of copying."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.i18n import gettext as _


class Sharing(StrEnum):
    """Whether others may be given a framework."""

    OPEN = "open"
    """Its licence lets anybody pass it on, with attribution."""
    UNKNOWN = "unknown"
    """No licence is told, or one that we do not know."""
    RESTRICTED = "restricted"
    """Its publisher is known to forbid it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a licence means; ``warning`` is empty where there is nothing to say."""

    sharing: Sharing
    warning: str = ""


_OPEN = re.compile(
    r"\bcc[ -]?(by(-sa)?|0|zero)\b(?!-?n[cd])"
    r"|creativecommons\.org/(licenses/by(-sa)?/|publicdomain/)"
    r"|creative commons attribution(?!.{0,3}-?\s*(non|no.?deriv))|public domain|\bpddl\b|\bodc-by\b"
    r"|2011/833|eur-lex\.europa\.eu/eli/dec/2011/833|open government licen[cs]e|apache|\bmit\b",
    re.IGNORECASE,
)
_NARROW = re.compile(r"by-n[cd]|by-sa-n|non-?commercial|no-?deriv", re.IGNORECASE)
_RESTRICTED = {
    "SFIA": re.compile(r"\bsfia\b|skills framework for the information age", re.IGNORECASE),
    "ALA": re.compile(
        r"american library association|\bala\b.{0,40}\bcore competenc|ala\.org/", re.IGNORECASE
    ),
    "CILIP": re.compile(
        r"\bcilip\b|chartered institute of library|\bpksb\b|professional knowledge and skills base",
        re.IGNORECASE,
    ),
}


def judge(licence: str, licence_url: str, *named: str) -> Verdict:
    """Return what may be done with a framework of this licence.

    ``named`` are its title, creator and address: publishers that are known to allow no copies are
    recognised by them, also where the file tells no licence.
    """
    told = f"{licence} {licence_url}"
    for publisher, pattern in _RESTRICTED.items():
        if any(pattern.search(text) for text in (*named, licence)):
            return Verdict(Sharing.RESTRICTED, _restricted(publisher))
    if _NARROW.search(told):
        return Verdict(Sharing.UNKNOWN, _narrow())
    if _OPEN.search(told):
        return Verdict(Sharing.OPEN)
    return Verdict(Sharing.UNKNOWN, _unknown())


def _restricted(publisher: str) -> str:
    return _(
        "This looks like a framework of %(publisher)s, who do not let others copy it."
        " Import it only if your institution has their permission."
        " It stays within your learning platform and is not offered to others.",
        publisher=publisher,
    )


def _narrow() -> str:
    return _(
        "Its licence restricts what may be done with it (no commercial use, or no changes)."
        " It stays within your learning platform and is not offered to others."
    )


def _unknown() -> str:
    return _(
        "The file tells no licence that we know. Make sure that you may use it."
        " It stays within your learning platform and is not offered to others."
    )
