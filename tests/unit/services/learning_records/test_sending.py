"""Sending learning records: batches, and what a store's answers mean."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lti_tool.errors import PlatformError, PlatformRefusal, PlatformUnavailable
from lti_tool.lti.families import Outcome
from lti_tool.remote.record_stores import RecordStores, Store
from lti_tool.rules.learning_records import Event, opaque, record_id
from lti_tool.services.learning_records.sending import Batch, verdict_on

STORE = Store("https://lrs.example/xapi", "key", "never shown", "1.0.3")


@dataclass
class Picky:
    """A session that refuses what is bad, and the whole batch with it."""

    bad: str = "bad"
    sent: list[list[str]] = field(default_factory=list)

    def request(self, _method: str, _url: str, *, json: list[dict[str, Any]], **_more: Any) -> None:
        ids = [one["id"] for one in json]
        self.sent.append(ids)
        if self.bad in ids:
            raise PlatformRefusal("refused", 400, "no such verb")


def batch(http: Picky, *ids: str) -> tuple[Batch, list[uuid.UUID]]:
    keys = [uuid.uuid4() for _id in ids]
    waiting = {key: [{"id": one}] for key, one in zip(keys, ids, strict=True)}
    return Batch(RecordStores(http), STORE, waiting), keys  # type: ignore[arg-type]


def test_what_is_claimed_together_goes_together_and_once() -> None:
    http = Picky()
    sent, keys = batch(http, "one", "two", "three")
    assert {sent.send(key).outcome for key in keys} == {Outcome.SENT}
    assert http.sent == [["one", "two", "three"]]


def test_a_bad_one_is_refused_alone() -> None:
    http = Picky()
    sent, keys = batch(http, "one", "bad", "three")
    outcomes = [sent.send(key).outcome for key in keys]
    assert outcomes == [Outcome.SENT, Outcome.REFUSED, Outcome.SENT]
    assert http.sent == [["one", "bad", "three"], ["one"], ["bad"], ["three"]]


@pytest.mark.parametrize(
    ("error", "outcome", "waits"),
    [
        (PlatformRefusal("records_known", 409), Outcome.SENT, False),
        (PlatformRefusal("records_not_valid", 400), Outcome.REFUSED, False),
        (PlatformRefusal("records_unauthorized", 401), Outcome.LATER, True),
        (PlatformRefusal("records_not_found", 404), Outcome.LATER, True),
        (PlatformUnavailable("records_unreachable"), Outcome.LATER, True),
        (PlatformUnavailable("records_fault", 500), Outcome.LATER, False),
        (PlatformUnavailable("records_slow_down", 429, "", timedelta(5)), Outcome.LATER, True),
    ],
)
def test_answers_are_told_apart(error: PlatformError, outcome: Outcome, waits: bool) -> None:
    verdict = verdict_on(error)
    assert (verdict.outcome, verdict.platform_down) == (outcome, waits)
    assert verdict.retry_after == getattr(error, "retry_after", None)


def test_the_same_event_has_the_same_identifier_and_no_two_kinds_share_one() -> None:
    about, moment = uuid.uuid4(), datetime(2026, 5, 1, tzinfo=UTC)
    first = record_id(Event.SUBMITTED, about, moment)
    assert first == record_id(Event.SUBMITTED, about, moment)
    assert first != record_id(Event.SUBMITTED, about, moment + timedelta(microseconds=1))
    assert opaque("responded", about) != opaque("rated", about)
    assert "never shown" not in repr(STORE)
