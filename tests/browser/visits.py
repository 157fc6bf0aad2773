"""Launches in front of which a test stands: a link in the LMS, and browsers that keep less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Frame, Page, Route
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.models.launches import LaunchSession
from lti_tool.rules.vocabulary import BoundBy
from tests.browser.chromium import PATIENCE
from tests.support.servers import Pair

NO_STORAGE = "Storage.prototype.setItem = () => { throw new Error('blocked'); };"


@dataclass
class Visit:
    """A link of the connected tool, opened in the LMS by a learner's browser."""

    pair: Pair
    link_id: str

    def open(self, context: BrowserContext) -> Page:
        """Open the activity's page in the LMS; the tool is in its frame."""
        person = {"person": "amina"}
        context.request.post(f"{self.pair.sandbox_url}/person", form=person)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{self.pair.sandbox_url}/course/2")
        page.goto(f"{self.pair.sandbox_url}/activity/{self.link_id}")
        return page

    def open_window(self, context: BrowserContext) -> Page:
        """Open the activity in a window of its own, as LMS apps do: no parent, no opener."""
        person = {"person": "amina"}
        context.request.post(f"{self.pair.sandbox_url}/person", form=person)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{self.pair.sandbox_url}/course/2")
        page.goto(f"{self.pair.sandbox_url}/launch/link/{self.link_id}?window=1")
        return page

    def frame(self, page: Page, part: str) -> Frame:
        """Wait until the tool's frame is at an address with ``part``, and return it."""
        for _try in range(PATIENCE // 100):
            for frame in page.frames:
                if frame.url.startswith(self.pair.tool_url) and part in frame.url:
                    return frame
            page.wait_for_timeout(100)
        raise AssertionError([frame.url for frame in page.frames])

    def bound_by(self) -> BoundBy | None:
        """Return what bound the newest launch."""
        newest = select(LaunchSession).order_by(LaunchSession.created_at.desc())
        with self.pair.services.db.read() as session:
            return session.scalars(newest).first().bound_by  # type: ignore[union-attr]

    def end_sessions(self) -> None:
        """Let every session be over."""
        with self.pair.services.db.write() as session:
            session.execute(update(LaunchSession).values(expires_at=clock.now()))


def losing_cookies(context: BrowserContext) -> Callable[[Route], None]:
    """Return a handler that forgets the tool's cookies on the way to the LMS."""

    def forget(route: Route) -> None:
        context.clear_cookies(domain="127.0.0.1")
        route.continue_()

    return forget
