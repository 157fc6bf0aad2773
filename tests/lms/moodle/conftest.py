"""A prepared Moodle, the tool as an operator runs it, and a browser that blocks third parties."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.chromium import ARGUMENTS, find
from tests.lms.moodle.administration import Administration
from tests.lms.moodle.album import Album
from tests.lms.moodle.course import Course
from tests.lms.moodle.gradebook import Gradebook
from tests.lms.moodle.site import SECONDS, URL, People, Site
from tests.lms.moodle.tool import Tool, running_tool

BLOCK_THIRD_PARTY_COOKIES = "--test-third-party-cookie-phaseout"
NO_MOODLE = (
    f"NOT TRIED IN MOODLE. Prepare one as tests/lms/moodle/README.md says, then: "
    f"{URL}=http://127.0.0.1:8000 make test PYTEST_ARGS=tests/lms"
)


@dataclass
class Moodle:
    """Everything that the journey needs."""

    people: People
    tool: Tool
    album: Album

    @property
    def administration(self) -> Administration:
        """What its administrator does."""
        return Administration(self.people)

    @property
    def course(self) -> Course:
        """The course."""
        return Course(self.people)

    @property
    def gradebook(self) -> Gradebook:
        """The course's gradebook."""
        return Gradebook(self.course)

    @contextmanager
    def photographing_failure(self) -> Iterator[None]:
        """Photograph what everybody sees if the journey ends before its end."""
        arrived = False
        try:
            yield
            arrived = True
        finally:
            if not arrived:
                for user, page in self.people.pages().items():
                    self.album.take(page, f"failed-{user}")


@pytest.fixture
def site() -> Site:
    site = Site.from_environment()
    if site is None:
        pytest.skip(NO_MOODLE)
    return site


@pytest.fixture
def browser(site: Site, playwright: Playwright) -> Iterator[Browser]:
    path = find(playwright)
    if path is None:
        pytest.skip("NOT TRIED IN MOODLE. There is no Chromium: CHROMIUM=/path/to/it")
    browser = playwright.chromium.launch(
        executable_path=path, args=[*ARGUMENTS, BLOCK_THIRD_PARTY_COOKIES]
    )
    yield browser
    browser.close()


@pytest.fixture
def tool(site: Site, tmp_path: Path) -> Iterator[Tool]:
    with running_tool(tmp_path) as tool:
        yield tool


@pytest.fixture
def moodle(site: Site, browser: Browser, tool: Tool) -> Iterator[Moodle]:
    expect.set_options(timeout=SECONDS * 1000)
    people = People(site, browser)
    yield Moodle(people, tool, Album.from_environment())
    people.close()
