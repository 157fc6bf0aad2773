"""Refusals are kept for the operator: by reference, without names, bounded in a flood."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, insert, select

from lti_tool import clock
from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.models.operator import Refusal
from lti_tool.services.platforms import refusals
from lti_tool.services.sweeps import Sweeps
from tests.functional.operator.conftest import Operator
from tests.support.forge import Forge, handle_in, reason_in
from tests.support.queries import counted
from tests.support.refusals import reference_in


def test_a_refused_launch_is_found_by_its_reference(operator: Operator, forge: Forge) -> None:
    answer = forge.launch(DEPLOYMENT_ID="2")
    reference = reference_in(answer.text)
    operator.get("/operator/refusals")
    page = operator.send("reference", action="/refusals", reference=f" {reference.upper()} ")
    for told in (reference, "A deployment waits for your approval", "Forged LMS", "lms-key"):
        assert told in page.text
    assert "Lea Learner" not in page.html and "learner-1" not in page.html


def test_an_unknown_reference_is_said(operator: Operator, forge: Forge) -> None:
    forge.launch(DEPLOYMENT_ID="2")
    page = operator.get("/operator/refusals", reference="LTI-NONE-none")
    assert "No refusal has this reference" in page.text


def test_refusals_of_one_platform(operator: Operator, forge: Forge) -> None:
    other = Forge(forge.app, forge.browser, client_id="other").connect()
    reason_in(other.launch(LTI_VERSION="2"))
    reason_in(forge.launch(sub=""))
    reason_in(forge.browser.get("/lti/launch"))
    console = operator.services.console
    assert [one.reason for one in console.refusals.listing(forge.registration_id)] == [
        "sub_missing"
    ]
    page = operator.get("/operator/refusals", platform=str(forge.registration_id))
    assert "Forged LMS" in page.text and "direct_visit" not in page.text


def test_a_refused_registration_is_kept(operator: Operator) -> None:
    operator.client.get("/lti/register/unknown?openid_configuration=https://x.example")
    assert "The registration link is not one of ours" in operator.get("/operator/refusals").text


def test_a_launch_of_the_old_protocol_tells_whose_it_is(operator: Operator) -> None:
    old = {
        "lti_version": "LTI-1p0",
        "oauth_consumer_key": "old-moodle-key",
        "tool_consumer_instance_guid": "moodle.school.example",
        "lis_person_name_full": "Lea Learner",
        "oauth_signature": "signed",
    }
    operator.client.post("/lti/launch", data=old)
    page = operator.get("/operator/refusals")
    assert "A link still uses the old LTI 1.1" in page.text
    for told in ("LTI-1p0", "old-moodle-key", "moodle.school.example"):
        assert told in page.text
    assert "Lea Learner" not in page.html and "signed" not in page.html


def test_names_and_free_words_of_platforms_are_not_kept(operator: Operator) -> None:
    operator.client.post(
        "/lti/launch", data={"error": "access_denied", "error_description": "Lea Learner left"}
    )
    page = operator.get("/operator/refusals")
    assert "Lea Learner" not in page.html


def test_an_accepted_launch_never_comes_near(operator: Operator, forge: Forge) -> None:
    handle_in(forge.launch())
    with counted(forge.services.db) as statements:
        handle_in(forge.launch())
    assert not [one for one in statements if "refusals" in one]


def refuse(operator: Operator, times: int, **facts: object) -> None:
    for number in range(times):
        error = LaunchRefused("platform_unknown", WhoCanFix.OPERATOR, **facts)
        operator.services.console.refusals.note(error, f"LTI-{number:04}-xxxx")


def test_a_flood_is_counted_not_kept(
    operator: Operator, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "ROWS_AN_HOUR", 3)
    now = clock.now().replace(minute=10)
    with time_machine.travel(now, tick=False):
        refuse(operator, 3)
        with counted(forge.services.db) as statements:
            refuse(operator, 50, iss=forge.issuer, client_id=forge.client_id)
    assert len([one for one in statements if one.startswith(("INSERT", "UPDATE"))]) == 1
    with time_machine.travel(now + timedelta(seconds=20), tick=False):
        refuse(operator, 1, iss="https://elsewhere.example")
    with operator.services.db.read() as session:
        total = session.scalar(select(func.sum(Refusal.count)))
        rows = session.scalar(select(func.count()).select_from(Refusal))
    assert (total, rows) == (54, 5)
    with time_machine.travel(now + timedelta(seconds=30), tick=False):
        assert "50 more like this" in operator.get("/operator/refusals").text


def test_the_next_hour_is_kept_again(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "ROWS_AN_HOUR", 1)
    refuse(operator, 2)
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        error = LaunchRefused("login_used", WhoCanFix.LEARNER)
        operator.services.console.refusals.note(error, "LTI-AAAA-bbbb")
        [found] = operator.services.console.refusals.listing(reference="lti-aaaa-BBBB")
    assert found.reason == "login_used"


def test_old_refusals_and_too_many_are_forgotten(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "KEEP_ROWS", 4)
    now = clock.now()
    rows = [
        {"reason": "x", "who": "operator", "reference": str(age), "at": now - timedelta(days=age)}
        for age in (1, 2, 3, 4, 5, 6, 31)
    ]
    with operator.services.db.write() as session:
        session.execute(insert(Refusal), rows)
    Sweeps(operator.services.db).run()
    left = [one.reference for one in operator.services.console.refusals.listing()]
    assert left == ["1", "2", "3", "4"]
    monkeypatch.setattr(refusals, "KEEP_ROWS", 5000)
    with operator.services.db.write() as session:
        session.execute(delete(Refusal).where(Refusal.reference != "1"))
        session.execute(insert(Refusal), rows[-1:])
    Sweeps(operator.services.db).run()
    assert [one.reference for one in operator.services.console.refusals.listing()] == ["1"]


def test_long_lists_go_on(operator: Operator) -> None:
    now = clock.now()
    rows = [
        {"reason": "x", "who": "operator", "reference": f"R{n}", "at": now - timedelta(minutes=n)}
        for n in range(60)
    ]
    with operator.services.db.write() as session:
        session.execute(insert(Refusal), rows)
    operator.get("/operator/refusals")
    assert "R49" in operator.page.text and "R50" not in operator.page.text
    page = operator.get(operator.page.link("Older"))
    assert "R50" in page.text and "R49" not in page.text


def test_what_cannot_be_stored_is_no_fault(forge: Forge, operator: Operator) -> None:
    form = {"iss": "https://\x00\ud800.example", "login_hint": "x", "target_link_uri": "x"}
    form["iss"] = "https://a\x00b.example"
    assert reason_in(forge.browser.post("/lti/login", data=form)) == "platform_unknown"
    assert "https://ab.example" in operator.get("/operator/refusals").text
