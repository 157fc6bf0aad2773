from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import select

from lti_tool.models.activities import Activity
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.guidance import MAX_RESPONSE_LENGTH
from lti_tool.rules.vocabulary import Anonymity
from lti_tool.services.container import Services
from tests.factories.learning import WORDS, ask, reflect, respond
from tests.factories.world import World, make_world
from tests.functional.learner.conftest import Tab, TabMaker

QUESTION = "What did they say when you asked first?"


@pytest.fixture
def world(services: Services) -> World:
    world = make_world(services.db, learners=3)
    for person in world.learners:
        reflect(world, person)
    return world


@pytest.fixture
def one(world: World, tab: TabMaker) -> Tab:
    return tab(world.learners[0])


@pytest.fixture
def path(world: World, one: Tab) -> str:
    return f"/new/{ask(world, world.learners[0])}"


def test_before_ones_own_reflection_new_and_next_say_what_is_first(
    world: World, tab: TabMaker
) -> None:
    late = tab(world.add_learner("Late"))
    for page in ("/new", "/received", "/next"):
        assert "First send your own reflection" in late.get(page)
    assert late.post("/new/ask").status_code == 409
    assert late.post("/next", action="x", by_date="2030-01-01").status_code in (409, 422)


def test_being_given_one_at_a_time(one: Tab) -> None:
    assert "2 responses still to give" in one.get("/new")
    first = one.post("/new/ask", follow=False).location
    again = one.post("/new/ask", follow=False).location
    assert first == again
    assert "You are answering Learner" in one.get("/new")


def test_a_response_saves_itself_and_is_sent(one: Tab, path: str) -> None:
    saved = one.save(f"{path}/draft", {"resonates": "Half", "question": "", "suggestion": ""}, 0)
    assert saved.status_code == 200
    assert "Half" in one.get(path)
    stale = one.save(f"{path}/draft", {"resonates": "Other"}, 0)
    assert stale.status_code == 409
    assert stale.json is not None
    assert stale.json["current"]["fields"]["resonates"] == "<p>Half</p>"
    short = one.post(path, resonates="Half", question=QUESTION, version="1")
    assert short.status_code == 422
    assert "words in all; please write at least 20" in one.read(short)
    sent = one.post(path, resonates=WORDS, question=QUESTION)
    assert "Your response is sent" in one.read(sent)
    twice = one.post(path, resonates=WORDS, question=QUESTION)
    assert "Your response is sent" in one.read(twice)
    other = one.post(path, resonates=f"{WORDS} too", question=QUESTION)
    assert "This was sent already" in one.read(other)


def test_an_old_tab_keeps_both_texts(one: Tab, path: str) -> None:
    one.save(f"{path}/draft", {"resonates": "Text of the other tab"}, 0)
    answer = one.post(path, resonates="Text of this tab", question=QUESTION, version="0")
    assert answer.status_code == 422
    page = one.read(answer)
    assert "Text of this tab" in page
    assert "Text of the other tab" in page


def test_too_big_and_missing(one: Tab, path: str) -> None:
    answer = one.post(path, resonates="z" * (MAX_RESPONSE_LENGTH + 1), question="")
    assert answer.status_code == 422
    assert "at most 20 thousand characters" in one.read(answer)
    answer = one.post(path, resonates=WORDS)
    assert "Please write something here." in one.read(answer)
    assert WORDS in one.get(path)


def test_passing_on_gives_another_and_can_be_undone(one: Tab, path: str) -> None:
    page = one.read(one.post(f"{path}/decline", reason="known_person"))
    assert "Passed on. Here is another reflection." in page
    assert "What you passed on" in one.get("/new")
    page = one.read(one.post(f"{path}/decline", reason="cannot_answer"))
    assert "Answer Learner" in page
    assert "Your response" in one.read(one.post(f"{path}/take-up"))
    assert "What you passed on" not in one.get("/new")
    assert one.post(f"{path}/decline", reason="because").status_code == 422


def test_when_nothing_is_left_to_answer(one: Tab, path: str) -> None:
    given = one.post(f"{path}/decline", reason="known_person", follow=False).location
    second = given.split(str(one.activity_id))[1].split("?")[0]
    page = one.read(one.post(f"{second}/decline", reason="known_person"))
    assert "There is no reflection for you to answer just now." in page
    assert "No reflection is there for you to answer yet" in page


def test_others_answers_are_seen_after_ones_own(world: World, tab: TabMaker) -> None:
    tabs = {person.name: tab(person) for person in world.learners}
    for person in world.learners[1:]:
        for _each in range(2):
            respond(world, person)
    one = tabs["Learner 1"]
    paths = []
    for _each in range(2):
        location = one.post("/new/ask", follow=False).location
        path = location.split(str(one.activity_id))[1].split("?")[0]
        assert "What others answered" not in one.get(path)
        assert "What others answered" in one.read(
            one.post(path, resonates=WORDS, question=QUESTION)
        )
        paths.append(path)
    assert "You have given what was asked" in one.get("/new")


def test_a_returned_response_says_why(world: World, one: Tab, path: str) -> None:
    one.post(path, resonates=WORDS, question=QUESTION)
    with world.database.write() as session:
        response = session.scalars(select(Response)).one()
        session.add(response.send_back(world.tutor.user_id, "Please ask, do not judge."))
    assert "Your tutor returned a response of yours" in one.get()
    assert "Please ask, do not judge." in one.get("/new")
    page = one.get(path)
    assert "Please ask, do not judge." in page
    assert WORDS in page


def test_a_reflection_taken_out_is_not_shown_any_more(world: World, one: Tab, path: str) -> None:
    with world.database.write() as session:
        for reflection in session.scalars(select(Reflection)):
            session.add(reflection.withhold(world.tutor.user_id, "A name."))
    page = one.get(path)
    assert "not open to read just now" in page
    assert WORDS not in page
    assert "Your response is sent" in one.read(
        one.post(path, resonates=f"{WORDS} as well", question=QUESTION)
    )


def test_helpfulness_must_be_chosen_and_a_reply_is_kept(world: World, tab: TabMaker) -> None:
    for person in world.learners[1:]:
        for _each in range(2):
            respond(world, person)
    one = tab(world.learners[0])
    with world.database.read() as session:
        mine = session.scalars(
            select(Response.id).join(Reflection).order_by(Response.submitted_at)
        ).all()
    page = one.get("/received")
    ours = [each for each in mine if f"/received/{each}" in page]
    assert len(ours) == 2
    answer = one.post(f"/received/{ours[0]}", reply="My reply", helpfulness="9")
    assert answer.status_code == 422
    assert "Choose how helpful this was." in one.read(answer)
    assert "My reply" in one.read(answer)
    big = one.post(f"/received/{ours[0]}", reply="r" * 20_001, helpfulness="3")
    assert big.status_code == 422
    assert "at most 20 thousand characters" in one.read(big)
    one.post(f"/received/{ours[0]}", reply="My reply", helpfulness="3")
    twice = one.read(one.post(f"/received/{ours[0]}", reply="Another", helpfulness="2"))
    assert "You have written back already" in twice


def test_who_sees_what_is_one_piece_of_text(world: World, one: Tab, path: str) -> None:
    """A pseudonym within the line would else be a column of its own beside the rest."""
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).anonymity = Anonymity.PSEUDONYMS
    respond(world, world.learners[1])
    respond(world, world.learners[1])
    for page in (one.get(path), one.get("/received")):
        lines = page.split('class="field-audience"')[1:]
        assert any("not your name" in line for line in lines)
        assert all(re.match(r"[^>]*>(<svg.*?</svg>)?<span>", line, re.DOTALL) for line in lines)


def test_foreign_ids_are_not_found(world: World, tab: TabMaker, one: Tab, path: str) -> None:
    stranger = tab(world.learners[1])
    for where in (path, "/new/" + str(uuid.uuid4())):
        assert stranger.client.get(stranger.url(where)).status_code == 404
    assert stranger.save(f"{path}/draft", {"resonates": "x"}, 0).status_code == 404
    assert stranger.post(f"{path}/take-up").status_code == 404
    elsewhere = make_world(world.database, learners=1)
    foreign = Tab(one.client, elsewhere.handle(elsewhere.learners[0]), world.activity_id)
    assert foreign.client.get(foreign.url("")).status_code == 404
