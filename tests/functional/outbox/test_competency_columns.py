"""Confirmed levels reach gradebook columns of their own: one each, whatever happens on the way."""

from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from lti_tool import clock
from lti_tool.errors import IllegalTransition, PlatformUnavailable
from lti_tool.http import Answer, Http
from lti_tool.lti.line_items import WRITE_SCOPE
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.rules.vocabulary import OutboxState, Role
from lti_tool.sandbox import gradebook
from lti_tool.sandbox.records import LineItem as Shown
from lti_tool.services.activities.activities import Activities
from lti_tool.services.activities.column_settings import ColumnSettings, ColumnStage, ColumnView
from lti_tool.services.engine import confirmations
from lti_tool.services.engine.confirmations import Confirmation, seen_of
from lti_tool.services.outbox import catching_up, competency_columns, competency_scores
from lti_tool.services.outbox.competency_states import LevelState, states_for
from lti_tool.services.outbox.outbox import Outbox
from lti_tool.services.outbox.results import Results
from lti_tool.services.outbox.scores import ScoreState
from lti_tool.services.outbox.shown import Drift
from lti_tool.services.sweeps import Sweeps
from tests.factories.world import add_course
from tests.functional.outbox.conftest import SCOPES, Lms, Stage

PLACE = ("course_id", "client_id")
ONE_BACKEND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def opened(
    stage: Stage, personality: str = "moodle", learners: int = 1, notes: bool = False
) -> Lms:
    """Start an LMS that lets us make columns, and switch them on for the activity."""
    lms = stage.lms(personality, learners)
    lms.tell_course([*SCOPES, WRITE_SCOPE])
    settings(lms).switch_on(educator(lms), lms.world.activity_id, notes)
    return lms


def settings(lms: Lms) -> ColumnSettings:
    return ColumnSettings(lms.database)


def educator(lms: Lms) -> Any:
    return lms.world.viewer(lms.world.educator)


def confirm(lms: Lms, level: int | None, number: int = 0, which: int = 0, note: str = "") -> None:
    """Let the tutor confirm a level of one competency, or take it back."""
    competency_id = lms.world.competency_ids[which]
    with lms.database.write() as session:
        activity = session.get_one(Activity, lms.world.activity_id)
        participation = session.get_one(Participation, lms.participations[number])
        before = next(
            (one for one in participation.confirmed_levels if one.competency_id == competency_id),
            None,
        )
        said = Confirmation(competency_id, level, note, seen_of(before))
        viewer = lms.world.viewer(lms.world.tutor)
        confirmations.confirm(session, viewer, activity, participation.id, [said])


def columns(lms: Lms) -> list[Shown]:
    """Return the competencies' columns as the LMS has them."""
    items = lms.sandbox.extensions["sandbox"].store.line_items.all()
    return [item for item in items if item.tag.startswith("case:")]


def grades(lms: Lms, item: Shown) -> dict[str, tuple[float | None, str]]:
    """Return points and comment in a column by the learner's id in the LMS."""
    scores = gradebook.scores_of(lms.sandbox.extensions["sandbox"], item)
    return {score.person_id: (score.value, score.comment) for score in scores}


def view(lms: Lms, which: int = 0) -> ColumnView:
    return settings(lms).look(educator(lms), lms.world.activity_id).columns[which]


def state(lms: Lms, number: int = 0) -> LevelState:
    key = lms.participations[number]
    with lms.database.read() as session:
        (found,) = states_for(session, [key])[key]
    return found


def score(lms: Lms) -> ScoreState:
    found = state(lms).score
    assert found is not None
    return found


def deliver(stage: Stage) -> Counter[str]:
    """Deliver until nothing is due: columns first, then what is told to them."""
    outbox, total = stage.outbox(), Counter[str]()
    while done := outbox.deliver_due():
        total += done
    return total


def test_fifty_confirmations_at_once_make_one_column_each(stage: Stage) -> None:
    lms = opened(stage, learners=25)
    pairs = [(number, which) for number in range(25) for which in range(2)]
    outboxes = [stage.outbox() for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(confirm, lms, 2, number, which) for number, which in pairs]
        sent = [pool.submit(Outbox.deliver_due, one) for one in outboxes for _ in range(2)]
        for future in (*done, *sent):
            future.result()
    deliver(stage)
    made = columns(lms)
    assert [(item.maximum, item.link_id, item.coupled) for item in made] == [(4, "", False)] * 2
    assert {item.resource_id for item in made} == {f"act:{lms.world.activity_id}"}
    with lms.database.read() as session:
        known = {session.get_one(Competency, one).identifier for one in lms.world.competency_ids}
    assert {item.tag for item in made} == {f"case:{one}" for one in known}
    for item in made:
        assert [value for value, _ in grades(lms, item).values()] == [2.0] * 25
    assert lms.grades() == {}
    assert [view(lms, which).told for which in range(2)] == [{OutboxState.SENT: 25}] * 2


@ONE_BACKEND
@pytest.mark.parametrize("personality", ["moodle", "canvas"])
def test_the_life_of_a_level(stage: Stage, personality: str) -> None:
    lms = opened(stage, personality)
    assert columns(lms) == [] and view(lms).stage is ColumnStage.PLANNED
    confirm(lms, 2, note="Seen at work")
    assert state(lms).waits_for_column
    assert deliver(stage) == {"sent": 2}
    (item,) = columns(lms)
    assert item.label == view(lms).label and item.label.startswith(
        "What I take from this month – A1"
    )
    ((value, comment),) = grades(lms, item).values()
    assert value == 2 and "Practising (level 2 of 4)" in comment and "Framework:" in comment
    assert "Seen at work" not in comment
    confirm(lms, 3)
    deliver(stage)
    assert score(lms).points == 3
    confirm(lms, None)
    assert deliver(stage) == {"sent": 1}
    ((value, comment),) = grades(lms, item).values()
    assert value is None and "taken the confirmed level back" in comment
    assert state(lms).withdrawn
    now = Activities(lms.database).get(educator(lms), lms.world.activity_id)
    renamed = replace(now.values, title="Second thoughts")
    Activities(lms.database).update(educator(lms), now.id, renamed, now.seen)
    deliver(stage)
    assert columns(lms)[0].label.startswith("Second thoughts – A1")


@ONE_BACKEND
def test_a_column_that_was_made_though_the_answer_was_lost_is_found_again(stage: Stage) -> None:
    lms, made = opened(stage), []

    class Deaf(Http):
        def request(self, method: str, url: str, **how: Any) -> Answer:
            answer = super().request(method, url, **how)
            if method == "POST" and "/lineitems?" in url:
                made.append(url)
                raise PlatformUnavailable("timeout")
            return answer

    confirm(lms, 2)
    http = Deaf(allow_local=True)
    stage.stack.callback(http.close)
    assert replace(stage.outbox(), http=http).deliver_due() == {"queued": 1}
    assert len(made) == 1 and view(lms).reason == "timeout"
    lms.make_due(clock.now())
    assert deliver(stage) == {"sent": 2}
    assert len(columns(lms)) == 1 and len(grades(lms, columns(lms)[0])) == 1


@ONE_BACKEND
def test_a_column_that_was_deleted_by_hand_is_made_again_only_when_asked(stage: Stage) -> None:
    lms = opened(stage)
    confirm(lms, 2)
    deliver(stage)
    sandbox = lms.sandbox.extensions["sandbox"]
    gradebook.delete_line_item(sandbox, columns(lms)[0])
    confirm(lms, 3)
    assert deliver(stage) == {"refused": 1}
    assert columns(lms) == [] and view(lms).stage is ColumnStage.GONE
    assert (view(lms).reason, view(lms).who_can_fix) == ("column_gone", "teacher")
    assert settings(lms).make(educator(lms), lms.world.activity_id, view(lms).competency_id) == 1
    assert deliver(stage) == {"sent": 2}
    (item,) = columns(lms)
    assert [value for value, _ in grades(lms, item).values()] == [3.0]
    assert view(lms).stage is ColumnStage.THERE and view(lms).told == {OutboxState.SENT: 1}


@ONE_BACKEND
def test_what_the_lms_does_not_let_us_do_is_told_and_tried_when_asked(stage: Stage) -> None:
    lms = opened(stage)
    lms.tell_course(SCOPES)
    assert not settings(lms).look(educator(lms), lms.world.activity_id).place.offers
    confirm(lms, 2)
    assert deliver(stage) == {"refused": 1}
    assert (view(lms).stage, view(lms).reason) == (ColumnStage.REFUSED, "columns_not_allowed")
    assert state(lms).waits_for_column
    lms.tell_course([*SCOPES, WRITE_SCOPE])
    lms.switch("ags", "html")
    settings(lms).make(educator(lms), lms.world.activity_id)
    assert deliver(stage)["queued"] == 2 and view(lms).stage is ColumnStage.COMING
    lms.switch("ags")
    lms.make_due(clock.now())
    assert deliver(stage) == {"sent": 3}  # the second column was asked for before it was needed
    assert len(columns(lms)) == 2


@ONE_BACKEND
def test_open_edx_shows_no_such_column_and_staff_are_never_graded(stage: Stage) -> None:
    lms = stage.lms("openedx")
    lms.tell_course([*SCOPES, WRITE_SCOPE])
    with pytest.raises(IllegalTransition):
        settings(lms).switch_on(educator(lms), lms.world.activity_id, notes=False)
    confirm(lms, 2)
    assert lms.messages() == []
    other = opened(stage, "canvas")
    with other.database.write() as session:
        session.get_one(Membership, other.pupils[0].membership_id).granted_role = Role.TUTOR
    confirm(other, 2)
    with other.database.write() as session:
        assert competency_scores.promise_missing(session) == 0
    assert deliver(stage) == {} and columns(other) == []


@ONE_BACKEND
def test_switched_off_nothing_is_sent_and_switched_on_all_is_caught_up(stage: Stage) -> None:
    lms = opened(stage, learners=3)
    for number in range(3):
        confirm(lms, 2, number, note="before")
    deliver(stage)
    settings(lms).switch_off(educator(lms), lms.world.activity_id)
    confirm(lms, 3, 0, note="after")
    confirm(lms, None, 1)
    assert deliver(stage) == {}
    settings(lms).switch_on(educator(lms), lms.world.activity_id, notes=True)
    confirm(lms, 4, 2, note="Seen at work")
    assert deliver(stage) == {"sent": 3}
    told = grades(lms, columns(lms)[0]).values()
    assert sorted(value for value, _ in told if value is not None) == [3, 4]
    comments = "".join(comment for _, comment in told)
    assert "Your tutor writes: Seen at work" in comments
    assert "before" not in comments and "after" not in comments


@ONE_BACKEND
def test_catching_up_goes_on_where_it_was_killed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches: what was told before is not told again, and nobody is left out."""
    monkeypatch.setattr(catching_up, "TOGETHER", 2)
    lms = opened(stage, learners=5)
    for number in range(5):
        confirm(lms, 1, number)
    deliver(stage)
    settings(lms).switch_off(educator(lms), lms.world.activity_id)
    for number in range(5):
        confirm(lms, 3 if number else None, number)
    promise, calls = competency_scores.promise, iter(range(9))

    def killed(*args: Any) -> None:
        if next(calls) == 3:
            raise KeyboardInterrupt
        promise(*args)

    monkeypatch.setattr(competency_scores, "promise", killed)
    with pytest.raises(KeyboardInterrupt):
        settings(lms).switch_on(educator(lms), lms.world.activity_id, notes=False)
    monkeypatch.setattr(competency_scores, "promise", promise)
    assert deliver(stage) == {"sent": 2}
    assert Sweeps(lms.database).run() == {"caught_up": 3}
    assert deliver(stage) == {"sent": 3}
    assert Sweeps(lms.database).run() == {}
    (column,) = columns(lms)
    assert sorted(value is None for value, _ in grades(lms, column).values())[:4] == [False] * 4


@ONE_BACKEND
def test_a_level_that_somebody_changed_in_the_lms_is_told_and_sent_again(stage: Stage) -> None:
    lms = opened(stage, "canvas")
    confirm(lms, 2)
    deliver(stage)
    here, (item,) = lms.sandbox.extensions["sandbox"], columns(lms)
    (who,) = grades(lms, item)
    gradebook.grade_by_hand(here, item, who, 4.0, "Very good")
    results = Results(lms.database, stage.outbox().calls)
    assert results.read_due()["read"] == 1
    shown = score(lms).shown
    assert shown is not None and (shown.drift, shown.points, shown.of) == (Drift.CHANGED, 4, 4)
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        tutor, message_id = lms.world.viewer(lms.world.tutor), score(lms).message_id
        stage.outbox().retry(tutor, message_id)
        assert deliver(stage) == {"sent": 1} and grades(lms, item)[who][0] == 2
        confirm(lms, None)
        deliver(stage)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        results.read_due()
        shown = score(lms).shown
        assert shown is not None and shown.drift is Drift.SAME and shown.points is None


@ONE_BACKEND
def test_another_scale_and_a_retired_competency_are_followed(stage: Stage) -> None:
    lms = opened(stage)
    confirm(lms, 2)
    deliver(stage)
    with lms.database.write() as session:
        competency = session.get_one(Competency, lms.world.competency_ids[0])
        framework = session.get_one(CompetencyFramework, competency.framework_id)
        session.delete(framework.levels[-1])
        competency.retired_at, competency.statement = clock.now(), {"en": "Listens 🎧"}
        session.flush()
        session.expire_all()
        assert competency_columns.framework_changed(session, framework.id) == 1
    assert deliver(stage) == {"sent": 2}
    (item,) = columns(lms)
    assert item.maximum == 3 and item.label.endswith("– A1 Listens 🎧")
    ((value, comment),) = grades(lms, item).values()
    assert value == 2 and "(level 2 of 3)" in comment
    assert view(lms).is_retired and view(lms).maximum == 3


@ONE_BACKEND
def test_a_copied_course_s_columns_are_its_own(stage: Stage) -> None:
    """What the LMS copied with the course becomes the copy's; a duplicate within one gets new."""
    lms = opened(stage)
    confirm(lms, 2)
    deliver(stage)
    (before,) = columns(lms)
    original = duplicate(lms)
    confirm(lms, 3)
    deliver(stage)
    kept, new = columns(lms)
    assert (kept.id, new.resource_id) == (before.id, f"act:{lms.world.activity_id}")
    assert new.resource_id != kept.resource_id == f"act:{original}"
    assert [value for value, _ in grades(lms, kept).values()] == [2.0]


@ONE_BACKEND
def test_a_column_that_came_along_with_a_restored_course_is_taken_over(stage: Stage) -> None:
    lms = opened(stage)
    elsewhere = add_course(lms.world, learners=0)
    with lms.database.write() as session:
        session.get_one(Activity, lms.world.activity_id).copied_from_id = elsewhere.activity_id
        tag = f"case:{session.get_one(Competency, lms.world.competency_ids[0]).identifier}"
    here, coupled = lms.sandbox.extensions["sandbox"], lms.item_id
    course, client = (getattr(here.store.line_items.get(coupled), name) for name in PLACE)
    values = {"label": "Old", "maximum": 4.0, "tag": tag}
    for _ in range(2):  # a backup that was restored twice
        name = f"act:{elsewhere.activity_id}"
        gradebook.add_line_item(here, course, client, resource_id=name, **values)
    confirm(lms, 2)
    deliver(stage)
    taken, left = columns(lms)
    assert taken.resource_id == f"act:{lms.world.activity_id}" and taken.label != "Old"
    assert len(grades(lms, taken)) == 1 and (left.label, grades(lms, left)) == ("Old", {})


def duplicate(lms: Lms) -> uuid.UUID:
    """Let the learner be in a copy of the activity in the same course; return the original's id."""
    original_id = lms.world.activity_id
    with lms.database.write() as session:
        original = session.get_one(Activity, original_id)
        names = ("registration_id", "deployment_id", "context_id", "title", "created_by_id")
        values = {name: getattr(original, name) for name in (*names, "framework_id")}
        made = Activity(**values, copied_from_id=original_id, competency_columns=True)
        made.competencies = list(original.competencies)
        session.add(made)
        session.flush()
        participation = session.get_one(Participation, lms.participations[0])
        again = Participation(
            activity_id=made.id,
            user_id=participation.user_id,
            resource_link_id=participation.resource_link_id,
        )
        session.add(again)
        session.flush()
        lms.world.activity_id, lms.participations[0] = made.id, again.id
    return original_id
