"""Connecting an LMS: the one-time link, the confirm page, the registration, the close message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask, redirect
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from lti_tool import clock
from lti_tool.errors import RegistrationRefused
from lti_tool.models.keys import PlatformKeySet
from lti_tool.rules.vocabulary import DeploymentState, PlatformFamily
from lti_tool.sandbox.webpages import Page
from lti_tool.services.container import Services
from lti_tool.services.platforms.records import PlatformListing, PlatformValues, values_of
from tests.support.servers import Pair, running, tool_and_sandbox

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


def reopened(pair: Pair, invite: str, client_id: str) -> Page:
    """Open a link as an LMS does that offers to update the tool with this client_id."""
    told = {"link": invite, "client_id": client_id}
    return pair.walker.get(pair.walker.control("registration-link", told)["url"])


def update_link(pair: Pair) -> str:
    return pair.services.platforms.invite("Any name", updates=only_platform(pair).id)


def test_an_update_says_so_first_and_keeps_the_registration(pair: Pair) -> None:
    client_id = pair.connect("University")["client_id"]
    before = only_platform(pair)
    page = reopened(pair, update_link(pair), client_id)
    assert "This updates the connection “University”" in page.text
    assert "None of its addresses." in page.text
    done = pair.walker.submit(page, page.forms[0])
    assert "The connection is updated" in done.text
    assert only_platform(pair) == before


def test_an_update_brings_new_addresses_and_forgets_keys_and_tokens(pair: Pair) -> None:
    client_id = pair.connect("University")["client_id"]
    platform, services = only_platform(pair), pair.services
    new = platform.jwks_uri
    old = replace(values_of(platform), jwks_uri="http://localhost:1/old-keys")
    services.platforms.update(platform.id, platform.name, old)
    with services.db.write() as session:
        session.add(PlatformKeySet(registration_id=platform.id, keys={}, fetched_at=clock.now()))
    page = reopened(pair, update_link(pair), client_id)
    assert "http://localhost:1/old-keys" in page.text
    pair.walker.submit(page, page.forms[0])
    assert only_platform(pair).jwks_uri == new
    with services.db.read() as session:
        assert session.get(PlatformKeySet, platform.id) is None


def test_an_update_leaves_a_disabled_deployment_disabled(pair: Pair) -> None:
    client_id = pair.connect("University")["client_id"]
    platform = only_platform(pair)
    (deployment,) = platform.deployments
    state = DeploymentState.DISABLED
    pair.services.platforms.set_deployment(platform.id, deployment.deployment_id, state)
    page = reopened(pair, update_link(pair), client_id)
    pair.walker.submit(page, page.forms[0])
    assert [one.state for one in only_platform(pair).deployments] == [state]


def test_a_fresh_client_id_is_a_second_registration(pair: Pair) -> None:
    pair.connect("University")
    pair.walker.register(update_link(pair))
    pair.connect("Third")
    names = [one.name for one in pair.services.platforms.listing()]
    assert names == ["Any name", "Third", "University"]


def test_a_link_for_a_new_platform_never_changes_one_that_is_there(pair: Pair) -> None:
    client_id = pair.connect("University")["client_id"]
    before = only_platform(pair)
    pair.walker.control("personality", {"name": "sakai"})  # its token tells nothing
    page = reopened(pair, pair.services.platforms.invite("Somebody else"), client_id)
    assert "This updates" not in page.text
    refused = pair.walker.submit(page, page.forms[0])
    assert (refused.status, reason(refused.text)) == (400, "registration_known")
    assert "University" not in refused.text
    assert only_platform(pair) == before


def test_moodle_s_token_for_an_update_is_understood_before_anything_happens(pair: Pair) -> None:
    """It names the tool by its number there, which is the deployment, and not by its client_id."""
    client_id = pair.connect("University")["client_id"]
    plain = reopened(pair, pair.services.platforms.invite("Other"), client_id)
    assert reason(plain.text) == "registration_known"
    assert "University" in reopened(pair, update_link(pair), client_id).text


def test_an_update_link_does_not_open_for_another_platform(pair: Pair) -> None:
    theirs = pair.services.platforms.add(
        "Theirs",
        PlatformValues("https://theirs.example", "x", *["https://theirs.example/e"] * 3),
        (),
    )
    link = pair.services.platforms.invite("Theirs", updates=theirs)
    page = pair.walker.get(opened(pair, link))
    assert reason(page.text) == "invite_other_platform"
    assert pair.walker.control("tools") == []


def test_an_update_link_of_one_registration_cannot_change_its_neighbour(pair: Pair) -> None:
    """Two schools of one issuer (Canvas): each has its own client_id."""
    mine, theirs = pair.connect("Mine")["client_id"], pair.connect("Theirs")["client_id"]
    listed = {one.client_id: one for one in pair.services.platforms.listing()}
    link = pair.services.platforms.invite("Mine", updates=listed[mine].id)
    assert reason(reopened(pair, link, theirs).text) == "invite_other_platform"
    pair.walker.control("personality", {"name": "sakai"})  # its token tells nothing
    page = reopened(pair, link, theirs)
    refused = pair.walker.submit(page, page.forms[0])
    assert reason(refused.text) == "registration_known"
    assert {one.client_id: one for one in pair.services.platforms.listing()} == listed


def test_a_configuration_that_is_redirected_speaks_for_where_it_ends(pair: Pair) -> None:
    """An open redirect on the host of somebody's LMS must not speak for that LMS."""
    elsewhere = Flask("elsewhere")

    @elsewhere.get("/go")
    def go() -> Response:
        return redirect(f"{pair.sandbox_url}/.well-known/openid-configuration")

    services = pair.services
    with running(elsewhere) as url:
        told = {"url": f"{url}/go", "bearer": ""}
        found = services.platforms.configuration(invite_token(services), **told)
        assert found.issuer == pair.sandbox_url
        strict = replace(services.platforms, allow_local=False)
        with pytest.raises(RegistrationRefused, match="configuration_url_bad"):
            strict.configuration(invite_token(services), **told)


def invite_token(services: Services) -> str:
    return services.platforms.invite("University").rpartition("/")[2]


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


@pytest.mark.parametrize(
    ("personality", "family"),
    [
        ("sakai", PlatformFamily.SAKAI),
        ("blackboard", PlatformFamily.BLACKBOARD),
        ("d2l", PlatformFamily.D2L),
    ],
)
def test_other_platforms_are_connected(
    database_url: str, tmp_path: Path, personality: str, family: PlatformFamily
) -> None:
    with tool_and_sandbox(database_url, tmp_path, personality) as pair:
        tool = pair.connect("School")
        platform = only_platform(pair)
        assert (platform.family, platform.client_id) == (family, tool["client_id"])
        expected = "https://api.brightspace.com/auth/token" if personality == "d2l" else None
        assert platform.token_audience == expected


def test_the_audience_of_canvas_is_its_token_endpoint(canvas: Pair) -> None:
    """Its ``authorization_server`` is a bare host name, and refused as an audience."""
    canvas.connect("School")
    assert only_platform(canvas).token_audience is None


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
