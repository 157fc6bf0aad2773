"""The tool and a sandbox LMS, connected, for each of the failures that tools meet in real life."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lti_tool.sandbox.walker import Page
from tests.certification.conftest import Suite, suite
from tests.support.refusals import reference_in, refusals

__all__ = ["Explained", "Suite", "explained", "suite"]

LEARNER = "You: go back to your course and open the activity again."
ADMIN = "The administrator of your learning platform."
OPERATOR = "The people who run Miroir."
Explained = Callable[..., dict[str, Any]]


@pytest.fixture
def explained(caplog: pytest.LogCaptureFixture) -> Explained:
    """Return a check: the page says what happened, who can help, and the log's reference."""

    def check(page: Page, reason: str, who: str, *words: str, status: int = 400) -> dict[str, Any]:
        assert page.status == status
        line = refusals(caplog.records)[-1]
        assert line["reason"] == reason
        assert line["reference"] == reference_in(page.text)
        for expected in (who, *words, "Details for support"):
            assert expected in page.text
        assert "Lovelace" not in str(line)
        return line

    return check
