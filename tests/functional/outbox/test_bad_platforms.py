"""Platforms that answer badly or not at all: each delays its own messages, nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from lti_tool import clock
from lti_tool.http import Answer, Http
from lti_tool.lti.line_items import READ_SCOPE
from lti_tool.models.activities import ResourceLink
from lti_tool.rules.vocabulary import OutboxState
from tests.functional.outbox.conftest import Lms, Stage

FAULTS = {
    "html": ("queued", "not_json"),
    "rate_limit": ("queued", "rate_limited"),
    "error": ("queued", "server_error"),
    "down": ("queued", "no_answer"),
    "redirect": ("refused", "redirected"),
}


def pair(stage: Stage) -> tuple[Lms, Lms]:
    """Return two platforms with a score promised to each."""
    bad, well = stage.lms(), stage.lms("canvas")
    for lms in (bad, well):
        lms.promise()
    return bad, well


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_answer_concerns_its_own_platform_alone(stage: Stage, fault: str) -> None:
    bad, well = pair(stage)
    bad.switch("ags", fault)
    state, reason = FAULTS[fault]
    assert stage.outbox().deliver_due() == {"sent": 1, state: 1}
    assert (bad.state().state.value, bad.state().reason) == (state, reason)
    assert well.grade() == (6.0, "Well done")


def test_silence_is_waited_for_only_so_long(stage: Stage) -> None:
    bad, well = pair(stage)
    bad.switch("ags", delay_ms=1500)

    class LittlePatience(Http):
        """Waits a moment for the silent platform, and as always for the other one."""

        def request(self, method: str, url: str, **how: Any) -> Answer:
            silent = url.startswith(bad.walker.sandbox_url) and "/scores" in url
            return (hasty if silent else patient).request(method, url, **how)

    hasty, patient = Http(allow_local=True, read_seconds=0.3), Http(allow_local=True)
    http = LittlePatience(allow_local=True)
    for one in (hasty, patient, http):
        stage.stack.callback(one.close)
    assert replace(stage.outbox(), http=http).deliver_due() == {"sent": 1, "queued": 1}
    assert bad.state().reason == "timeout" and well.state().state is OutboxState.SENT


def test_retry_after_is_kept_for_all_messages_of_the_platform(stage: Stage) -> None:
    lms, outbox = stage.lms(learners=6), stage.outbox()
    for number in range(6):
        lms.promise(number)
    lms.switch("ags", "rate_limit", retry_after=120)
    assert outbox.deliver_due()["sent"] == 0
    asked = len(lms.posts())
    lms.switch("ags")
    assert 1 <= asked <= 4 and outbox.deliver_due() == {}
    with time_machine.travel(clock.now() + timedelta(seconds=110)):
        assert outbox.deliver_due() == {} and len(lms.posts()) == asked
    with time_machine.travel(clock.now() + timedelta(seconds=150)):
        assert outbox.deliver_due() == {"sent": 6}


@pytest.mark.parametrize("fault", ["nonsense", "redirect"])
def test_a_look_for_a_column_survives_what_it_is_told(stage: Stage, fault: str) -> None:
    """A column that is gone, on a platform whose listing then answers badly."""
    lms = stage.lms()
    lms.tell_course([READ_SCOPE])
    lms.column(url=lms.line_item().url.replace("/lti/services/", "/nowhere/"))
    with lms.database.write() as session:
        session.get_one(ResourceLink, lms.world.resource_link_id).lti_id = "5"
    lms.promise()
    lms.switch("ags", fault)
    counts = stage.outbox().deliver_due()
    expected = {"nonsense": ("queued", "nonsense"), "redirect": ("refused", "line_item_gone")}
    state, reason = expected[fault]
    assert counts == {state: 1} and lms.state().reason == reason


def test_a_token_endpoint_that_redirects_inside_is_not_followed(stage: Stage) -> None:
    bad, well = pair(stage)
    bad.switch("token", "redirect")
    assert stage.outbox().deliver_due() == {"sent": 1, "refused": 1}
    assert bad.state().reason == "redirected" and bad.state().who_can_fix == "operator"
    assert well.grade() == (6.0, "Well done")
