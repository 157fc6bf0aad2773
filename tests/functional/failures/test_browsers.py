"""Failures 1, 2, 7, 8 and 18: what browsers, and people in front of them, do."""

from __future__ import annotations

from datetime import timedelta

import requests
import time_machine

from lti_tool import clock
from lti_tool.sandbox.walker import Page, Walker, read_page
from tests.functional.failures.conftest import ADMIN, LEARNER, Explained, Suite


def forget_the_tool(walker: Walker, suite: Suite) -> None:
    """Drop the tool's cookies, as browsers do in frames of another site."""
    for cookie in list(walker.session.cookies):
        if cookie.name.startswith("__Host-ltib"):
            walker.session.cookies.clear(cookie.domain, cookie.path, cookie.name)


def framed(suite: Suite, walker: Walker) -> Page:
    """Launch in a frame whose cookies do not come back; return the tool's page."""
    walker.be("amina")
    message = walker.follow(walker.get(f"/launch/link/{suite.link_id}"), stop="/lti/launch")
    forget_the_tool(walker, suite)
    return walker.submit(message, message.form("id_token"))


def at_tool(suite: Suite, method: str, path: str, **sent: dict[str, str]) -> Page:
    """Open one of the tool's addresses by hand."""
    url = f"{suite.pair.tool_url}{path}"
    return read_page(requests.request(method, url, timeout=10, **sent))  # type: ignore[arg-type]


def test_01_blocked_cookies_lead_to_a_new_tab(suite: Suite) -> None:
    walker = suite.pair.browser()
    page = framed(suite, walker)
    assert page.status == 200
    assert "Open in a new tab" in page.text
    asked = walker.submit(page, page.form("ticket", action="/lti/confirm"))
    assert "Amina" in asked.text
    opened = walker.submit(asked, asked.form("proof"))
    assert (opened.status, "/s/" in opened.url) == (200, True)


def test_01_a_tab_without_any_cookie_is_told(suite: Suite, explained: Explained) -> None:
    walker = suite.pair.browser()
    page = framed(suite, walker)
    asked = walker.submit(page, page.form("ticket", action="/lti/confirm"))
    forget_the_tool(walker, suite)
    opened = walker.submit(asked, asked.form("proof"))
    explained(opened, "browser_mismatch", LEARNER, "does not keep our cookie", "Allow cookies")


def test_02_reload_and_double_click_lead_to_the_live_session(suite: Suite) -> None:
    first = suite.launch()
    suite.pair.tamper(replay="response")
    again = suite.launch()
    assert (again.status, again.url) == (200, first.url)


def test_02_a_late_reload_is_told(suite: Suite, explained: Explained) -> None:
    walker = suite.pair.walker
    walker.be("amina")
    suite.pair.tamper(expires_at_offset=3000)
    message = walker.follow(walker.get(f"/launch/link/{suite.link_id}"), stop="/lti/launch")
    assert walker.submit(message, message.form("id_token")).status == 200
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        page = walker.submit(message, message.form("id_token"))
    explained(page, "login_used", LEARNER, "already opened", "open the activity again", status=409)


def test_07_the_platform_may_frame_us_and_nobody_else(suite: Suite) -> None:
    page = suite.launch()
    answer = suite.pair.walker.session.get(page.url, timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    ancestors = policy.partition("frame-ancestors ")[2].partition(";")[0]
    assert suite.pair.sandbox_url in ancestors.split()
    assert "*" not in ancestors and "https:" not in ancestors.split()
    assert "X-Frame-Options" not in answer.headers


def test_07_a_refusal_can_be_read_in_any_frame(suite: Suite) -> None:
    answer = requests.post(f"{suite.pair.tool_url}/lti/launch", timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    assert "https:" in policy.partition("frame-ancestors ")[2].split()
    assert "X-Frame-Options" not in answer.headers


def test_08_a_person_whom_the_platform_forgot(suite: Suite, explained: Explained) -> None:
    suite.pair.tamper(error="login_required", error_description="Not logged in")
    page = suite.launch()
    line = explained(page, "platform_error", LEARNER, "no longer signed in", "new window")
    assert (line["error"], line["error_description"]) == ("login_required", "Not logged in")
    assert (line["iss"], line["client_id"]) == (suite.pair.sandbox_url, suite.client_id)


def test_08_a_person_who_changed_the_account(suite: Suite, explained: Explained) -> None:
    suite.pair.tamper(error="access_denied", error_description="Not the same user")
    explained(suite.launch(), "platform_error", LEARNER, "did not let you in", "account")


def test_08_a_platform_that_does_not_take_our_request(suite: Suite, explained: Explained) -> None:
    suite.pair.tamper(error="invalid_request", error_description="Unregistered redirect_uri")
    page = suite.launch()
    explained(page, "platform_error", ADMIN, "did not accept our request", "redirect_uri")


def test_08_an_error_in_the_address(suite: Suite, explained: Explained) -> None:
    query = "error=login_required&error_description=gone&state=made-up"
    page = at_tool(suite, "GET", f"/lti/launch?{query}")
    line = explained(page, "platform_error", LEARNER, "no longer signed in")
    assert "iss" not in line


def test_18_a_launch_of_the_old_protocol(suite: Suite, explained: Explained) -> None:
    old = {"lti_version": "LTI-1p0", "oauth_consumer_key": "key-7", "user_id": "Ada Lovelace"}
    for path in ("/lti/launch", "/lti/login"):
        page = at_tool(suite, "POST", path, data=old)
        line = explained(page, "lti_1_1", ADMIN, "old LTI 1.1", "LTI 1.3 tool")
        assert (line["consumer_key"], line["lti_version"]) == ("key-7", "LTI-1p0")


def test_18_a_direct_visit(suite: Suite, explained: Explained) -> None:
    for method, path in (("GET", "/lti/launch"), ("POST", "/lti/launch"), ("GET", "/lti/launch/")):
        page = at_tool(suite, method, path)
        explained(page, "direct_visit", LEARNER, "opens from your course", "Go to your course")


def test_18_a_launch_without_its_token(suite: Suite, explained: Explained) -> None:
    suite.pair.tamper(form={"id_token": None})
    explained(suite.launch(), "token_missing", ADMIN, "something incomplete")


def test_18_a_login_opened_by_hand(suite: Suite, explained: Explained) -> None:
    line = explained(at_tool(suite, "GET", "/lti/login"), "login_incomplete", ADMIN, "incomplete")
    assert line["missing"] == "iss, login_hint, target_link_uri"
