"""Failures 3 to 6, 13 and 15, 16: how platform and tool are set up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine

from config.settings import BadSetting, Settings
from lti_tool import clock
from lti_tool.app import create_app, services_of
from lti_tool.models.people import Membership
from lti_tool.rules.vocabulary import DeploymentState, Role
from tests.functional.failures.conftest import ADMIN, OPERATOR, Explained, Suite
from tests.support.forge import Forge


def test_03_small_differences_of_clocks_do_not_matter(suite: Suite) -> None:
    for offset in (-25, 25):
        suite.pair.tamper(issued_at_offset=offset)
        assert suite.launch().status == 200


@pytest.mark.parametrize(
    ("order", "reason", "words"),
    [
        ({"issued_at_offset": 7200}, "token_from_future", "ahead of ours by 2 hours"),
        ({"issued_at_offset": -7200}, "token_too_old", "was made 2 hours ago"),
        ({"expires_at_offset": -7200}, "token_expired", "not been valid for 2 hours"),
    ],
)
def test_03_a_wrong_clock_is_told_and_by_how_much(
    suite: Suite, explained: Explained, order: dict[str, int], reason: str, words: str
) -> None:
    suite.pair.tamper(**order)
    line = explained(suite.launch(), reason, ADMIN, "The clocks do not agree", words)
    ((name, offset),) = order.items()
    logged = line["iat_offset" if name.startswith("issued") else "exp_offset"]
    assert abs(logged - offset) < 5


def test_04_one_redirect_uri_shown_sent_and_registered_alike(suite: Suite) -> None:
    exact = f"{suite.pair.tool_url}/lti/launch"
    shown = requests.get(f"{suite.pair.tool_url}/lti/register", timeout=10).text
    assert f">{exact}</code>" in shown
    (tool,) = suite.pair.walker.control("tools")
    assert tool["redirect_uris"] == [exact]
    suite.pair.walker.be("amina")
    suite.launch()
    entries = suite.pair.walker.control("log?area=launch")
    sent = [str(one["request"]) for one in entries if "redirect_uri" in str(one["request"])]
    assert sent and all(exact in one for one in sent)


@pytest.mark.parametrize("path", ["/lti/login/", "/lti/launch/"])
def test_04_a_slash_too_many_does_no_harm(suite: Suite, path: str) -> None:
    answer = requests.post(f"{suite.pair.tool_url}{path}", timeout=10, allow_redirects=False)
    assert answer.status_code == 400
    assert "Reason" in answer.text


def test_05_our_addresses_come_from_the_setting_only(settings: Settings) -> None:
    public = replace(settings, base_url="https://miroir.example", allow_local_platforms=False)
    app = create_app(public)
    forge = Forge(app, app.test_client()).connect()
    told = {"iss": forge.issuer, "login_hint": "1", "target_link_uri": "http://elsewhere.example"}
    spoofed = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "Sec-Fetch-Dest": "document",
    }
    answer = forge.browser.post("/lti/login", data=told, headers=spoofed)
    sent = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert sent["redirect_uri"] == ["https://miroir.example/lti/launch"]
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies and all("; Secure;" in cookie for cookie in cookies)
    services_of(app).db.close()


def test_05_plain_http_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIROIR_BASE_URL", "http://miroir.example")
    monkeypatch.setenv("MIROIR_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("MIROIR_DATA_DIR", str(tmp_path))
    with pytest.raises(BadSetting, match="https://"):
        Settings.read(tmp_path / "none")


def test_06_an_unknown_deployment_waits_and_is_let_in(suite: Suite, explained: Explained) -> None:
    suite.pair.tamper(set={"deployment_id": "another school"})
    line = explained(
        suite.launch(), "deployment_pending", OPERATOR, "waiting for approval", status=403
    )
    assert line["deployment_id"] == "another school"
    platforms = suite.pair.services.platforms
    (platform,) = platforms.listing()
    platforms.set_deployment(platform.id, "another school", DeploymentState.APPROVED)
    suite.pair.tamper(set={"deployment_id": "another school"})
    assert suite.launch().status == 200


def test_06_a_platform_that_nobody_connected(suite: Suite, explained: Explained) -> None:
    suite.pair.walker.control("tamper-login", {"set": {"iss": "https://nobody.example"}})
    page = suite.launch()
    line = explained(page, "platform_unknown", OPERATOR, "is not connected", status=403)
    assert line["iss"] == "https://nobody.example"


def test_13_a_rotated_key_is_fetched(suite: Suite) -> None:
    assert suite.launch().status == 200
    suite.pair.walker.control("keys/rotate", {"keep_old": False})
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert suite.launch().status == 200


def test_13_our_next_key_is_published_before_it_signs(suite: Suite) -> None:
    keys = suite.pair.services.keys
    old = keys.current().kid
    new = keys.rotate().kid
    published = requests.get(f"{suite.pair.tool_url}/lti/jwks", timeout=10).json()["keys"]
    assert {key["kid"] for key in published} == {old, new}
    assert keys.current().kid == old
    with time_machine.travel(clock.now() + timedelta(days=6)):
        assert keys.current().kid == old
    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert keys.current().kid == new


@pytest.mark.parametrize(
    ("roles", "role", "words"),
    [
        (["Instructor"], Role.EDUCATOR, "You are here as an educator"),
        (["Instructor#TeachingAssistant"], Role.TUTOR, "You are here as a tutor"),
        (["Mentor"], Role.TUTOR, "You are here as a tutor"),
        (["Learner"], Role.LEARNER, "You are here as a learner"),
        (["Dean"], Role.PARTICIPANT, "sent no role that we know"),
        ([], Role.PARTICIPANT, "sent no role that we know"),
    ],
)
def test_15_who_is_told_why_they_are_here_as_what(
    suite: Suite, roles: list[str], role: Role, words: str
) -> None:
    suite.pair.tamper(set={"roles": roles})
    page = suite.launch("frances")
    assert suite.viewer(page).role is role
    about = suite.pair.walker.get(f"{page.url.partition('/s/')[0]}/s/{handle(page)}/about")
    assert about.status == 200
    assert words in about.text
    assert all(sent in about.text for sent in roles)


def test_15_a_teacher_whom_moodle_lists_as_a_learner_is_told(suite: Suite) -> None:
    (newest,) = suite.pair.walker.control("people", {"count": 1, "role": "educator"})["made"]
    page = suite.launch(newest)
    viewer = suite.viewer(page)
    assert viewer.role is Role.EDUCATOR
    with suite.pair.services.db.write() as session:
        session.get_one(Membership, viewer.membership_id).role = Role.TUTOR
    about = suite.pair.walker.get(f"{suite.pair.tool_url}/s/{handle(page)}/about")
    assert "You are here as a tutor" in about.text
    assert "does not edit the course" in about.text


def handle(page: object) -> str:
    return str(page.url).partition("/s/")[2].partition("/")[0]  # type: ignore[attr-defined]


def test_16_without_a_name_the_setting_is_named(suite: Suite) -> None:
    (newest,) = suite.pair.walker.control("people", {"count": 1})["made"]
    suite.pair.walker.control("persona", {"role": "student", "variant": "no_pii"})
    page = suite.launch(newest)
    assert "What shall we call you?" in page.text
    about = suite.pair.walker.get(f"{suite.pair.tool_url}/s/{handle(page)}/about")
    assert "Share launcher's name" in about.text
