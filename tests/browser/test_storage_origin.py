"""The platform's storage is spoken to at the platform's origin, and no other voice is heard."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.visits import NO_STORAGE, Visit, losing_cookies
from tests.support.servers import running

ELSEWHERE = "http://rogue.localhost"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EAVESDROPPING = """
const heard = [];
window.addEventListener("message", ({ data }) => heard.push(data?.subject));
"""
REPLAYING = """window.addEventListener("message", ({ data }) => {
    if (data?.subject !== "replay") return;
    for (let i = 0; i < parent.frames.length; i += 1) {
        parent.frames[i].postMessage({ ...data, subject: "lti.get_data.response" }, "*");
    }
    parent.postMessage("replayed", "*");
});"""
RELAYING = """if (window === top && location.pathname.startsWith("/activity/")) {
    let kept = "";
    window.addEventListener("message", (event) => {
        if (event.data === "replayed") window.replayed = kept;
        if (!event.data?.subject?.startsWith("lti.")) return;
        event.stopImmediatePropagation();
        if (event.data.subject === "lti.put_data") kept = event.data.value;
        if (event.data.subject !== "lti.get_data") return;
        const rogue = document.getElementById("rogue").contentWindow;
        rogue.postMessage({ ...event.data, value: kept, subject: "replay" }, "*");
    }, true);
    document.addEventListener("DOMContentLoaded", () => {
        const rogue = Object.assign(document.createElement("iframe"), { id: "rogue" });
        rogue.src = "ELSEWHERE/replays";
        document.body.append(rogue);
    });
}"""


def page_of(script: str, body: str = "") -> str:
    return f"<!doctype html><title>Elsewhere</title>{body}<script>{script}</script>"


@SQLITE
def test_an_answer_replayed_from_another_origin_binds_nothing(
    visit: Visit, context: BrowserContext
) -> None:
    """Somebody who learned secret and message id answers in the platform's place."""

    def elsewhere(route: Route) -> None:
        route.fulfill(content_type="text/html", body=page_of(REPLAYING))

    visit.pair.walker.control("platform-storage", {"on": True})
    context.route(f"{ELSEWHERE}/**", elsewhere)
    context.route("**/lti/auth*", losing_cookies(context))
    context.add_init_script(NO_STORAGE + RELAYING.replace("ELSEWHERE", ELSEWHERE))
    page = visit.open(context)
    frame = visit.frame(page, "/lti/launch")
    expect(frame.get_by_role("button", name="Open in a new tab")).to_be_visible()
    assert len(page.evaluate("window.replayed")) == 64
    assert visit.bound_by() is None


@SQLITE
def test_a_site_that_frames_our_login_hears_no_secret(
    visit: Visit, context: BrowserContext
) -> None:
    login = {
        "iss": visit.pair.sandbox_url,
        "login_hint": "anybody",
        "target_link_uri": f"{visit.pair.tool_url}/lti/launch",
        "lti_storage_target": "_parent",
    }
    frame = f"<iframe src='{visit.pair.tool_url}/lti/login?{urlencode(login)}'></iframe>"
    shown = page_of(EAVESDROPPING, frame).encode()

    def elsewhere(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])
        return [shown]

    page = context.new_page()
    with running(elsewhere) as address, page.expect_response("**/lti/auth*"):
        page.goto(address)  # the login goes its whole way
    assert page.evaluate("heard.filter((subject) => subject?.startsWith('lti.'))") == []
