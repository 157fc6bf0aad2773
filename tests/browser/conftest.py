"""A real Chromium in front of the tool and the sandbox LMS, which stand on two sites."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect

from tests.browser.chromium import ARGUMENTS, PATIENCE, find, open_profile
from tests.browser.people import Course
from tests.browser.visits import Visit
from tests.support.servers import Pair, tool_and_sandbox

expect.set_options(timeout=PATIENCE)
BLOCK = "--test-third-party-cookie-phaseout"
HERE = Path(__file__).parent
LONGEST = "test_cohort_of_six.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a test in a browser once more: its time is shared with whatever else the machine does.

    What needed a second try is named in the summary; what fails twice fails. The one that takes
    minutes begins first: begun last, it would be all that everybody waits for.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: item.path.name != LONGEST)


@pytest.fixture(scope="session")
def blocking_browser(playwright: Playwright) -> Iterator[Browser]:
    """Return a Chromium that blocks third-party cookies."""
    yield from _launched(playwright, BLOCK)


@pytest.fixture(scope="session")
def scriptless_browser(playwright: Playwright) -> Iterator[Browser]:
    """Return a Chromium that blocks third-party cookies and never runs a page's script.

    Told of a context alone, a frame of another site may be read before it is told.
    """
    yield from _launched(playwright, BLOCK, "--blink-settings=scriptEnabled=false")


def _launched(playwright: Playwright, *arguments: str) -> Iterator[Browser]:
    path = find(playwright)
    if path is None:
        pytest.skip("no Chromium on this machine")
    browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *arguments])
    yield browser
    browser.close()


@pytest.fixture
def pair(database_url: str, tmp_path: Path) -> Iterator[Pair]:
    """Serve the tool and the sandbox LMS, connected; a worker thread sends what is due."""
    with tool_and_sandbox(database_url, tmp_path, log_level="ERROR") as pair:
        stop = threading.Event()
        worker = threading.Thread(target=_work, args=(pair, stop))
        worker.start()
        try:
            yield pair
        finally:
            stop.set()
            worker.join()


def _work(pair: Pair, stop: threading.Event) -> None:
    while not stop.wait(0.3):
        pair.services.outbox.deliver_due(stop)


@pytest.fixture
def course(pair: Pair, blocking_browser: Browser) -> Iterator[Course]:
    course = Course(pair, blocking_browser)
    yield course
    course.close()


@pytest.fixture
def lax_context(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """Return a browser that lets third parties store (Debian's Chromium does not by itself)."""
    context = open_profile(playwright, tmp_path, third_parties_store=True)
    if context is None:
        pytest.skip("no Chromium on this machine")
    yield context
    context.close()


@pytest.fixture
def visit(pair: Pair) -> Visit:
    client_id = pair.connect()["client_id"]
    link = pair.walker.control("links", {"client_id": client_id, "title": "Reflect"})
    return Visit(pair, link["id"])


@pytest.fixture
def context(blocking_browser: Browser) -> Iterator[BrowserContext]:
    context = blocking_browser.new_context()
    yield context
    context.close()
