from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.errors import IllegalTransition, InvalidInput, NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.activities import Activity, ActivityVersion, Prompt
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.reflections import Reflection, ReflectionRevision
from lti_tool.rules.guidance import MAX_ANSWER_LENGTH
from lti_tool.rules.vocabulary import ModerationMode, Step, WorkState
from lti_tool.services.learner.drafts import Written
from lti_tool.services.learner.reflections import Reflections
from tests.factories.learning import reflect, reflection_text
from tests.factories.world import World, make_world

WORLD_OF_GRACE = {"grace_minutes": 15}


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, learners=2, **WORLD_OF_GRACE)


@pytest.fixture
def reflections(database: Database) -> Reflections:
    return Reflections(database)


def state(world: World) -> WorkState:
    with world.database.read() as session:
        return session.scalars(select(Reflection.state)).one()


def steps(world: World) -> list[Step]:
    with world.database.read() as session:
        query = select(ModerationDecision.step).order_by(ModerationDecision.at)
        return list(session.scalars(query))


def test_a_draft_is_kept_and_counts_its_saves(world: World, reflections: Reflections) -> None:
    me = world.viewer(world.learners[0])
    first = reflections.save_draft(me, world.activity_id, reflection_text(world, "One", 0))
    second = reflections.save_draft(
        me, world.activity_id, reflection_text(world, "One two", first.version)
    )
    page = reflections.now(me, world.activity_id)
    assert (first.version, second.version, page.version) == (1, 2, 2)
    assert page.answers[0].html == "<p>One two</p>"
    assert page.editable


def test_a_repeated_save_is_no_conflict_but_another_text_is(
    world: World, reflections: Reflections
) -> None:
    me = world.viewer(world.learners[0])
    reflections.save_draft(me, world.activity_id, reflection_text(world, "One", 0))
    again = reflections.save_draft(me, world.activity_id, reflection_text(world, "One", 0))
    assert again.version == 1
    with pytest.raises(Stale) as stale:
        reflections.save_draft(me, world.activity_id, reflection_text(world, "Other", 0))
    field = f"answer-{world.prompt_ids[0]}"
    assert stale.value.current["version"] == 1
    assert stale.value.current["current"]["fields"][field] == "<p>One</p>"  # type: ignore[index]


def test_rich_text_is_sanitised_on_its_way_in(world: World, reflections: Reflections) -> None:
    me, field = world.viewer(world.learners[0]), f"answer-{world.prompt_ids[0]}"
    hostile = Written({field: "<p onclick=x>a<script>b</script></p>"}, {field: "html"}, 0)
    reflections.save_draft(me, world.activity_id, hostile)
    assert reflections.now(me, world.activity_id).answers[0].html == "<p>a</p>"


def test_too_short_is_kept_but_not_submitted(world: World, reflections: Reflections) -> None:
    me, field = world.viewer(world.learners[0]), f"answer-{world.prompt_ids[0]}"
    with pytest.raises(InvalidInput) as invalid:
        reflections.submit(me, world.activity_id, reflection_text(world, "Too short"))
    assert list(invalid.value.fields) == [field]
    assert reflections.now(me, world.activity_id).answers[0].html == "<p>Too short</p>"
    assert state(world) is WorkState.DRAFT


def test_too_big_is_said_beside_its_field(world: World, reflections: Reflections) -> None:
    me, field = world.viewer(world.learners[0]), f"answer-{world.prompt_ids[0]}"
    with pytest.raises(InvalidInput) as invalid:
        reflections.save_draft(
            me, world.activity_id, reflection_text(world, "x" * (MAX_ANSWER_LENGTH + 1))
        )
    assert list(invalid.value.fields) == [field]


@pytest.mark.parametrize("word", ["word ", "كلمة ", "写下一个 "])
def test_fifty_thousand_characters_of_any_script_arrive_whole(
    world: World, reflections: Reflections, word: str
) -> None:
    me, text = world.viewer(world.learners[0]), word * 10_000
    reflections.submit(me, world.activity_id, reflection_text(world, text))
    answers = reflections.submission(me, world.activity_id).answers
    assert answers[0].html == f"<p>{text.strip()}</p>"


def test_submitting_opens_the_grace_window(world: World, reflections: Reflections) -> None:
    reflect(world, world.learners[0])
    page = reflections.submission(world.viewer(world.learners[0]), world.activity_id)
    assert page.standing.can_take_back
    assert page.revision == 1
    assert page.standing.visible_at is not None
    left = page.standing.visible_at - clock.now()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)


def test_a_second_click_is_one_submission(world: World, reflections: Reflections) -> None:
    reflect(world, world.learners[0])
    reflect(world, world.learners[0])
    with pytest.raises(IllegalTransition):
        reflect(world, world.learners[0], "Quite another text than the one before")
    with world.database.read() as session:
        assert len(list(session.scalars(select(ReflectionRevision)))) == 1
    assert steps(world) == [Step.SUBMIT]


def test_taking_back_within_the_window_and_not_after(
    world: World, reflections: Reflections
) -> None:
    me = world.viewer(world.learners[0])
    with time_machine.travel(clock.now(), tick=False) as time:
        reflect(world, world.learners[0])
        reflections.take_back(me, world.activity_id)
        reflections.take_back(me, world.activity_id)
        assert state(world) is WorkState.DRAFT
        assert reflections.now(me, world.activity_id).answers[0].html
        time.shift(timedelta(seconds=1))
        reflect(world, world.learners[0], "A better text than the first one")
        time.shift(timedelta(minutes=15))
        with pytest.raises(IllegalTransition):
            reflections.take_back(me, world.activity_id)
        assert reflections.submission(me, world.activity_id).revision == 1
    assert state(world) is WorkState.RELEASED


def test_sending_now_ends_the_window_once(world: World, reflections: Reflections) -> None:
    me = world.viewer(world.learners[0])
    reflect(world, world.learners[0])
    reflections.send_now(me, world.activity_id)
    reflections.send_now(me, world.activity_id)
    assert state(world) is WorkState.RELEASED
    assert steps(world) == [Step.SUBMIT, Step.RELEASE]


def test_before_mode_holds_for_the_tutor(database: Database, reflections: Reflections) -> None:
    world = make_world(database, learners=1, reflection_moderation=ModerationMode.BEFORE)
    reflect(world, world.learners[0])
    page = reflections.submission(world.viewer(world.learners[0]), world.activity_id)
    assert page.standing.reflection is WorkState.HELD
    with pytest.raises(IllegalTransition):
        reflections.save_draft(
            world.viewer(world.learners[0]), world.activity_id, reflection_text(world)
        )


def test_returned_work_reopens_with_its_reason(world: World, reflections: Reflections) -> None:
    me = world.viewer(world.learners[0])
    reflect(world, world.learners[0])
    reflections.send_now(me, world.activity_id)
    with world.database.write() as session:
        reflection = session.scalars(select(Reflection)).one()
        session.add(reflection.send_back(world.tutor.user_id, "Say more about why."))
    page = reflections.now(me, world.activity_id)
    assert page.editable
    assert page.standing.return_reason == "Say more about why."
    reflect(world, world.learners[0], "Now I say much more about why I do it")
    assert reflections.submission(me, world.activity_id).revision == 2


def test_another_course_finds_nothing(world: World, reflections: Reflections) -> None:
    other = make_world(world.database, learners=1)
    stranger = other.viewer(other.learners[0])
    with pytest.raises(NotFound):
        reflections.now(stranger, world.activity_id)
    with pytest.raises(NotFound):
        reflections.save_draft(stranger, world.activity_id, reflection_text(world))
    elsewhere = replace(world.viewer(world.learners[0]), context_id=other.context_id)
    with pytest.raises(NotFound):
        reflections.submit(elsewhere, world.activity_id, reflection_text(world))


def test_not_open_yet(world: World, reflections: Reflections) -> None:
    with world.database.write() as session:
        session.execute(update(Activity).values(opens_at=clock.now() + timedelta(days=1)))
    assert reflections.now(world.viewer(world.learners[0]), world.activity_id).standing.not_open
    with pytest.raises(IllegalTransition):
        reflect(world, world.learners[0])


def test_work_answers_the_version_that_was_on_the_page(
    world: World, reflections: Reflections
) -> None:
    me = world.viewer(world.learners[0])
    reflections.now(me, world.activity_id)
    with world.database.write() as session:
        version = ActivityVersion(activity_id=world.activity_id, number=2)
        session.add(version)
        session.flush()
        session.add(Prompt(version_id=version.id, position=0, text="Another question?"))
    reflections.save_draft(me, world.activity_id, reflection_text(world, "Old question", 0))
    page = reflections.now(me, world.activity_id)
    assert [answer.prompt.id for answer in page.answers] == world.prompt_ids
    assert page.answers[0].html == "<p>Old question</p>"
    fresh = reflections.now(world.viewer(world.learners[1]), world.activity_id)
    assert [answer.prompt.text for answer in fresh.answers] == ["Another question?"]


def test_nothing_is_kept_of_what_is_written_while_the_activity_is_archived(world: World) -> None:
    """A tab that was open goes on saving; what it holds stays on the device."""
    me, reflections = world.viewer(world.learners[0]), Reflections(world.database)
    reflections.save_draft(me, world.activity_id, reflection_text(world))
    with world.database.write() as session:
        session.execute(update(Activity).values(closed_at=clock.now()))
    with pytest.raises(IllegalTransition, match="archived"):
        reflections.save_draft(me, world.activity_id, reflection_text(world, "More", version=1))
