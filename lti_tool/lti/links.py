"""Web links in a header (RFC 8288), as platforms really write them."""

from __future__ import annotations

import re

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_LINK = re.compile(r"<\s*(?P<target>[^>]*?)\s*>(?P<parameters>(?:[^<\"]|\"[^\"]*\")*)")
_REL = re.compile(
    r";\s*rel\*?\s*=\s*(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^\s;,\"]+))", re.IGNORECASE
)


def parse(header: str) -> dict[str, str]:
    """Return the targets of a Link header by relation, in lower case; the first of each counts.

    Targets keep their case (Canvas' bookmarks need it). Moodle writes typographic quotes, sometimes
    as UTF-8 that was read as Latin-1, and ``&amp;`` in its targets; both are understood.
    """
    text = _repaired(header).translate(_QUOTES)
    links: dict[str, str] = {}
    for found in _LINK.finditer(text):
        relation = _REL.search(found["parameters"])
        if relation is None:
            continue
        for name in (relation["quoted"] or relation["bare"] or "").lower().split():
            links.setdefault(name, found["target"].replace("&amp;", "&"))
    return links


def next_page(header: str) -> str | None:
    """Return the URL of the next page, verbatim but for ``&amp;``; None on the last page."""
    return parse(header).get("next") or None


def _repaired(header: str) -> str:
    """Read bytes that are UTF-8 as such; HTTP headers are handed over as Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
