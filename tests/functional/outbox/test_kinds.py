"""The outbox takes any kind of message: a handler, a key, a channel of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

import pytest
from sqlalchemy.orm import Session

from lti_tool.errors import WhoCanFix
from lti_tool.lti.families import Outcome, Verdict
from lti_tool.models.grades import OutboxMessage
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox.claims import Claim
from lti_tool.services.outbox.delivery import Delivery
from lti_tool.services.outbox.handling import Task
from lti_tool.services.outbox.messages import About, enqueue, lock_key
from tests.functional.outbox.conftest import Lms, Stage


@dataclass
class Postcards:
    """A kind that goes another way than gradebooks."""

    verdict: Verdict = field(default_factory=lambda: Verdict(Outcome.SENT))
    channel: str = "post"
    written: list[str] = field(default_factory=list)

    def prepare(self, session: Session, taken: Sequence[Claim]) -> dict[uuid.UUID, Task]:
        return {
            one.message_id: lambda text=str(one.payload["text"]): self._write(text)
            for one in taken
            if one.payload["text"]
        }

    def learn(self, session: Session, one: Claim, verdict: Verdict, now: datetime) -> None:
        raise AssertionError("a postcard brings no news")

    def _write(self, text: str) -> Verdict:
        self.written.append(text)
        return self.verdict


def post(lms: Lms, text: str, number: int = 0) -> None:
    """Promise a postcard to one person."""
    about = About(lms.world.registration_id, user_id=lms.pupils[number].user_id)
    with lms.database.write() as session:
        lock_key(session, about)
        enqueue(
            session,
            OutboxMessage(
                kind="postcard",
                key=f"postcard:{about.user_id}",
                registration_id=about.registration_id,
                user_id=about.user_id,
                payload={"text": text},
            ),
        )


def deliver(stage: Stage, lms: Lms, cards: Postcards) -> dict[str, int]:
    handlers = {**stage.outbox().handlers(), "postcard": cards}
    return dict(Delivery(lms.database, handlers, {}, 8, 4, lambda: 0.5, Event()).run())


def test_a_new_kind_is_a_row_in_the_table(stage: Stage) -> None:
    lms, cards = stage.lms(), Postcards()
    post(lms, "Hello")
    lms.promise()
    assert deliver(stage, lms, cards) == {"sent": 2}
    assert cards.written == ["Hello"] and lms.grade() == (6.0, "Well done")


def test_the_newest_of_a_key_is_sent_and_other_keys_are_not_touched(stage: Stage) -> None:
    lms, cards = stage.lms(learners=2), Postcards()
    for text, number in (("one", 0), ("two", 0), ("three", 1)):
        post(lms, text, number)
    assert deliver(stage, lms, cards) == {"sent": 2}
    assert sorted(cards.written) == ["three", "two"]


def test_a_channel_that_is_down_does_not_hold_up_the_platforms_other(stage: Stage) -> None:
    down = Verdict(Outcome.LATER, "no_answer", WhoCanFix.OPERATOR, platform_down=True)
    lms, cards = stage.lms(), Postcards(down)
    post(lms, "Hello")
    lms.promise()
    assert deliver(stage, lms, cards) == {"queued": 1, "sent": 1}


def test_what_lost_its_subject_is_dropped_with_a_reason(stage: Stage) -> None:
    lms = stage.lms()
    post(lms, "")
    assert deliver(stage, lms, Postcards()) == {"superseded": 1}
    (message,) = lms.messages()
    assert (message.state, message.reason) == (OutboxState.SUPERSEDED, "gone")


def test_a_kind_that_this_version_does_not_know_waits(stage: Stage) -> None:
    lms = stage.lms()
    post(lms, "Hello")
    assert stage.outbox().deliver_due() == {}
    assert lms.messages()[0].state is OutboxState.QUEUED


def test_a_refused_message_of_any_kind_is_sent_again(stage: Stage) -> None:
    refused = Verdict(Outcome.REFUSED, "no_address", WhoCanFix.TEACHER)
    lms, outbox = stage.lms(), stage.outbox()
    post(lms, "Hello")
    assert deliver(stage, lms, Postcards(refused)) == {"refused": 1}
    assert outbox.retry_all() == 1
    cards = Postcards()
    assert deliver(stage, lms, cards) == {"sent": 1} and cards.written == ["Hello"]


@pytest.mark.parametrize("personality", ["d2l", "moodle"])
def test_the_assertion_names_the_platforms_audience(stage: Stage, personality: str) -> None:
    """D2L's is one constant for all its sites, also where the operator told none."""
    lms = stage.lms(personality, audience_told=False)
    lms.promise()
    assert stage.outbox().deliver_due() == {"sent": 1}
    entry = lms.walker.control("log?area=token")[-1]
    claims = entry["tokens"][0]["claims"]
    expected = f"{lms.walker.sandbox_url}/lti/token"
    assert claims["aud"] == (
        "https://api.brightspace.com/auth/token" if personality == "d2l" else expected
    )
    assert claims["https://purl.imsglobal.org/spec/lti/claim/deployment_id"] == "1"
