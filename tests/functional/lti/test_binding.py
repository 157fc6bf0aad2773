"""A launch belongs to the browser that logged in: by cookie, by storage, or by a person's word."""

from __future__ import annotations

import re
from datetime import timedelta

import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool import clock
from lti_tool.lti.states import unseal
from lti_tool.models.launches import LaunchSession
from lti_tool.rules.vocabulary import BoundBy
from lti_tool.services.launches.binding import handle_of
from lti_tool.views.browser import PARTITIONED, PLAIN
from tests.support.forge import Begun, Forge, handle_in, reason_in


def field(response: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.text)
    assert found is not None, response.text
    return found[1]


def unbound(forge: Forge) -> tuple[Forge, Begun, TestResponse]:
    """Return a browser whose cookies did not come back, with its login and the check page."""
    begun = forge.login()
    framed = forge.other_browser()
    page = framed.post(framed.token(framed.claims(begun.nonce)), begun.state)
    assert page.status_code == 200
    assert 'id="bind"' in page.text
    return framed, begun, page


def stored_secret(forge: Forge, begun: Begun) -> str:
    key = forge.services.launches.state_key
    return unseal(begun.state, key).storage_secret(key)


def bind(forge: Forge, ticket: str, secret: str, source: str = "own_storage") -> TestResponse:
    form = {"ticket": ticket, "secret": secret, "source": source}
    return forge.browser.post("/lti/bind", data=form)


def bound_by(forge: Forge) -> BoundBy | None:
    with forge.services.db.read() as session:
        return session.scalars(select(LaunchSession)).one().bound_by


def test_either_cookie_binds(forge: Forge) -> None:
    for dropped in (PLAIN, PARTITIONED):
        begun = forge.login()
        kept = forge.browser.get_cookie(PLAIN if dropped == PARTITIONED else PARTITIONED)
        assert kept is not None
        framed = forge.other_browser()
        framed.browser.set_cookie(kept.key, kept.value)
        assert handle_in(framed.post(framed.token(framed.claims(begun.nonce)), begun.state))


def test_one_secret_per_browser_and_cookies_that_frames_can_use(forge: Forge) -> None:
    cookies = forge.login().response.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=None", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert sum("Partitioned" in cookie for cookie in cookies) == 1
    assert len({cookie.partition("=")[2].partition(";")[0] for cookie in cookies}) == 1
    assert forge.login().response.headers.getlist("Set-Cookie") == []


def test_what_was_stored_at_login_binds(forge: Forge) -> None:
    framed, begun, page = unbound(forge)
    response = bind(framed, field(page, "ticket"), stored_secret(forge, begun), "platform_storage")
    assert framed.services.launches.viewer(handle_in(response)).display_name == "Lea Learner"
    assert bound_by(forge) is BoundBy.PLATFORM_STORAGE


def test_a_ticket_is_good_once(forge: Forge) -> None:
    framed, begun, page = unbound(forge)
    ticket, secret = field(page, "ticket"), stored_secret(forge, begun)
    assert handle_in(bind(framed, ticket, secret))
    assert reason_in(bind(framed, ticket, secret)) == "ticket_expired"


def test_a_ticket_is_good_for_five_minutes(forge: Forge) -> None:
    framed, begun, page = unbound(forge)
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        response = bind(framed, field(page, "ticket"), stored_secret(forge, begun))
    assert reason_in(response) == "ticket_expired"


def test_another_login_s_secret_does_not_bind(forge: Forge) -> None:
    framed, _begun, page = unbound(forge)
    wrong = stored_secret(forge, forge.login())
    assert reason_in(bind(framed, field(page, "ticket"), wrong)) == "browser_mismatch"
    assert bound_by(forge) is None


def test_nothing_is_open_before_the_launch_is_bound(forge: Forge) -> None:
    framed, _begun, _page = unbound(forge)
    with framed.services.db.read() as session:
        launch = session.scalars(select(LaunchSession)).one()
    handle = handle_of(framed.services.secrets, launch.id)
    assert framed.browser.get(f"/s/{handle}/").status_code == 410


def test_the_check_page_tells_no_secret_and_works_without_a_script(forge: Forge) -> None:
    _framed, begun, page = unbound(forge)
    assert stored_secret(forge, begun) not in page.text
    assert 'target="_blank"' in page.text
    assert "/lti/confirm" in page.text


def confirm_page(forge: Forge) -> tuple[Forge, TestResponse]:
    _framed, _begun, page = unbound(forge)
    tab = forge.other_browser()
    return tab, tab.browser.post("/lti/confirm", data={"ticket": field(page, "ticket")})


def test_a_person_confirms_in_a_new_tab(forge: Forge) -> None:
    tab, page = confirm_page(forge)
    assert all(text in page.text for text in ("Lea Learner", "A course", "A link", "Forged LMS"))
    form = {"ticket": field(page, "ticket"), "proof": field(page, "proof")}
    assert handle_in(tab.browser.post("/lti/confirmed", data=form))
    assert bound_by(forge) is BoundBy.CONFIRMATION
    assert tab.browser.get_cookie(PLAIN) is not None


def test_who_goes_back_and_confirms_again_comes_to_their_session(forge: Forge) -> None:
    tab, page = confirm_page(forge)
    form = {"ticket": field(page, "ticket"), "proof": field(page, "proof")}
    handle = handle_in(tab.browser.post("/lti/confirmed", data=form))
    again = tab.browser.post("/lti/confirm", data={"ticket": form["ticket"]})
    form["proof"] = field(again, "proof")
    assert handle_in(tab.browser.post("/lti/confirmed", data=form)) == handle
    stranger = forge.other_browser()
    stranger.login()
    asked = stranger.browser.post("/lti/confirm", data={"ticket": form["ticket"]})
    assert reason_in(asked) == "ticket_expired"


def test_a_script_is_told_the_address(forge: Forge) -> None:
    framed, begun, page = unbound(forge)
    form = {"ticket": field(page, "ticket"), "secret": stored_secret(forge, begun)}
    told = framed.browser.post(
        "/lti/bind",
        data={**form, "source": "own_storage"},
        headers={"Accept": "application/json"},
    )
    assert told.status_code == 200
    assert framed.browser.get(told.json["url"]).status_code in (200, 303)  # type: ignore[index]


def test_the_confirm_page_cannot_be_skipped_for_somebody_else(forge: Forge) -> None:
    _tab, page = confirm_page(forge)
    form = {"ticket": field(page, "ticket"), "proof": field(page, "proof")}
    victim = forge.other_browser()
    assert reason_in(victim.browser.post("/lti/confirmed", data=form)) == "browser_mismatch"
    victim.login()
    assert reason_in(victim.browser.post("/lti/confirmed", data=form)) == "browser_mismatch"
    assert bound_by(forge) is None


def test_the_confirm_page_cannot_be_framed(forge: Forge) -> None:
    _tab, page = confirm_page(forge)
    policy = page.headers["Content-Security-Policy"]
    assert re.search(r"frame-ancestors 'self'(;|$)", policy)


def test_a_launch_in_somebody_else_s_browser_is_never_bound_silently(forge: Forge) -> None:
    attacker = forge.login()
    victim = forge.other_browser()
    victim.login()
    page = victim.post(victim.token(victim.claims(attacker.nonce)), attacker.state)
    assert page.status_code == 200
    assert 'id="elsewhere"' in page.text
    assert bound_by(forge) is None
