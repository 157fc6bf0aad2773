"""A Moodle to drive: where it is, who is in it, and a browser of their own for each of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

URL = "MOODLE_URL"
"""Environment variable: the address of a Moodle that ``seed.php`` has prepared."""
SECONDS = 30
"""Patience with a page; a Moodle's first pages after a start are slow."""


@dataclass(frozen=True)
class Site:
    """A prepared Moodle."""

    url: str
    admin_password: str = "Admin-1234"
    password: str = "Pass-1234"
    """That of everybody else."""

    @classmethod
    def from_environment(cls) -> Site | None:
        """Read the environment; None if it names no Moodle."""
        url = os.environ.get(URL, "").rstrip("/")
        return cls(url) if url else None

    def at(self, path: str, query: Mapping[str, object] | None = None) -> str:
        """Return the address of a page of Moodle's."""
        return f"{self.url}{path}" + (f"?{urlencode(query)}" if query else "")


@dataclass
class People:
    """Everybody who walks through this Moodle, each logged in, in a browser of their own."""

    site: Site
    browser: Browser
    height: int = 900
    _pages: dict[str, Page] = field(default_factory=dict)

    def page(self, user: str) -> Page:
        """Return this user's page, logged in."""
        if user not in self._pages:
            self._pages[user] = self._log_in(self._context(), user)
        return self._pages[user]

    def open(self, who: str, path: str, **query: object) -> Page:
        """Open a page of Moodle's as a user and wait until its scripts have settled."""
        page = self.page(who)
        page.goto(self.site.at(path, query))
        # Moodle attaches its handlers late: what is clicked before does nothing.
        page.wait_for_load_state("networkidle")
        return page

    def number_of(self, user: str) -> int:
        """Return Moodle's number of a user, which is the ``sub`` of launches."""
        return int(self.open(user, "/my/").evaluate("M.cfg.userId"))

    def pages(self) -> Mapping[str, Page]:
        """Return the page of everybody who has logged in."""
        return dict(self._pages)

    def close(self) -> None:
        """Close all browsers."""
        for page in self._pages.values():
            page.context.close()
        self._pages.clear()

    def _context(self) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": 1280, "height": self.height}, locale="en"
        )
        context.set_default_timeout(SECONDS * 1000)
        return context

    def _log_in(self, context: BrowserContext, user: str) -> Page:
        page = context.new_page()
        page.goto(self.site.at("/login/index.php"), wait_until="networkidle")
        page.fill("#username", user)
        page.fill("#password", self.site.admin_password if user == "admin" else self.site.password)
        with page.expect_navigation():
            page.click("#loginbtn")
        if "/login/index.php" in page.url:
            pytest.fail(f"{user} cannot log in: prepare this Moodle with tests/lms/moodle/seed.php")
        return page


def number_in(url: str, name: str = "id") -> int:
    """Return the number that a page's address carries, such as the id of a course."""
    return int(parse_qs(urlsplit(url).query)[name][0])
