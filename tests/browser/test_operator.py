"""The operator's console in a browser: in by a link, through every page, accessible on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from lti_tool.models.platforms import Deployment
from lti_tool.rules.vocabulary import DeploymentState
from tests.browser.people import AXE, RUN_AXE, SCREENSHOTS
from tests.support.servers import Pair

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

VALUES = {
    "name": "Open university",
    "issuer": "https://edx.example",
    "client_id": "client-1",
    "authorization_endpoint": "https://edx.example/auth",
    "token_endpoint": "https://edx.example/token",
    "jwks_uri": "not an address",
    "deployments": "1",
}


@dataclass
class Console:
    """The operator's browser."""

    page: Page
    url: str
    language: str
    problems: list[str] = field(default_factory=list)

    def open(self, path: str, name: str) -> None:
        self.page.goto(f"{self.url}/operator{path}")
        self.look(name)

    def look(self, name: str) -> None:
        """Check the page that is shown, and picture it if somebody wants to look."""
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(
                path=f"{SCREENSHOTS}/operator-{self.language}-{name}.png", full_page=True
            )
        self.page.evaluate(AXE)
        assert self.page.evaluate(RUN_AXE) == [], name
        wide = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1], f"{name} is wider than the window"
        assert self.problems == [], name

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()


LOOKS = {"fr": (360, "dark"), "ar": (1280, "light")}


@pytest.fixture(params=list(LOOKS))
def console(
    request: pytest.FixtureRequest, pair: Pair, blocking_browser: Browser
) -> Iterator[Console]:
    width, scheme = LOOKS[request.param]
    context = blocking_browser.new_context(
        viewport={"width": width, "height": 900},
        locale=request.param,
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    context.set_default_timeout(20_000)
    console = Console(context.new_page(), pair.tool_url, request.param)
    console.page.on("pageerror", lambda error: console.problems.append(str(error)))
    yield console
    context.close()


def enter(console: Console, pair: Pair) -> None:
    console.page.goto(pair.services.console.operators.link())
    console.look("link")
    console.press("form[action*='/enter/'] button")
    console.page.wait_for_url("**/operator/**")


def waiting_deployment(pair: Pair) -> None:
    """Connect the sandbox, launch from it, then let its deployment wait."""
    client_id = pair.connect()["client_id"]
    column = {"label": "Reflect", "scoreMaximum": 100}
    link = pair.walker.control(
        "links", {"client_id": client_id, "title": "Reflect", "line_item": column}
    )
    pair.walker.be("amina")
    pair.walker.launch(link["id"])
    with pair.services.db.write() as session:
        session.execute(update(Deployment).values(state=DeploymentState.PENDING))
    pair.browser().launch(link["id"])


def test_an_operator_s_day(console: Console, pair: Pair) -> None:
    waiting_deployment(pair)
    enter(console, pair)
    console.look("platforms")
    console.press("form[action*='/deployments/'] button")
    console.page.wait_for_url("**said=deployment_on*")
    console.look("platform")

    console.press("a[href$='/test']")
    console.press("main form[action$='/test'] button")
    expect(console.page.locator(".finding-ok").first).to_be_visible()
    console.look("self-test")

    connect_by_hand(console)
    console.press("a[href$='/test']")
    console.press("main form[action$='/test'] button")
    expect(console.page.locator(".finding-failed").first).to_be_visible()
    console.look("self-test-fails")

    for path in ("/connect", "/refusals", "/outbox", "/keys"):
        console.open(path, path.strip("/"))
    console.press("form[action$='/leave'] button")
    expect(console.page.locator("code")).to_have_text("flask --app wsgi operator link")
    console.look("signed-out")
    console.open("/", "closed")


def connect_by_hand(console: Console) -> None:
    """Fill in the form, with an error first; nothing that was typed is lost."""
    console.open("/connect/by-hand?family=openedx", "by-hand")
    for name, value in VALUES.items():
        console.page.fill(f"[name='{name}']", value)
    console.press("form[action$='/by-hand'] .btn-primary")
    expect(console.page.locator("#f-jwks_uri-error")).to_be_visible()
    expect(console.page.locator("[name='client_id']")).to_have_value("client-1")
    console.look("by-hand-error")
    console.page.fill("[name='jwks_uri']", "https://edx.example/jwks")
    console.press("form[action$='/by-hand'] .btn-primary")
    console.page.wait_for_url("**said=platform_connected*")
    console.look("connected")
