"""Login initiation: what is asked of the LMS, and what the browser keeps."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update

from lti_tool.models.platforms import Registration
from tests.support.forge import Forge, reason_in

LOGIN = {
    "iss": "https://lms.example",
    "login_hint": "hint",
    "target_link_uri": "http://127.0.0.1:5000/lti/launch",
    "client_id": "miroir-client",
}
TOP = {"Sec-Fetch-Dest": "document"}


def test_the_request_to_the_platform(forge: Forge) -> None:
    hint = '{"cmid":"2","launchid":"a b&c=%2B"}'
    query = forge.login(lti_message_hint=hint).query
    assert query.pop("state")
    assert len(query.pop("nonce")) == 43
    assert query == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "miroir-client",
        "redirect_uri": "http://127.0.0.1:5000/lti/launch",
        "login_hint": "hint",
        "lti_message_hint": hint,
    }


def test_get_works_like_post(forge: Forge) -> None:
    response = forge.browser.get("/lti/login", query_string=LOGIN, headers=TOP)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("https://lms.example/auth?")


def test_an_authorization_endpoint_may_have_a_query(forge: Forge) -> None:
    with forge.services.db.write() as session:
        endpoint = "https://lms.example/auth?tenant=7"
        session.execute(update(Registration).values(authorization_endpoint=endpoint))
    query = forge.login().query
    assert (query["tenant"], query["scope"]) == ("7", "openid")


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Dest": "iframe"}])
def test_a_frame_gets_a_page_that_keeps_the_secret(forge: Forge, headers: dict[str, str]) -> None:
    form = {**LOGIN, "lti_storage_target": "_parent"}
    response = forge.browser.post("/lti/login", data=form, headers=headers)
    told = dict(re.findall(r'data-(\w+)="([^"]*)"', response.text))
    assert response.status_code == 200
    assert told["target"] == "_parent"
    assert told["origin"] == "https://lms.example"
    assert len(told["secret"]) == 64
    link = re.search(r'<a id="continue" href="([^"]+)" target="_blank"', response.text)
    assert link is not None
    assert link[1] == told["url"]
    state = parse_qs(urlsplit(unescape(link[1])).query)["state"][0]
    assert told["secret"] not in state


def test_a_login_writes_nothing_and_soon_reads_nothing(forge: Forge) -> None:
    statements: list[str] = []
    engine = forge.services.db.engine
    forge.login()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    forge.login()
    event.remove(engine, "before_cursor_execute", note)
    assert statements == []


@pytest.mark.parametrize("missing", ["iss", "login_hint", "target_link_uri"])
def test_a_login_without_something(forge: Forge, missing: str) -> None:
    form = {name: value for name, value in LOGIN.items() if name != missing}
    response = forge.browser.post("/lti/login", data=form)
    assert reason_in(response) == "login_incomplete"
    assert f'missing: <bdi dir="ltr">{missing}<' in response.text


def test_a_platform_that_nobody_connected(forge: Forge) -> None:
    form = {**LOGIN, "iss": "https://<script>.example"}
    response = forge.browser.post("/lti/login", data=form)
    assert (reason_in(response), response.status_code) == ("platform_unknown", 403)
    assert "<script>.example" not in response.text
    form = {**LOGIN, "client_id": "another"}
    assert reason_in(forge.browser.post("/lti/login", data=form)) == "platform_unknown"


def test_the_client_id_may_be_left_out_where_it_is_clear(forge: Forge) -> None:
    form = {name: value for name, value in LOGIN.items() if name != "client_id"}
    assert forge.browser.post("/lti/login", data=form, headers=TOP).status_code == 302
    Forge(forge.app, forge.browser, client_id="second").connect()
    forge.services.launches.registry._kept.clear()
    assert reason_in(forge.browser.post("/lti/login", data=form)) == "client_id_missing"


def test_a_disabled_platform_starts_no_login(forge: Forge) -> None:
    forge.services.platforms.set_disabled(forge.registration_id, disabled=True)
    assert reason_in(forge.browser.post("/lti/login", data=LOGIN)) == "platform_disabled"


@pytest.mark.parametrize("path", ["/lti/login", "/lti/launch"])
@pytest.mark.parametrize(
    "form", [{"oauth_consumer_key": "key"}, {"lti_version": "LTI-1p0", "user_id": "1"}]
)
def test_the_old_protocol_is_recognised(
    client: FlaskClient, path: str, form: dict[str, str]
) -> None:
    assert reason_in(client.post(path, data=form)) == "lti_1_1"


def test_somebody_who_just_opens_the_launch_address(client: FlaskClient) -> None:
    assert reason_in(client.get("/lti/launch")) == "direct_visit"
    assert reason_in(client.post("/lti/launch")) == "direct_visit"
    assert reason_in(client.get("/lti/launch?error=access_denied")) == "platform_error"


def test_a_launch_in_an_address_does_not_count(forge: Forge) -> None:
    begun = forge.login()
    query = {"id_token": forge.token(forge.claims(begun.nonce)), "state": begun.state}
    assert reason_in(forge.browser.get("/lti/launch", query_string=query)) == "direct_visit"
    posted = forge.browser.post("/lti/launch", query_string=query)
    assert reason_in(posted) == "direct_visit"


@pytest.mark.parametrize(
    ("error", "words"),
    [("login_required", "no longer signed in"), ("access_denied", "did not let you in")],
)
def test_an_error_answer_of_the_platform(client: FlaskClient, error: str, words: str) -> None:
    form = {"error": error, "error_description": "<b>no</b>", "state": "x"}
    response = client.post("/lti/launch", data=form)
    assert reason_in(response) == "platform_error"
    assert words in response.text
    assert "<b>no</b>" not in response.text


def test_pages_around_a_launch_speak_the_reader_s_language_and_are_not_kept(app: Flask) -> None:
    response = app.test_client().get("/lti/launch", headers={"Accept-Language": "ar,en;q=0.5"})
    assert 'lang="ar" dir="rtl"' in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "X-Frame-Options" not in response.headers
