from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.rules.vocabulary import Step, WorkState
from lti_tool.services.desk.moderation import Moderation
from lti_tool.services.desk.queue import PAGE_SIZE, Cursor, QueueList, QueuePage, WorkKind, excerpt
from tests.factories.work import add_reflection, add_response
from tests.factories.world import World, make_world
from tests.support.queries import counted

DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database)


def page(
    world: World, which: QueueList = QueueList.WAITING, after: Cursor | None = None
) -> QueuePage:
    return Moderation(world.database).queue(
        world.viewer(world.tutor), world.activity_id, which, after
    )


def ids(found: QueuePage) -> list[uuid.UUID]:
    return [entry.id for entry in found.entries]


def test_what_waits_stands_oldest_first_reflections_and_responses_mixed(world: World) -> None:
    first, second, third = world.learners
    new = add_reflection(world, first, age=DAY)
    old = add_reflection(world, second, age=3 * DAY)
    answered = add_reflection(world, third, state=WorkState.RELEASED)
    middle = add_response(world, answered, first, age=2 * DAY)
    found = page(world)
    assert ids(found) == [old, middle, new]
    assert found.counts[QueueList.WAITING] == 3
    assert [entry.about for entry in found.entries] == ["", "Learner 3", ""]
    assert found.entries[0].excerpt == "I catalogue by hand."


def test_released_work_stands_newest_first(world: World) -> None:
    old = add_reflection(world, world.learners[0], state=WorkState.RELEASED, age=2 * DAY)
    new = add_reflection(world, world.learners[1], state=WorkState.RELEASED, age=DAY)
    assert ids(page(world, QueueList.RELEASED)) == [new, old]


def test_what_was_set_aside_is_kept_in_a_list(world: World) -> None:
    work_id = add_reflection(world, world.learners[0])
    moderation, viewer = Moderation(world.database), world.viewer(world.tutor)
    expected = moderation.open(viewer, world.activity_id, WorkKind.REFLECTION, work_id).expected
    moderation.decide(
        viewer, world.activity_id, WorkKind.REFLECTION, work_id, Step.WITHHOLD, "Names.", expected
    )
    assert ids(page(world, QueueList.SET_ASIDE)) == [work_id]
    assert page(world).entries == ()


def test_a_reflection_without_a_response_comes_to_the_tutor_after_three_days(world: World) -> None:
    lonely, answered, fresh = world.learners
    lonely_id = add_reflection(world, lonely, state=WorkState.RELEASED, age=4 * DAY)
    answered_id = add_reflection(world, answered, state=WorkState.RELEASED, age=5 * DAY)
    add_response(world, answered_id, lonely, state=WorkState.RELEASED)
    add_reflection(world, fresh, state=WorkState.RELEASED, age=2 * DAY)
    assert ids(page(world, QueueList.UNANSWERED)) == [lonely_id]
    assert page(world).counts[QueueList.UNANSWERED] == 1


def test_drafts_and_open_grace_windows_are_in_no_list(world: World) -> None:
    add_reflection(world, world.learners[0], state=WorkState.DRAFT)
    add_reflection(world, world.learners[1], state=WorkState.SUBMITTED)
    assert not any(page(world, which).entries for which in QueueList)


def fill(world: World, count: int) -> None:
    for number in range(count):
        learner = world.add_learner(f"Reader {number:03}")
        add_reflection(world, learner, age=timedelta(minutes=number + 1))


@pytest.mark.parametrize("which", [QueueList.WAITING])
def test_pages_follow_each_other_without_gap_or_repetition(world: World, which: QueueList) -> None:
    fill(world, 2 * PAGE_SIZE + 3)
    seen: list[uuid.UUID] = []
    found = page(world, which)
    seen += ids(found)
    while found.following is not None:
        found = page(world, which, Cursor.parse(str(found.following)))
        seen += ids(found)
    assert len(seen) == len(set(seen)) == 2 * PAGE_SIZE + 3


def test_a_long_list_costs_as_many_queries_as_a_short_one(world: World) -> None:
    fill(world, 10)
    with counted(world.database) as short:
        page(world)
    fill(world, 190)
    with counted(world.database) as long:
        page(world)
    assert len(long) <= len(short) <= 14


@pytest.mark.parametrize("text", ["nonsense", "2026-01-01T00:00:00~x", "2026-01-01~" + "0" * 32])
def test_a_nonsense_cursor_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        Cursor.parse(text)


def test_a_cursor_survives_its_url() -> None:
    cursor = Cursor(clock.now(), uuid.uuid4())
    assert Cursor.parse(str(cursor)) == cursor
    assert Cursor.parse("") is None


def test_an_excerpt_is_one_line_cut_at_a_word() -> None:
    assert excerpt("<p>One</p><p>two</p>") == "One two"
    long = excerpt(f"<p>{'word ' * 100}</p>")
    assert long.endswith("word…") and len(long) <= 141
