from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.rules.sharing import LinkState, is_new_opening, state_of
from lti_tool.rules.vocabulary import Outcome
from lti_tool.services.sharing.things import Key, StepThing, Things

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("left", "revoked_at", "state"),
    [
        (DAY, None, LinkState.OPEN),
        (timedelta(0), None, LinkState.OVER),
        (DAY, NOW, LinkState.ENDED),
        (-DAY, NOW - DAY, LinkState.ENDED),
    ],
)
def test_how_a_link_stands(left: timedelta, revoked_at: datetime | None, state: LinkState) -> None:
    assert state_of(NOW, NOW + left, revoked_at) is state


def test_looking_again_soon_is_the_same_visit() -> None:
    assert is_new_opening(NOW, None)
    assert not is_new_opening(NOW, NOW - 9 * MINUTE)
    assert is_new_opening(NOW, NOW - 10 * MINUTE)


def test_only_what_was_chosen_is_left() -> None:
    way = uuid.uuid4()
    keys = [Key("step", way, follow_up_id=uuid.uuid4()) for _ in range(3)]
    steps = tuple(StepThing(key, "Ask", Outcome.DONE, "", NOW, "Course") for key in keys)
    things = Things({}, steps=steps)
    assert len({key.text for key in keys}) == 3
    assert list(things.keys.values()) == keys
    assert things.only({keys[1].text, "step-of-somebody-else"}).steps == steps[1:2]
    assert things.only(()).keys == {}
