"""JPEG pictures within other files: what cameras add is cut out, the picture itself stays as it is.

ISO/IEC 10918-1, B.1: a JPEG is a row of segments, each a marker and a length, up to the scan.
"""

from __future__ import annotations

START, SCAN, COMMENT = b"\xff\xd8", 0xDA, 0xFE
APP, APP_LAST = 0xE0, 0xEF
NEEDED = (0xE0, 0xEE)
"""JFIF, and Adobe's, which says how the colours are to be read."""
BARE = (0x01, *range(0xD0, 0xD8))
"""Markers without a length."""


def without_notes(data: bytes) -> bytes:
    """Return a JPEG without place, time, device, thumbnail, profile and comments.

    What is no JPEG, or breaks off before its scan, is given back as it is.
    """
    if not data.startswith(START):
        return data
    kept, at = [START], len(START)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == SCAN:
            return b"".join([*kept, data[at:]])
        end = at + 2 if marker in BARE else at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if not _is_note(marker):
            kept.append(data[at:end])
        at = end
    return data


def _is_note(marker: int) -> bool:
    return marker == COMMENT or (APP <= marker <= APP_LAST and marker not in NEEDED)
