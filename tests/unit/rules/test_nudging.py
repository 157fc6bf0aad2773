"""Nobody is reminded of what they can do nothing about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lti_tool.rules.nudging import Case, Hindrance, hindrance, reason_of
from lti_tool.rules.signals import SignalKind

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
ABLE = Case(
    is_here=True, is_open=True, is_archived=False, complete=False, can_act=True, closed=False
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"is_here": False}, Hindrance.GONE),
        ({"is_open": False}, Hindrance.NOT_OPEN),
        ({"is_archived": True, "is_open": False}, Hindrance.ARCHIVED),
        ({"complete": True, "can_act": False}, Hindrance.COMPLETE),
        ({"can_act": False}, Hindrance.WAITS),
        ({"can_act": False, "closed": True}, Hindrance.OVER),
        ({"closed": True}, None),
        ({"reminded_at": NOW - timedelta(hours=23)}, Hindrance.RECENT),
        ({"reminded_at": NOW - timedelta(hours=24)}, None),
    ],
)
def test_who_is_reminded(changes: dict[str, Any], expected: Hindrance | None) -> None:
    assert hindrance(replace(ABLE, **changes), NOW) is expected


def test_the_most_urgent_reason_that_is_the_learners() -> None:
    kinds = frozenset({SignalKind.HARSH, SignalKind.SILENT, SignalKind.LATE})
    assert reason_of(kinds) is SignalKind.LATE
    assert reason_of(frozenset({SignalKind.HELD})) is None
