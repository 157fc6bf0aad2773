"""What browsers may do with our answers, on every route and for every outcome.

Driven by the application's own list of routes: a new route cannot escape.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool.rules.vocabulary import SessionKind
from lti_tool.services.container import Services
from tests.factories.world import World, make_world

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "unsafe-none",
}
PLATFORM = "https://lms.example"
KEPT_A_WHILE = {"/lti/jwks", "/lti/config.json", "/credentials/keys"}
SAMPLES = {"string": "x", "default": "x", "path": "css/tokens.css", "int": "1"} | {
    "uuid": str(uuid.UUID(int=1))
}


@pytest.fixture
def world(services: Services) -> World:
    services.frameworks.install_builtin()
    return make_world(services.db)


def address(rule: Rule, handle: str) -> str:
    """Return an address of the rule, with this handle and things that there are not."""

    def sample(found: re.Match[str]) -> str:
        kind, choices = found[1] or "default", found[2] or ""
        return choices.split(",")[0].strip("'\" ") if kind == "any" else SAMPLES[kind]

    path = rule.rule.replace("<handle>", handle)
    return re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>", sample, path)


def answers(app: Flask, handle: str) -> Iterator[tuple[str, TestResponse]]:
    """Return an answer of every route and method."""
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            path = address(rule, handle)
            yield f"{method} {path}", client.open(path, method=method, buffered=True)


def directives(response: TestResponse) -> dict[str, str]:
    policy = response.headers["Content-Security-Policy"]
    return {part.split(" ", 1)[0]: part.split(" ", 1)[-1] for part in policy.split("; ")}


def test_every_answer_is_guarded(app: Flask, world: World) -> None:
    handle = world.handle(world.educator)
    for asked, response in answers(app, handle):
        told = {name: response.headers.get_all(name) for name in ALWAYS}
        assert told == {name: [value] for name, value in ALWAYS.items()}, asked
        assert "X-Frame-Options" not in response.headers, asked
        assert len(response.headers.get_all("Content-Security-Policy")) == 1, asked
        policy = directives(response)
        assert policy["default-src"] == policy["base-uri"] == "'none'", asked
        assert policy["script-src"] == policy["style-src"] == "'self'", asked
        assert response.headers["Permissions-Policy"], asked


def test_nothing_of_ours_is_kept_but_files_and_keys(app: Flask, world: World) -> None:
    for asked, response in answers(app, world.handle(world.educator)):
        path = asked.split(" ")[1]
        if not path.startswith("/static/") and path not in KEPT_A_WHILE:
            assert "no-store" in response.headers["Cache-Control"], asked


@pytest.mark.parametrize("kind", [SessionKind.RESOURCE_LINK, SessionKind.DEEP_LINKING])
def test_only_the_platform_frames_a_session(app: Flask, world: World, kind: SessionKind) -> None:
    opened = 0
    for asked, response in answers(app, world.handle(world.educator, kind)):
        if "/s/" in asked and response.status_code not in (404, 405):
            opened += 1
            assert directives(response)["frame-ancestors"] == f"'self' {PLATFORM}", asked
    assert opened > 5


def test_that_a_session_is_over_can_be_read_in_the_course_s_frame(app: Flask) -> None:
    """Browsers show an error of their own in place of a page that may not be framed."""
    response = app.test_client().get("/s/unknown/")
    assert response.status_code == 410
    assert directives(response)["frame-ancestors"] == "'self' https: http:"
    assert "<form" not in response.text and '<a class="btn' not in response.text
