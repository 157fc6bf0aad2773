"""Our keys in the console: published ahead, in use, over, retired."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from lti_tool import clock
from lti_tool.services.platforms.keys import PUBLISHED_AFTER, PUBLISHED_AHEAD
from tests.functional.operator.conftest import Operator


def test_the_next_key_is_published_ahead_once(operator: Operator) -> None:
    assert operator.get("/operator/keys").text.count("In use") == 1
    page = operator.send("csrf_token", action="/keys/next")
    assert "The next key is published." in page.text and "Published ahead" in page.text
    assert len(operator.services.keys.listing()) == 2
    token = dict(page.form("csrf_token").fields)["csrf_token"]
    again = operator.client.post("/operator/keys/next", data={"csrf_token": token})
    assert "key_waits" in again.headers["Location"]
    assert len(operator.services.keys.listing()) == 2


def test_a_leaked_key_stops_signing_at_once(operator: Operator) -> None:
    before = operator.services.keys.current().kid
    operator.get("/operator/keys")
    page = operator.send("csrf_token", action="/keys/now")
    assert "Over, still published" in page.text
    assert operator.services.keys.current().kid != before


def test_a_key_s_whole_life(operator: Operator) -> None:
    operator.get("/operator/keys")
    operator.send("csrf_token", action="/keys/next")
    now = clock.now()
    with time_machine.travel(now + PUBLISHED_AHEAD + timedelta(minutes=2), tick=False):
        text = operator_again(operator).get("/operator/keys").text
        assert "In use" in text and "Over, still published" in text
    late = now + PUBLISHED_AHEAD + PUBLISHED_AFTER + timedelta(minutes=2)
    with time_machine.travel(late, tick=False):
        text = operator_again(operator).get("/operator/keys").text
        assert "In use" in text and "Retired" in text


def operator_again(operator: Operator) -> Operator:
    return Operator(operator.app, operator.app.test_client()).enter()
