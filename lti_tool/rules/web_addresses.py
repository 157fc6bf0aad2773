"""Addresses that people give as evidence: shown as links, never opened by us."""

from __future__ import annotations

from urllib.parse import urlsplit

MOST_ADDRESS = 2000


def web_address(text: str) -> str:
    """Return an address on the web as it can stand in a link; "" for what is none.

    Refused are other schemes, addresses without a host, those that hold a password, and those with
    blanks or control characters in them.
    """
    text = text.strip()
    if len(text) > MOST_ADDRESS or not text.isprintable() or any(one.isspace() for one in text):
        return ""
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return text
