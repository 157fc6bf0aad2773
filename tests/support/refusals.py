"""What every refused launch must show and leave behind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from logging import LogRecord
from typing import Any

REFERENCE = re.compile(r"LTI-[2-9A-Z]{4}-[2-9a-z]{4}")


def refusals(records: Iterable[LogRecord]) -> list[dict[str, Any]]:
    """Return the structured log lines of refused launches."""
    events = (record.msg for record in records)
    return [one for one in events if isinstance(one, dict) and one["event"] == "launch_refused"]


def reference_in(text: str) -> str:
    """Return the one reference that a page shows."""
    found = set(REFERENCE.findall(text))
    assert len(found) == 1, text
    return found.pop()
