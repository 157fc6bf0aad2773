"""A session that is over says so where the person looks: in the frame of the course."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.visits import Visit


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_frame_shows_that_its_session_has_ended(visit: Visit, context: BrowserContext) -> None:
    page = visit.open(context)
    frame = visit.frame(page, "/s/")
    expect(frame.locator("#main h1")).to_contain_text("not ready")
    visit.end_sessions()
    frame.evaluate("location.reload()")
    shown = page.frame_locator("iframe").locator("#main")
    expect(shown).to_contain_text("This session has ended")
    expect(shown).to_contain_text("open the activity again")
