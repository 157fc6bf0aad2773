"""What Moodle has no place for, hidden in its descriptions: the class of an empty element.

Moodle cleans descriptions: of an element's attributes only class, language and title stay. So JSON
is compressed and written in letters that a class may have.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

PREFIX = "miroir-"
MOST = 2_000_000
"""Bytes of JSON that are unpacked; what is more was never ours."""
_MARK = re.compile(rf'<span[^>]*\bclass="{PREFIX}([A-Za-z0-9_-]+)"[^>]*>(?:\s|&nbsp;)*</span>')


def hidden(told: dict[str, Any]) -> str:
    """Return the element that holds ``told``, without what is empty in it."""
    kept = {name: value for name, value in told.items() if value}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    letters = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    return f'<span class="{PREFIX}{letters}"></span>'


def revealed(description: str) -> tuple[dict[str, Any], str]:
    """Return what ``hidden`` put into a description, and the description without it."""
    found = _MARK.search(description)
    if not found:
        return {}, description
    rest = description[: found.start()] + description[found.end() :]
    letters = found[1] + "=" * (-len(found[1]) % 4)
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(base64.urlsafe_b64decode(letters), MOST)
        told = json.loads(text)
    except (ValueError, zlib.error, RecursionError):
        return {}, rest
    return (told if isinstance(told, dict) else {}), rest
