"""Platforms in the console: approving, switching off, correcting, and their clocks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lti_tool import clock
from lti_tool.models.keys import PlatformKeySet
from lti_tool.models.operator import PlatformClock
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import ActivityState, DeploymentState
from tests.factories.world import make_world
from tests.functional.operator.conftest import Operator
from tests.support.forge import Forge, handle_in, reason_in
from tests.support.queries import counted


def page_of(forge: Forge) -> str:
    return f"/operator/platforms/{forge.registration_id}"


def test_a_waiting_deployment_is_approved_in_one_click(operator: Operator, forge: Forge) -> None:
    assert reason_in(forge.launch(DEPLOYMENT_ID="2")) == "deployment_pending"
    assert "1 deployment waits for your approval" in operator.get("/operator/").text
    page = operator.send("state", action="/deployments/", state="approved")
    assert "The deployment is approved." in page.text
    assert handle_in(forge.launch(DEPLOYMENT_ID="2"))
    assert "waits for your approval" not in operator.get("/operator/").text


def test_a_deployment_is_switched_off_and_added(operator: Operator, forge: Forge) -> None:
    operator.get(page_of(forge))
    operator.send("state", action="/deployments/", state="disabled")
    assert reason_in(forge.launch()) == "deployment_disabled"
    assert "Please fill this in." in operator.send("deployment_id", deployment_id=" ").text
    operator.send("deployment_id", deployment_id="7")
    states = {
        one.deployment_id: one.state
        for one in operator.services.console.platforms.platform(forge.registration_id).deployments
    }
    assert states == {"1": DeploymentState.DISABLED, "7": DeploymentState.APPROVED}


def test_a_platform_is_switched_off_and_on(operator: Operator, forge: Forge) -> None:
    operator.get(page_of(forge))
    page = operator.send("disabled", action="/state")
    assert "nobody can launch from it" in page.text
    forge.services.launches.registry._kept.clear()
    form = {"iss": forge.issuer, "login_hint": "x", "target_link_uri": "x"}
    assert reason_in(forge.browser.post("/lti/login", data=form)) == "platform_disabled"
    assert "may launch again" in operator.send("disabled", action="/state").text
    assert handle_in(forge.launch())


def test_name_and_frames(operator: Operator, forge: Forge) -> None:
    operator.get(page_of(forge))
    assert "Library School" in operator.send("name", action="/name", name="Library School").text
    page = operator.send("frame_origins", frame_origins="https://a.example\nnot an address")
    assert page.status == 422
    assert "not an address" in dict(page.form("frame_origins").fields)["frame_origins"]
    assert "without a path: not an address" in page.text
    operator.send("frame_origins", frame_origins="https://a.example/\n\nhttps://b.example")
    with operator.services.db.read() as session:
        kept = session.scalars(select(Registration.frame_origins)).one()
    assert kept == ["https://a.example", "https://b.example"]


def test_addresses_are_corrected_and_old_keys_forgotten(operator: Operator, forge: Forge) -> None:
    assert handle_in(forge.launch())
    operator.get(f"{page_of(forge)}/values")
    assert not operator.page.form("jwks_uri").names & {"issuer", "client_id"}
    assert operator.send("jwks_uri", jwks_uri="lms.example").status == 422
    operator.send("jwks_uri", jwks_uri="https://keys.example/jwks", family="moodle")
    with operator.services.db.read() as session:
        changed = session.scalars(select(Registration)).one()
        assert session.scalars(select(PlatformKeySet)).all() == []
    assert (changed.jwks_uri, changed.issuer) == ("https://keys.example/jwks", forge.issuer)


def test_the_identity_of_an_unused_platform_is_corrected(operator: Operator, forge: Forge) -> None:
    other = Forge(forge.app, forge.browser, client_id="other").connect()
    operator.get(f"/operator/platforms/{other.registration_id}/values")
    page = operator.send("client_id", client_id=forge.client_id)
    assert "connected already: “Forged LMS”" in page.text
    page = operator.send("client_id", client_id="corrected", name="Corrected")
    assert "Saved." in page.text and "corrected" in page.text


def test_a_launch_tells_the_clock_once_an_hour(operator: Operator, forge: Forge) -> None:
    assert handle_in(forge.launch())
    page = operator.get(page_of(forge))
    assert "the same as ours" in page.text and "Last launch" in page.text
    with counted(forge.services.db) as statements:
        assert handle_in(forge.launch())
    assert not [one for one in statements if "platform_clocks" in one]
    now = clock.now()
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        assert handle_in(forge.launch(iat=clock.now().timestamp() + 25))
        assert "25 seconds ahead" in operator.get(page_of(forge)).text


def test_a_launch_that_is_refused_tells_the_clock_too(operator: Operator, forge: Forge) -> None:
    now = int(clock.now().timestamp())
    assert reason_in(forge.launch(iat=now + 120, exp=now + 180)) == "token_from_future"
    text = operator.get(page_of(forge)).text
    assert "seconds ahead" in text and "launch refused" in text


def test_an_unsigned_launch_tells_nothing_of_the_clock(operator: Operator, forge: Forge) -> None:
    begun = forge.login()
    claims = forge.claims(begun.nonce, iat=1)
    forge.post(forge.token(claims)[:-8] + "AAAAAAAA", begun.state)
    with operator.services.db.read() as session:
        assert session.scalars(select(PlatformClock)).all() == []


def test_the_list_shows_courses_and_no_people(operator: Operator) -> None:
    world = make_world(operator.services.db)
    for path in ("/operator/", f"/operator/platforms/{world.registration_id}"):
        text = operator.get(path).text
        assert "1 course" in text or "Courses 1" in text
        assert not [one.name for one in world.learners if one.name in text]


@pytest.mark.parametrize(("state", "shown"), [("published", 1), ("draft", 0), ("archived", 0)])
def test_only_open_activities_are_counted(operator: Operator, state: str, shown: int) -> None:
    world = make_world(operator.services.db, state=ActivityState(state))
    page = operator.get(f"/operator/platforms/{world.registration_id}")
    assert re.search(rf"Open activities\s+{shown}\b", page.text)


@pytest.mark.parametrize("part", ["", "/values", "/test"])
def test_an_unknown_platform_is_not_found(operator: Operator, part: str) -> None:
    path = f"/operator/platforms/00000000-0000-4000-8000-000000000000{part}"
    assert operator.get(path).status == 404
    assert "There is nothing here" in operator.page.text


def test_a_deployment_of_another_platform_is_not_touched(operator: Operator, forge: Forge) -> None:
    other = Forge(forge.app, forge.browser, client_id="other").connect()
    deployment = operator.services.console.platforms.platform(other.registration_id).deployments[0]
    operator.get(page_of(forge))
    token = dict(operator.page.form("csrf_token").fields)["csrf_token"]
    path = f"{page_of(forge)}/deployments/{deployment.id}"
    answer = operator.client.post(path, data={"csrf_token": token, "state": "disabled"})
    assert answer.status_code == 404
