"""A prepared Moodle, the tool as an operator runs it, and a browser that blocks third parties."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.chromium import ARGUMENTS, find
from tests.lms.moodle.album import Album
from tests.lms.moodle.connecting import connect
from tests.lms.moodle.moodle import Moodle
from tests.lms.moodle.site import SECONDS, URL, People, Site
from tests.lms.moodle.tool import Tool, running_tool

BLOCK_THIRD_PARTY_COOKIES = "--test-third-party-cookie-phaseout"
NO_MOODLE = (
    f"NOT TRIED IN MOODLE. Prepare one as tests/lms/moodle/README.md says, then: "
    f"{URL}=http://127.0.0.1:8000 make test PYTEST_ARGS='-n0 tests/lms'"
)
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether a test failed, so that what everybody saw then is photographed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def site() -> Site:
    site = Site.from_environment()
    if site is None:
        pytest.skip(NO_MOODLE)
    return site


@pytest.fixture(scope="session")
def moodle_browser(site: Site, playwright: Playwright) -> Iterator[Browser]:
    path = find(playwright)
    if path is None:
        pytest.skip("NOT TRIED IN MOODLE. There is no Chromium: CHROMIUM=/path/to/it")
    browser = playwright.chromium.launch(
        executable_path=path, args=[*ARGUMENTS, BLOCK_THIRD_PARTY_COOKIES]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def tool(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    with running_tool(tmp_path_factory.mktemp("tool")) as tool:
        yield tool


@pytest.fixture(scope="session")
def connected(site: Site, moodle_browser: Browser, tool: Tool) -> Iterator[Moodle]:
    """Connect the tool once for all tests; take it out of Moodle at the end."""
    expect.set_options(timeout=SECONDS * 1000)
    people = People(site, moodle_browser)
    moodle = connect(people, tool, Album.from_environment())
    yield moodle
    moodle.administration.delete(moodle.type_id)
    people.close()


@pytest.fixture
def moodle(connected: Moodle, request: pytest.FixtureRequest) -> Iterator[Moodle]:
    """Return the connected Moodle; what everybody sees when a test fails is photographed."""
    yield connected
    if request.node.stash.get(FAILED, False):
        for user, page in connected.people.pages().items():
            connected.album.take(page, f"failed-{user}")
