"""Connecting platforms in the console: by a link, and by hand."""

from __future__ import annotations

import re

import pytest

from lti_tool.rules.vocabulary import PlatformFamily
from tests.factories.world import make_world
from tests.functional.operator.conftest import Operator

VALUES = {
    "name": "Edx",
    "family": "openedx",
    "issuer": "https://edx.example",
    "client_id": "client-1",
    "authorization_endpoint": "https://edx.example/auth",
    "token_endpoint": "https://edx.example/token",
    "jwks_uri": "https://edx.example/jwks",
    "deployments": "1\n\n 2 \n1",
}


def test_a_registration_link_is_shown_once(operator: Operator) -> None:
    operator.get("/operator/connect")
    page = operator.send("name", "hours", name="University", hours="24")
    link = re.search(r"http://127\.0\.0\.1:5000/lti/register/[\w-]+", page.text)
    assert link is not None
    path = link[0].removeprefix("http://127.0.0.1:5000")
    assert operator.client.get(path).status_code == 200
    page = operator.get("/operator/connect")
    assert "University" in page.text and link[0] not in page.text
    assert "does not work any more" in operator.send("csrf_token", action="/withdraw").text
    assert operator.client.get(path).status_code == 400


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("hours", "0"), ("hours", "soon")])
def test_a_link_that_cannot_be_made(operator: Operator, field: str, value: str) -> None:
    operator.get("/operator/connect")
    page = operator.send("name", "hours", **{"name": "University", field: value})
    assert page.status == 422
    assert f'id="f-{field}-error"' in page.html


def test_a_platform_is_connected_by_hand(operator: Operator) -> None:
    operator.get("/operator/connect/by-hand?family=openedx")
    page = operator.send("issuer", **VALUES)
    assert "The platform is connected." in page.text
    [platform] = operator.services.console.platforms.overview()
    assert platform.listing.family is PlatformFamily.OPENEDX
    assert {one.deployment_id for one in platform.deployments} == {"1", "2"}
    operator.get("/operator/connect/by-hand")
    page = operator.send("issuer", **VALUES)
    assert page.status == 422
    assert "connected already: “Edx”" in page.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("issuer", ""),
        ("client_id", "x" * 256),
        ("jwks_uri", "edx.example/jwks"),
        ("token_endpoint", "https://"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("authorization_endpoint", "https://edx.example/a b"),
        ("family", "fax"),
        ("deployments", "y" * 256),
    ],
)
def test_an_error_stands_beside_its_field(operator: Operator, field: str, value: str) -> None:
    operator.get("/operator/connect/by-hand")
    page = operator.send("issuer", **{**VALUES, field: value})
    assert page.status == 422
    assert f'id="f-{field}-error"' in page.html
    assert operator.services.console.platforms.overview() == []
    if field != "family":
        typed = dict(page.form("issuer").fields)
        others = {name for name in VALUES if name not in (field, "deployments")}
        assert {name: typed[name] for name in others} == {name: VALUES[name] for name in others}


@pytest.mark.parametrize("family", list(PlatformFamily))
def test_every_family_is_told_our_values(operator: Operator, family: PlatformFamily) -> None:
    text = operator.get("/operator/connect/by-hand", family=family.value).text
    base = operator.services.platforms.base_url
    for path in ("/lti/login", "/lti/launch", "/lti/jwks"):
        assert base + path in text
    custom = "context_history=$Context.id.history" in text
    assert custom is (family not in (PlatformFamily.CANVAS, PlatformFamily.OPENEDX))


def test_an_update_link_is_shown_once_and_is_for_its_platform_alone(operator: Operator) -> None:
    world = make_world(operator.services.db)
    where = f"/operator/platforms/{world.registration_id}"
    operator.get(where)
    page = operator.send("csrf_token", action="/update-link")
    link = re.search(r"http://127\.0\.0\.1:5000(/lti/register/[\w-]+)", page.text)
    assert link is not None
    invitation = operator.services.platforms.invitation(link[1].rsplit("/", 1)[-1])
    assert invitation.updates == "Library school"
    assert link[1] not in operator.get(where).text
    assert "(update)" in operator.get("/operator/connect").text


def test_where_nothing_registers_by_itself_no_update_link_is_offered(operator: Operator) -> None:
    operator.get("/operator/connect/by-hand?family=openedx")
    page = operator.send("issuer", **VALUES)
    assert "Correct these values" in page.text and "update link" not in page.text
