"""Connecting an LMS: the one-time link, the confirm page, the registration, the close message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from lti_tool import clock
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.services.container import Services
from lti_tool.services.platform_records import PlatformListing
from tests.support.servers import Pair, tool_and_sandbox

REASON = re.compile(r"Reason: (?:<bdi[^>]*>)?(\w+)")


def only_platform(pair: Pair) -> PlatformListing:
    (platform,) = pair.services.platforms.listing()
    return platform


def opened(pair: Pair, invite: str) -> str:
    """Return the address that the LMS opens for its administrator."""
    return str(pair.walker.control("registration-link", {"link": invite})["url"])


def reason(text: str) -> str:
    found = REASON.search(text)
    assert found is not None, text
    return found[1]


def test_a_platform_is_connected_by_its_link(pair: Pair) -> None:
    tool = pair.connect("University")
    platform = only_platform(pair)
    assert (platform.name, platform.issuer) == ("University", pair.sandbox_url)
    assert platform.client_id == tool["client_id"]
    assert platform.family is PlatformFamily.MOODLE
    assert [one.state.value for one in platform.deployments] == ["approved"]
    assert tool["redirect_uris"] == [f"{pair.tool_url}/lti/launch"]
    assert tool["custom"]["context_history"] == "$Context.id.history"


def test_the_administrator_sees_what_is_asked_before_anything_happens(pair: Pair) -> None:
    page = pair.walker.get(opened(pair, pair.services.platforms.invite("University")))
    assert page.status == 200
    for words in ("University", pair.sandbox_url, "moodle", "No e-mail addresses", "gradebook"):
        assert words in page.text
    assert pair.walker.control("tools") == []
    done = pair.walker.submit(page, page.forms[0])
    assert "is registered" in done.text
    assert "js/lti/close.js" in done.html
    assert len(pair.walker.control("tools")) == 1


def test_a_link_works_once(pair: Pair) -> None:
    invite = pair.services.platforms.invite("University")
    pair.walker.register(invite)
    page = pair.walker.get(opened(pair, invite))
    assert (page.status, reason(page.text)) == (400, "invite_used")
    assert len(pair.services.platforms.listing()) == 1


def test_a_link_expires_and_cannot_be_guessed(client: FlaskClient, services: Services) -> None:
    path = services.platforms.invite("University", hours=1).removeprefix("http://127.0.0.1:5000")
    query = {"openid_configuration": "http://localhost:1/"}
    assert reason(client.get("/lti/register/guess").text) == "invite_unknown"
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        assert reason(client.get(path, query_string=query).text) == "invite_expired"
        assert reason(client.post(path, data=query).text) == "invite_expired"


def test_a_link_that_failed_still_works(pair: Pair) -> None:
    invite = pair.services.platforms.invite("University")
    pair.walker.control("switches", {"area": "registration", "fault": "error", "remaining": 1})
    page = pair.walker.get(opened(pair, invite))
    assert reason(page.text) == "platform_failed"
    page = pair.walker.get(opened(pair, invite))
    pair.walker.control("switches", {"area": "registration", "fault": "html", "remaining": 2})
    failed = pair.walker.submit(page, page.forms[0])
    assert failed.status == 400
    pair.walker.control("switches", None, "DELETE")
    assert pair.walker.register(invite)["active"]


def test_the_platform_s_token_works_once(pair: Pair) -> None:
    url = opened(pair, pair.services.platforms.invite("First"))
    page = pair.walker.get(url)
    pair.walker.submit(page, page.forms[0])
    token = url.partition("?")[2]
    again = pair.walker.get(f"{pair.services.platforms.invite('Second')}?{token}")
    refused = pair.walker.submit(again, again.forms[0])
    assert reason(refused.text) == "platform_failed"
    assert "invalid_token" in refused.text


def test_registering_again_changes_the_registration_that_is_there(pair: Pair) -> None:
    client_id = pair.connect("University")["client_id"]
    invite = pair.services.platforms.invite("University, renamed")
    told = {"link": invite, "client_id": client_id}
    page = pair.walker.get(pair.walker.control("registration-link", told)["url"])
    pair.walker.submit(page, page.forms[0])
    assert only_platform(pair).name == "University, renamed"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ftp://lms.example/", "configuration_url_bad"),
        ("not a url", "configuration_url_bad"),
        ("http://169.254.169.254/latest/meta-data", "platform_failed"),
        ("http://127.0.0.1:9/", "platform_failed"),
    ],
)
def test_bad_configuration_addresses(
    client: FlaskClient, services: Services, url: str, expected: str
) -> None:
    path = services.platforms.invite("University").removeprefix("http://127.0.0.1:5000")
    response = client.get(path, query_string={"openid_configuration": url})
    assert (response.status_code, reason(response.text)) == (400, expected)


def test_whoever_opens_the_link_by_hand_is_told_what_to_do(
    client: FlaskClient, services: Services
) -> None:
    link = services.platforms.invite("University")
    page = client.get(link.removeprefix("http://127.0.0.1:5000"))
    assert page.status_code == 200
    assert link in page.text
    assert "http://127.0.0.1:5000/lti/jwks" in page.text
    assert client.get("/lti/register").status_code == 200


@pytest.fixture
def canvas(database_url: str, tmp_path: Path) -> Iterator[Pair]:
    with tool_and_sandbox(database_url, tmp_path, "canvas") as served:
        yield served


def test_canvas_wants_its_token_early_and_names_no_deployment(canvas: Pair) -> None:
    tool = canvas.connect("School")
    platform = only_platform(canvas)
    assert platform.family is PlatformFamily.CANVAS
    assert platform.issuer == "https://canvas.instructure.com"
    assert platform.deployments == ()
    link = canvas.walker.control("links", {"client_id": tool["client_id"]})
    canvas.walker.be("amina")
    assert "/s/" in canvas.walker.launch(link["id"]).url
    assert [one.state.value for one in only_platform(canvas).deployments] == ["approved"]


def test_what_platforms_read_of_us(client: FlaskClient) -> None:
    keys = client.get("/lti/jwks")
    assert keys.headers["Cache-Control"] == "public, max-age=3600"
    (key,) = keys.get_json()["keys"]
    assert (key["kty"], key["alg"], key["use"], len(key["kid"])) == ("RSA", "RS256", "sig", 43)
    assert set(key) == {"kty", "alg", "use", "kid", "n", "e"}
    assert client.get("/lti/config.json").get_json()["title"] == "Miroir"
