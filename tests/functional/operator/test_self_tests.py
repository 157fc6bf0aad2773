"""The self-test against a sandbox of each kind, in order and with each thing wrong on purpose."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.models.people import Context, Membership
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.vocabulary import DeploymentState, Role
from tests.functional.operator.conftest import Operator
from tests.support.servers import Pair


def connected(pair: Pair) -> uuid.UUID:
    """Connect the sandbox and launch once as a learner, so that a course and a column are known."""
    client_id = pair.connect()["client_id"]
    column = {"label": "Reflect", "scoreMaximum": 100}
    link = pair.walker.control(
        "links", {"client_id": client_id, "title": "Reflect", "line_item": column}
    )
    pair.walker.be("amina")
    pair.walker.launch(link["id"])
    return pair.services.platforms.listing()[0].id


def operator_of(pair: Pair) -> Operator:
    return Operator(pair.tool, pair.tool.test_client()).enter()


def codes(pair: Pair, registration_id: uuid.UUID) -> dict[str, tuple[str, str]]:
    report = pair.services.console.self_tests.run(registration_id)
    return {one.check.value: (one.result.value, one.code) for one in report.findings}


def test_all_is_in_order(pair: Pair) -> None:
    registration_id = connected(pair)
    found = codes(pair, registration_id)
    assert found.pop("own_address") == ("warn", "not_https")
    assert set(found.values()) == {("ok", "ok")}, found


def test_a_newer_course_that_was_deleted_is_not_asked(pair: Pair) -> None:
    registration_id = connected(pair)
    with pair.services.db.write() as session:
        here = session.scalars(select(Context).where(Context.memberships_url != "")).one()
        gone = Context(
            deployment_id=here.deployment_id,
            lti_id="gone",
            memberships_url=f"{pair.sandbox_url}/gone",
            created_at=clock.now() + timedelta(hours=1),
        )
        session.add(gone)
        session.flush()
        someone = session.scalars(select(Membership).where(Membership.context_id == here.id)).one()
        last = someone.last_seen_at - timedelta(minutes=1)
        member = Membership(context_id=gone.id, user_id=someone.user_id, role=Role.LEARNER)
        member.launched_role, member.last_seen_at = Role.LEARNER, last
        session.add(member)
    assert codes(pair, registration_id)["roster"] == ("ok", "ok")


def test_the_page_says_it_in_words_and_keeps_it(pair: Pair) -> None:
    registration_id, operator = connected(pair), operator_of(pair)
    operator.get(f"/operator/platforms/{registration_id}/test")
    page = operator.send("csrf_token", action="/test")
    for told in ("All services that Miroir uses are granted.", "The LMS's clock is", "/lti/jwks"):
        assert told in page.text
    assert "access_token" not in page.html and "Amina" not in page.html
    assert "Self-test: 1 thing to look at" in operator.get("/operator/").text


FAULTS = [
    ("jwks", "html", "key_set", "not_json"),
    ("jwks", "error", "key_set", "server_error"),
    ("jwks", "down", "key_set", "no_answer"),
    ("token", "error", "token", "server_error"),
    ("token", "html", "token", "not_json"),
    ("nrps", "reject_token", "roster", "unauthorized"),
    ("nrps", "html", "roster", "not_json"),
    ("ags", "reject_token", "line_item", "unauthorized"),
    ("ags", "rate_limit", "line_item", "rate_limited"),
]


def test_each_fault_is_told(pair: Pair) -> None:
    registration_id = connected(pair)
    for area, fault, check, code in FAULTS:
        pair.walker.control("switches", {"area": area, "fault": fault})
        found = codes(pair, registration_id)
        pair.walker.control("switches", method="DELETE")
        assert found[check] == ("failed", code), (area, fault, found)
        wrong = {name for name, (result, _code) in found.items() if result == "failed"}
        assert wrong == {check}, (area, fault, found)


def test_moodle_is_told_of_apache_and_of_its_setting(pair: Pair) -> None:
    registration_id, operator = connected(pair), operator_of(pair)
    pair.walker.control("switches", {"area": "nrps", "fault": "reject_token"})
    operator.get(f"/operator/platforms/{registration_id}/test")
    text = operator.send("csrf_token", action="/test").text
    assert "CGIPassAuth On" in text and "SetEnvIf Authorization" in text


@pytest.mark.parametrize(
    ("values", "check", "code"),
    [
        ({"client_id": "wrong"}, "token", "invalid_client"),
        ({"jwks_uri": "/nothing-here"}, "key_set", "not_found"),
        ({"token_endpoint": "/nothing-here"}, "token", "token_refused"),
        ({"jwks_uri": "ftp://lms.example/jwks"}, "key_set", "bad_url"),
    ],
)
def test_wrong_values_are_told(pair: Pair, values: dict[str, Any], check: str, code: str) -> None:
    registration_id = connected(pair)
    full = {
        name: pair.sandbox_url + value if value.startswith("/") else value
        for name, value in values.items()
    }
    with pair.services.db.write() as session:
        session.execute(update(Registration).values(**full))
    assert codes(pair, registration_id)[check] == ("failed", code)


def test_without_a_deployment_it_says_so(pair: Pair) -> None:
    registration_id = connected(pair)
    with pair.services.db.write() as session:
        session.execute(update(Deployment).values(state=DeploymentState.PENDING))
    found = codes(pair, registration_id)
    assert found["token"] == ("skipped", "no_deployment")
    assert found["roster"] == found["line_item"] == ("skipped", "no_token")


def test_the_command_prints_it(pair: Pair) -> None:
    connected(pair)
    runner = pair.tool.test_cli_runner()
    result = runner.invoke(args=["platforms", "test", "Sandbox"])
    assert result.exit_code == 0, result.output
    assert "In order" in result.output and "Permission for services" in result.output
    pair.walker.control("switches", {"area": "jwks", "fault": "html"})
    result = runner.invoke(args=["platforms", "test", "Sandbox"])
    assert result.exit_code == 1
    assert "The LMS's key set" in result.output
