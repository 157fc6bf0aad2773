"""Suggested levels in the activity form: ``target_<competency>`` holds a position on the scale."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

PREFIX = "target_"


def target_field(competency_id: uuid.UUID) -> str:
    """Return the name of the field of a competency."""
    return f"{PREFIX}{competency_id.hex}"


def levels_in(data: Mapping[str, Any]) -> dict[uuid.UUID, int]:
    """Return the levels that a form suggests; what is no level, or of nothing, suggests nothing."""
    found = {}
    for name, value in data.items():
        text = str(value).strip()
        if not name.startswith(PREFIX) or not (text.isascii() and text.isdigit() and len(text) < 3):
            continue
        try:
            found[uuid.UUID(name.removeprefix(PREFIX))] = int(text)
        except ValueError:
            continue
    return found
