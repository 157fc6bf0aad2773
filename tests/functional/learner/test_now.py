from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.launches import LaunchSession
from lti_tool.models.reflections import Reflection
from lti_tool.rules.guidance import MAX_ANSWER_LENGTH
from tests.factories.learning import WORDS, rate, reflect
from tests.factories.world import World
from tests.functional.learner.conftest import Tab, TabMaker


@pytest.fixture
def one(world: World, tab: TabMaker) -> Tab:
    rate(world, world.learners[0])
    return tab(world.learners[0])


@pytest.fixture
def field(world: World) -> str:
    return f"answer-{world.prompt_ids[0]}"


def test_what_is_missing_is_said_beside_its_field(world: World, tab: TabMaker) -> None:
    one = tab(world.learners[0])
    first = f"level-{world.competency_ids[0]}"
    answer = one.post("/now/start", need="  ", **{first: "2"})
    assert answer.status_code == 422
    page = one.read(answer)
    assert "Please fill this in." in page
    assert "Choose where you want to be." in page
    answer = one.post("/now/start", need="To search", **{first: "2"})
    assert answer.status_code == 422
    page = one.read(answer)
    assert "Choose where you stand." in page
    assert "Choose where you want to be." in page
    assert "To search" in page
    assert f'id="f-{first}-2" name="{first}" type="radio" value="2" checked' in page


def test_a_draft_saves_itself_and_comes_back(one: Tab, field: str) -> None:
    first = one.save("/now/draft", {field: "One line"}, 0)
    assert first.status_code == 200
    assert first.json is not None
    assert first.json["version"] == 1
    assert first.json["saved_at"].endswith("+00:00")
    page = one.get("/now")
    assert "One line" in page
    assert 'data-version="1"' in page


def test_another_tab_gets_the_text_that_won(one: Tab, field: str) -> None:
    one.save("/now/draft", {field: "First"}, 0)
    late = one.save("/now/draft", {field: "Second"}, 0)
    assert late.status_code == 409
    assert late.json is not None
    assert late.json["version"] == 1
    assert late.json["current"] == {"fields": {field: "<p>First</p>"}, "formats": {field: "html"}}


def test_nonsense_is_not_saved(one: Tab, field: str) -> None:
    for version in (None, "1", -1, 1.5):
        assert one.save("/now/draft", {field: "x"}, version).status_code == 422
    assert one.save("/now/draft", {field: ["a", "b"]}, 0).status_code == 422  # type: ignore[dict-item]


def test_an_ended_session_is_told_to_the_script(world: World, one: Tab, field: str) -> None:
    one.get()
    with world.database.write() as session:
        session.execute(update(LaunchSession).values(expires_at=clock.now()))
    assert one.save("/now/draft", {field: "x"}, 0).status_code == 410


def test_too_short_keeps_all_that_was_typed(one: Tab, field: str) -> None:
    answer = one.post("/now", **{field: "Two <words>", "version": "0"})
    assert answer.status_code == 422
    page = one.read(answer)
    assert "2 words so far; please write at least 3." in page
    assert "Two <words>" in page
    assert "Two <words>" in one.get("/now")


def test_too_big_is_refused_in_words_with_what_was_typed(one: Tab, field: str) -> None:
    answer = one.post("/now", **{field: "y" * (MAX_ANSWER_LENGTH + 1)})
    assert answer.status_code == 422
    page = one.read(answer)
    assert "too long to be kept: at most 100 thousand characters" in page
    assert "y" * MAX_ANSWER_LENGTH in page


def test_sending_an_old_tab_keeps_both_texts(one: Tab, field: str) -> None:
    one.save("/now/draft", {field: "The long text of the other tab"}, 0)
    answer = one.post("/now", **{field: "An old text of this tab", "version": "0"})
    assert answer.status_code == 422
    page = one.read(answer)
    assert "An old text of this tab" in page
    assert "The long text of the other tab" in page
    assert 'name="version" value="1"' in page
    again = one.post("/now", **{field: "Both texts put together", "version": "1"})
    assert "Your reflection is sent." in one.read(again)


def test_keeping_for_later(one: Tab, field: str) -> None:
    kept = one.post("/now", **{field: "Two", "do": "save"})
    assert "It will be here when you come back" in one.read(kept)
    assert "Two" in one.get("/now")


def test_rich_text_is_sanitised(one: Tab, field: str) -> None:
    hostile = '<p>One <b>two</b> three<script>alert(1)</script><img src=x onerror="a"></p>'
    page = one.read(one.post("/now", **{field: hostile, f"{field}-format": "html"}))
    assert "<p>One <b>two</b> three</p>" in page
    assert "alert(1)" not in page
    assert "onerror" not in page


def test_a_second_click_and_the_back_button(one: Tab, field: str) -> None:
    one.post("/now", **{field: WORDS})
    again = one.read(one.post("/now", **{field: WORDS}))
    assert "Your reflection is sent." in again
    other = one.read(one.post("/now", **{field: "Quite another text than before"}))
    assert "This was sent already" in other
    assert WORDS in other
    assert "You can take it back until" in one.get("/now")
    assert one.save("/now/draft", {field: "late"}, 1).status_code == 409


def test_taking_back_in_time_and_too_late(world: World, one: Tab, field: str) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        one.post("/now", **{field: WORDS})
        page = one.read(one.post("/submission/take-back"))
        assert "nobody has seen it" in page
        assert WORDS in page
        one.post("/now", **{field: WORDS})
        time.shift(timedelta(minutes=16))
        page = one.read(one.post("/submission/take-back"))
        assert "The time to take it back is over" in page
        assert "Take it back" not in page


def test_returned_work_opens_with_its_reason(world: World, one: Tab) -> None:
    reflect(world, world.learners[0])
    one.post("/submission/send-now")
    with world.database.write() as session:
        reflection = session.scalars(select(Reflection)).one()
        session.add(reflection.send_back(world.tutor.user_id, "Leave out <names>, please."))
    page = one.get("/now")
    assert "Leave out <names>, please." in page
    assert WORDS in page
    assert "Change your reflection" in one.get()
    changed = WORDS.replace("alone", "together")
    page = one.read(one.post("/now", **{f"answer-{world.prompt_ids[0]}": changed}))
    assert "What you changed in version 2" in page
    told = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", page)
    assert "<ins>together</ins>" in told and "<del>alone</del>" in told


def test_before_it_opens_every_page_says_when(world: World, one: Tab, field: str) -> None:
    opens = clock.now() + timedelta(days=2)
    with world.database.write() as session:
        session.execute(update(Activity).values(opens_at=opens))
    for path in ("", "/now", "/new", "/next", "/received"):
        assert "Not open yet" in one.get(path) and "/my-work" in one.get(path)
    assert one.post("/now", **{field: WORDS}).status_code == 409
    assert one.save("/now/draft", {field: WORDS}, 0).status_code == 409


def test_without_a_reflection_the_submission_leads_to_writing(one: Tab) -> None:
    assert "Send to your tutor and peers" in one.get("/submission")
