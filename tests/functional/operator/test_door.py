"""Nobody comes into the console but by a link that a command on the server printed."""

from __future__ import annotations

import uuid
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.app import create_app, services_of
from lti_tool.models.operator import OperatorLink, OperatorSession
from lti_tool.views.pages.operator.blueprint import DOORS
from tests.functional.operator.conftest import Operator

CONSOLE = [
    ("GET", "/operator/"),
    ("GET", "/operator/connect"),
    ("GET", "/operator/keys"),
    ("GET", "/operator/outbox"),
    ("GET", "/operator/refusals"),
]


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Return endpoint, method and a filled-in path of every route of the console."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/operator"):
            continue
        values = {name: uuid.uuid4() for name in rule.arguments}
        path = adapter.build(rule.endpoint, values, method=None)
        found += [(rule.endpoint, m, path) for m in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return found


def path_of(link: str) -> str:
    return urlsplit(link).path


def test_no_route_opens_without_a_session(app: Flask) -> None:
    client, found = app.test_client(), routes(app)
    assert len(found) > 20
    for endpoint, method, path in found:
        answer = client.open(path, method=method, data={"csrf_token": "x"})
        assert answer.status_code == 403, (endpoint, method)
        assert "operator link" in answer.text
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_no_form_is_taken_without_its_token(operator: Operator) -> None:
    posts = [one for one in routes(operator.app) if one[1] == "POST"]
    assert len(posts) > 12
    for endpoint, _method, path in posts:
        for data in ({}, {"csrf_token": "forged"}):
            answer = operator.client.post(path, data=data)
            assert answer.status_code == 403, endpoint
    assert operator.get("/operator/").status == 200


def test_every_route_of_the_console_is_the_blueprint_s(app: Flask) -> None:
    found = {endpoint for endpoint, _method, _path in routes(app)}
    assert {endpoint.partition(".")[0] for endpoint in found} == {"operator"}
    assert found >= DOORS


def test_a_link_is_looked_at_freely_and_used_once(app: Flask) -> None:
    link = path_of(services_of(app).console.operators.link())
    first, second = (Operator(app, app.test_client()) for _ in range(2))
    for one in (first, second, first):
        assert one.get(link).status == 200
    assert first.send("csrf_token", action=link).text.count("Platforms")
    assert second.send("csrf_token", action=link).status == 403
    assert second.get("/operator/").status == 403
    assert second.get(link).status == 403


def test_a_link_expires(app: Flask) -> None:
    link = path_of(services_of(app).console.operators.link(hours=2))
    visitor = Operator(app, app.test_client())
    visitor.get(link)
    with time_machine.travel(clock.now() + timedelta(hours=2, seconds=1), tick=False):
        assert visitor.send("csrf_token", action=link).status == 403
        assert visitor.get(link).status == 403


def test_a_session_ends_by_rest_by_age_and_by_signing_out(app: Flask) -> None:
    idle, old, left = (Operator(app, app.test_client()).enter() for _ in range(3))
    now = clock.now()
    assert left.send("csrf_token", action="/leave").status == 200
    assert left.get("/operator/").status == 403
    for minutes in range(50, 8 * 60, 50):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert old.get("/operator/").status == 200
    with time_machine.travel(now + timedelta(hours=1, seconds=2), tick=False):
        assert idle.get("/operator/").status == 403
    with time_machine.travel(now + timedelta(hours=8, seconds=2), tick=False):
        assert old.get("/operator/").status == 403


def test_neither_link_nor_cookie_is_stored(operator: Operator) -> None:
    token = path_of(operator.services.console.operators.link()).rpartition("/")[2]
    cookie = operator.client.get_cookie("miroir-operator")
    assert cookie is not None
    with operator.services.db.read() as session:
        hashes = {*session.scalars(select(OperatorLink.token_hash))}
        hashes |= {*session.scalars(select(OperatorSession.secret_hash))}
    assert not hashes & {token, cookie.value}


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_the_cookie_is_kept_from_everybody_else(app: Flask, settings, scheme: str) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    served = create_app(replace(settings, base_url=f"{scheme}://miroir.example"))
    operators = services_of(served).console.operators
    link, client = path_of(operators.link()), served.test_client()
    page = client.get(link, base_url=f"{scheme}://miroir.example")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = client.post(link, data={"csrf_token": token}, base_url=f"{scheme}://miroir.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-miroir-operator=") is (scheme == "https")
    assert ("Secure" in cookie) is (scheme == "https")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    services_of(served).db.close()


def test_the_command_prints_the_link_last(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["operator", "link", "--hours", "3"])
    assert result.exit_code == 0
    link = result.output.splitlines()[-1]
    assert link.startswith("http://127.0.0.1:5000/operator/enter/")
    assert app.test_client().get(path_of(link)).status_code == 200


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_console_speaks_the_browser_s_language(operator: Operator, language: str) -> None:
    answer = operator.client.get("/operator/", headers={"Accept-Language": language})
    assert f'lang="{language}"' in answer.text
    assert ('dir="rtl"' in answer.text) is (language == "ar")
