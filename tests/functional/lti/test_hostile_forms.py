"""Logins, binding pages and registration links with whatever somebody types into an address."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from lti_tool.models.launches import LaunchSession
from tests.support.forge import Forge
from tests.support.hostile import FAST, HALF, TEXTS, logged, refused, sessions

LOGIN = {
    "iss": "https://lms.example",
    "login_hint": "hint",
    "target_link_uri": "http://127.0.0.1:5000/lti/launch",
    "lti_message_hint": "{}",
    "client_id": "miroir-client",
    "lti_deployment_id": "1",
    "lti_storage_target": "_parent",
}
LAUNCH = {
    "id_token": "a.b.c",
    "state": "s",
    "error": "x",
    "error_description": "y",
    "lti_version": "",
}
FORMS = {
    "/lti/bind": {"ticket": "t", "secret": "s", "source": "own_storage"},
    "/lti/confirm": {"ticket": "t"},
    "/lti/confirmed": {"ticket": "t", "proof": "p"},
}
SENDABLE = [text for text in TEXTS if HALF not in text]
BYTES = (b"\xff\xfe", b"%00", b"%ff%fe", b"%ed%a0%80", b"%", b"a=b;c=d", b"&&&===", b"[]=1&[]=2")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(SENDABLE)
PATHS = ["/lti/login", "/lti/launch", *FORMS]


def check(forge: Forge, before: int, answer: TestResponse) -> None:
    """Check that nothing broke and no session came of it."""
    assert answer.status_code < 500, answer.text[:2000]
    assert sessions(forge) == before
    assert "<script>alert" not in answer.text
    assert "Set-Cookie: b=c" not in str(answer.headers)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", LOGIN)
def test_a_login_with_something_odd(shared: Forge, name: str, method: str) -> None:
    before = sessions(shared)
    for value in SENDABLE:
        told = {**LOGIN, name: value}
        where = "query_string" if method == "GET" else "data"
        for headers in ({}, {"Sec-Fetch-Dest": "document"}):
            sent: dict[str, Any] = {where: told, "headers": headers}
            with logged() as lines:
                answer = shared.browser.open("/lti/login", method=method, **sent)
            check(shared, before, answer)
            if answer.status_code >= 400:
                assert refused(answer, lines) in ("platform_unknown", "login_incomplete")


@pytest.mark.parametrize("name", LAUNCH)
def test_a_launch_form_with_something_odd(shared: Forge, name: str) -> None:
    before = sessions(shared)
    for value in SENDABLE:
        for told in ({**LAUNCH, name: value}, {name: value}, {name: [value, value]}):
            with logged() as lines:
                answer = shared.browser.post("/lti/launch", data=told)
            check(shared, before, answer)
            refused(answer, lines)


@pytest.mark.parametrize("path", FORMS)
def test_a_binding_form_with_something_odd(shared: Forge, path: str) -> None:
    before = sessions(shared)
    for name in FORMS[path]:
        for value in (*SENDABLE, None):
            told = {
                key: one for key, one in {**FORMS[path], name: value}.items() if one is not None
            }
            answer = shared.browser.post(path, data=told)
            check(shared, before, answer)
            assert 400 <= answer.status_code < 500
    with shared.services.db.read() as session:
        assert (
            session.query(LaunchSession).filter(LaunchSession.bound_by == "own_storage").count()
            == 0
        )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("raw", BYTES)
def test_bytes_that_are_no_form(shared: Forge, path: str, raw: bytes) -> None:
    before = sessions(shared)
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")
    for kind in (*kinds, "application/json", "multipart/form-data", "\x7f"):
        answer = shared.browser.post(path, data=raw, content_type=kind)
        check(shared, before, answer)
        assert answer.status_code >= 400
    address = f"{path}?iss={raw.decode('latin-1')}"
    assert shared.browser.get(address).status_code in (400, 403, 404, 405)


@pytest.mark.parametrize("path", PATHS)
def test_a_form_that_is_too_large(shared: Forge, path: str) -> None:
    before = sessions(shared)
    answer = shared.browser.post(path, data={"id_token": "x" * 3_000_000, "iss": "y"})
    check(shared, before, answer)
    assert answer.status_code == 413
    many = "&".join(f"f{number}=1" for number in range(3_000))
    answer = shared.browser.post(path, data=many, content_type="application/x-www-form-urlencoded")
    check(shared, before, answer)


@pytest.mark.parametrize("path", PATHS)
def test_a_file_where_a_text_belongs(shared: Forge, path: str) -> None:
    before = sessions(shared)
    for name in (*LOGIN, *LAUNCH, "ticket", "secret", "proof"):
        file = (__import__("io").BytesIO(b"\x00\xff"), "a\x00b")
        answer = shared.browser.post(path, data={name: file})
        check(shared, before, answer)
        assert answer.status_code >= 400


@pytest.mark.parametrize("name", ["openid_configuration", "registration_token"])
def test_a_registration_link_with_something_odd(shared: Forge, name: str) -> None:
    path = shared.services.platforms.invite("University").removeprefix("http://127.0.0.1:5000")
    told = {"openid_configuration": "http://127.0.0.1:9/", "registration_token": "t"}
    for value in SENDABLE:
        answers = (
            shared.browser.get(path, query_string={**told, name: value}),
            shared.browser.post(path, data={**told, name: value}),
        )
        for answer in answers:
            assert answer.status_code < 500
            assert answer.status_code >= 400 or value == ""
            assert "<script>alert" not in answer.text
    assert len(shared.services.platforms.listing()) == 1


@pytest.mark.parametrize("invite", ["%00", "%ff", "a%0d%0ab", "x" * 5_000, "%F0%9F%92%A9", "..%2f"])
def test_an_invitation_that_nobody_gave(shared: Forge, invite: str) -> None:
    query = {"openid_configuration": "https://lms.example/"}
    answer = shared.browser.get(f"/lti/register/{invite}", query_string=query)
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "handle", ["%00", "%ff", "x" * 5_000, "a%0d%0ab", "..%2f..", "é", "%F0%9F"]
)
def test_a_handle_that_nobody_gave(shared: Forge, handle: str) -> None:
    for path in ("/", "/name", "/about"):
        assert shared.browser.get(f"/s/{handle}{path}").status_code in (404, 410)


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5_000, "é", '"', "a,b;c", "\x7f"])
def test_a_cookie_that_is_not_ours(shared: Forge, cookie: str) -> None:
    before, browser = sessions(shared), shared.app.test_client()
    header = {"Cookie": f"__Host-ltib={cookie}; __Host-ltibp={cookie}"}
    top = {**header, "Sec-Fetch-Dest": "document"}
    answer = browser.post("/lti/login", data=LOGIN, headers=top)
    assert answer.status_code == 302
    for path, form in FORMS.items():
        check(shared, before, browser.post(path, data=form, headers=header))


@FAST
@given(path=st.sampled_from(PATHS), form=st.dictionaries(st.sampled_from([*LOGIN, *LAUNCH]), TEXT))
def test_any_form(shared: Forge, path: str, form: dict[str, str]) -> None:
    before = sessions(shared)
    check(shared, before, shared.browser.post(path, data=form))
    check(shared, before, shared.browser.get(path, query_string=form))
