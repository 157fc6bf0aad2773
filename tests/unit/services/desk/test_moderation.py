from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from lti_tool import clock
from lti_tool.errors import Forbidden, IllegalTransition, InvalidInput, NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.vocabulary import Audience, Step, WorkState
from lti_tool.services.desk.moderation import Decision, Moderation
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.desk.work import WorkView
from lti_tool.services.engine.history import history_of
from tests.factories.work import add_participation, add_reflection, add_response
from tests.factories.world import World, make_world

REFLECTION, RESPONSE = WorkKind.REFLECTION, WorkKind.RESPONSE


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database)


def opened(world: World, work_id: uuid.UUID, kind: WorkKind = REFLECTION) -> WorkView:
    viewer = world.viewer(world.tutor)
    return Moderation(world.database).open(viewer, world.activity_id, kind, work_id)


def decide(
    world: World,
    work_id: uuid.UUID,
    step: Step,
    reason: str = "",
    kind: WorkKind = REFLECTION,
    expected: str = "",
) -> Decision:
    expected = expected or opened(world, work_id, kind).expected
    viewer, moderation = world.viewer(world.tutor), Moderation(world.database)
    return moderation.decide(viewer, world.activity_id, kind, work_id, step, reason, expected)


def undo(world: World, decision: Decision) -> Decision:
    viewer = world.viewer(world.tutor)
    return Moderation(world.database).undo(viewer, world.activity_id, decision.id)


@pytest.mark.parametrize(
    ("step", "reason", "state"),
    [
        (Step.RELEASE, "", WorkState.RELEASED),
        (Step.RETURN, "Say more about why.", WorkState.RETURNED),
        (Step.WITHHOLD, "It names a reader.", WorkState.WITHHELD),
    ],
)
@pytest.mark.parametrize("kind", list(WorkKind))
def test_a_decision_changes_the_state_and_stays_in_the_history(
    world: World, kind: WorkKind, step: Step, reason: str, state: WorkState
) -> None:
    work_id = add_reflection(world, world.learners[0])
    if kind is RESPONSE:
        work_id = add_response(world, work_id, world.learners[1])
    assert decide(world, work_id, step, reason, kind).state is state
    with world.database.read() as session:
        last = history_of(session, work_id)[-1]
    assert (last.step, last.to_state, last.reason) == (step, state, reason)
    assert (last.by, last.name) == (world.tutor.user_id, "Tariq Tutor")


@pytest.mark.parametrize("step", [Step.RETURN, Step.WITHHOLD])
def test_returning_and_withholding_need_a_reason(world: World, step: Step) -> None:
    work_id = add_reflection(world, world.learners[0])
    with pytest.raises(InvalidInput) as caught:
        decide(world, work_id, step, "  ")
    assert list(caught.value.fields) == ["reason"]
    assert opened(world, work_id).state is WorkState.HELD


@pytest.mark.parametrize(
    ("step", "reason"), [(Step.RELEASE, ""), (Step.RETURN, "More."), (Step.WITHHOLD, "Names.")]
)
def test_every_decision_can_be_undone(world: World, step: Step, reason: str) -> None:
    work_id = add_reflection(world, world.learners[0])
    decision = decide(world, work_id, step, reason)
    assert undo(world, decision).state is WorkState.HELD
    history = [line.step for line in opened(world, work_id).history]
    assert history[-2:] == [step, Step.UNDO]


def test_only_the_last_decision_can_be_undone(world: World) -> None:
    work_id = add_reflection(world, world.learners[0])
    first = decide(world, work_id, Step.RELEASE)
    decide(world, work_id, Step.WITHHOLD, "It names a reader.")
    with pytest.raises(Stale):
        undo(world, first)
    assert opened(world, work_id).state is WorkState.WITHHELD


def test_a_rules_own_step_cannot_be_undone(world: World) -> None:
    work_id = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    view = opened(world, work_id)
    assert view.undo is None
    with pytest.raises(NotFound):
        Moderation(world.database).undo(
            world.viewer(world.tutor), world.activity_id, view.history[-1].id
        )


def test_a_decision_on_what_was_changed_meanwhile_is_refused(world: World) -> None:
    work_id = add_reflection(world, world.learners[0])
    read = opened(world, work_id).expected
    decide(world, work_id, Step.RETURN, "Say more.")
    with pytest.raises(Stale):
        decide(world, work_id, Step.RELEASE, expected=read)


def test_of_two_tutors_at_once_one_wins(world: World) -> None:
    work_id = add_reflection(world, world.learners[0])
    read = opened(world, work_id).expected

    def try_it(step: Step) -> str:
        try:
            return decide(world, work_id, step, "Because.", expected=read).state.value
        except Stale:
            return "told"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(try_it, (Step.WITHHOLD, Step.RELEASE)))
    assert "told" in results and len(set(results)) == 2
    assert len([line for line in opened(world, work_id).history if line.by == world.tutor.user_id])


def test_nobody_sees_work_in_its_grace_window(world: World) -> None:
    work_id = add_reflection(world, world.learners[0], state=WorkState.SUBMITTED)
    with pytest.raises(NotFound):
        opened(world, work_id)
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        queue = Moderation(world.database).queue(world.viewer(world.tutor), world.activity_id)
        assert queue.entries == ()  # the activity's mode releases at once
        assert opened(world, work_id).state is WorkState.RELEASED


def test_answers_for_the_author_alone_are_counted_but_not_shown(world: World) -> None:
    work_id = add_reflection(
        world, world.learners[0], private="<p>Secret</p>", to_tutor="<p>It is hard</p>"
    )
    view = opened(world, work_id)
    assert [part.audience for part in view.parts] == [Audience.COHORT, Audience.TUTOR]
    assert view.hidden == 1
    assert "Secret" not in repr(view)


def test_another_courses_tutor_finds_nothing(world: World, database: Database) -> None:
    other, work_id = make_world(database), add_reflection(world, world.learners[0])
    viewer, moderation = other.viewer(other.tutor), Moderation(database)
    for activity_id in (world.activity_id, other.activity_id):
        with pytest.raises(NotFound):
            moderation.open(viewer, activity_id, REFLECTION, work_id)
        with pytest.raises(NotFound):
            moderation.decide(viewer, activity_id, REFLECTION, work_id, Step.RELEASE, "", "")
    decision = decide(world, work_id, Step.RELEASE)
    with pytest.raises(NotFound):
        moderation.undo(viewer, other.activity_id, decision.id)
    assert moderation.taken(viewer, other.activity_id, decision.id) is None


def test_a_learner_is_refused(world: World) -> None:
    work_id = add_reflection(world, world.learners[0])
    viewer, moderation = world.viewer(world.learners[0]), Moderation(world.database)
    with pytest.raises(Forbidden):
        moderation.queue(viewer, world.activity_id)
    with pytest.raises(Forbidden):
        moderation.open(viewer, world.activity_id, REFLECTION, work_id)
    with pytest.raises(Forbidden):
        moderation.decide(viewer, world.activity_id, REFLECTION, work_id, Step.RELEASE, "", "")


def measured(world: World, participation_id: uuid.UUID) -> bool:
    with world.database.read() as session:
        return session.get_one(Participation, participation_id).measured_at is not None


def test_author_and_addressee_of_a_response_are_measured_anew(world: World) -> None:
    author, addressee = world.learners[:2]
    reflection_id = add_reflection(world, addressee, state=WorkState.RELEASED)
    response_id = add_response(world, reflection_id, author)
    ids = [add_participation(world, person) for person in (author, addressee)]
    decide(world, response_id, Step.RETURN, "More kindly, please.", RESPONSE)
    assert all(measured(world, participation_id) for participation_id in ids)


PARTS = {"resonates": "<p>Yes.</p>", "question": "", "suggestion": ""}


def respond(world: World, reflection_id: uuid.UUID, parts: dict[str, str]) -> uuid.UUID:
    viewer = world.viewer(world.tutor)
    return Moderation(world.database).respond(viewer, world.activity_id, reflection_id, parts)


def test_a_tutors_response_is_released_at_once_and_counts(world: World) -> None:
    reflection_id = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    response_id = respond(world, reflection_id, PARTS)
    view = opened(world, response_id, RESPONSE)
    assert (view.state, view.by_tutor, view.author.name) == (
        WorkState.RELEASED,
        True,
        "Tariq Tutor",
    )
    with world.database.read() as session:
        assert session.get_one(Reflection, reflection_id).served == 1


def test_a_tutors_response_can_be_rewritten_until_it_was_answered(world: World) -> None:
    reflection_id = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    response_id = respond(world, reflection_id, PARTS)
    assert respond(world, reflection_id, {**PARTS, "question": "<p>Why?</p>"}) == response_id
    with world.database.write() as session:
        session.get_one(Response, response_id).helpfulness = 3
    with pytest.raises(Stale):
        respond(world, reflection_id, PARTS)


def test_a_tutor_cannot_respond_to_what_is_not_released(world: World) -> None:
    reflection_id = add_reflection(world, world.learners[0])
    with pytest.raises(IllegalTransition):
        respond(world, reflection_id, PARTS)


def test_an_empty_response_is_refused(world: World) -> None:
    reflection_id = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    with pytest.raises(InvalidInput):
        respond(world, reflection_id, dict.fromkeys(PARTS, ""))


def test_what_an_author_writes_after_a_return_is_theirs_until_sent(world: World) -> None:
    reflection_id = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    response_id = add_response(world, reflection_id, world.learners[1])
    decide(world, response_id, Step.RETURN, "More kindly.", RESPONSE)
    assert opened(world, response_id, RESPONSE).parts
    with world.database.write() as session:
        session.get_one(Response, response_id).saved_at = clock.now() + timedelta(minutes=1)
    view = opened(world, response_id, RESPONSE)
    assert view.being_revised and view.parts == ()
