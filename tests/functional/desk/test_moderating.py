"""Flags, appeals, passages, comments, saved replies and several at once, as people meet them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.people import Membership
from lti_tool.models.responses import Response
from lti_tool.rules.vocabulary import ModerationMode, WorkState
from lti_tool.sandbox.webpages import Page
from tests.factories.learning import ask, reflect
from tests.factories.work import add_reflection, add_response
from tests.factories.world import World, make_world
from tests.support.queries import counted
from tests.support.visitor import Visitor, visit

FLAGGED = ModerationMode.FLAGGED
DAY = timedelta(days=1)


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(
        services_of(app).db, reflection_moderation=FLAGGED, response_moderation=FLAGGED
    )


@pytest.fixture
def tutor(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.tutor)


def path(world: World, rest: str) -> str:
    return f"/activities/{world.activity_id}/{rest}"


def flag_received(app: Flask, world: World, words: str = "It names my reader.") -> Visitor:
    """Let the second learner's response to the first be flagged by the first."""
    mine = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    add_response(world, mine, world.learners[1], "<p>As Mrs Smith said.</p>", WorkState.RELEASED)
    author = visit(app, world, world.learners[0])
    author.get(path(world, "received"))
    author.follow(part="/flag/received/")
    author.send("reason", "words", reason="confidential", words=words)
    return author


def test_a_flag_holds_a_response_and_its_answer_reaches_both_sides(
    app: Flask, world: World, tutor: Visitor
) -> None:
    flagger = flag_received(app, world)
    assert "A tutor will look at it" in flagger.page.text
    assert "Mrs Smith" not in flagger.get(path(world, "received")).text
    page = tutor.get(path(world, "desk"))
    assert "Flagged" in page.text and "It names my reader." in page.text
    assert tutor.send("expected", "reason", button=("step", "withhold")).status == 422
    page = tutor.send("expected", reason="No names, please.", button=("step", "withhold"))
    assert "Withheld: Response by Learner 2" in page.text
    for person in world.learners[:2]:
        page = visit(app, world, person).get(path(world, "decisions"))
        assert "No names, please." in page.text and "A tutor agreed" in page.text
    assert "It names my reader." not in page.text, "the author must not read who it was"


def test_a_flag_that_is_dismissed_lets_the_text_be_read_again(
    app: Flask, world: World, tutor: Visitor
) -> None:
    flagger = flag_received(app, world)
    tutor.get(path(world, "desk"))
    tutor.send("expected", reason="She agreed to be named.", button=("step", "release"))
    assert "Mrs Smith" in flagger.get(path(world, "received")).text
    assert "A tutor left it as it is" in flagger.get(path(world, "decisions")).text
    flagger.get(path(world, "received"))
    assert "You flagged this" in flagger.follow(part="/flag/received/").text
    tutor.get(path(world, "desk"), list="released")
    page = tutor.send(action="/undo")
    assert "Undone" in page.text and "It names my reader." in page.text


def test_without_the_mode_a_flag_only_asks(app: Flask) -> None:
    world = make_world(services_of(app).db)
    flagger = flag_received(app, world)
    assert "Mrs Smith" in flagger.get(path(world, "received")).text
    tutor = visit(app, world, world.tutor)
    assert "It names my reader." in tutor.get(path(world, "desk")).text
    page = tutor.send("expected", reason="It is fine.", button=("step", "leave"))
    assert "Left as it is" in page.text
    assert "Nothing waits for you" in tutor.get(path(world, "desk")).text


def test_a_reader_flags_a_reflection_and_is_given_another(app: Flask, world: World) -> None:
    for person in world.learners:
        reflect(world, person)
    reader = visit(app, world, world.learners[0])
    first = ask(world, world.learners[0])
    reader.get(path(world, f"flag/reading/{first}"))
    page = reader.send("reason", "words", reason="hurtful", pass_on="1")
    assert "It is hurtful" in page.text
    assert ask(world, world.learners[0]) not in (None, first)
    assert "Flagged" in visit(app, world, world.tutor).get(path(world, "desk")).text


def withheld(app: Flask, world: World, tutor: Visitor) -> Visitor:
    """Let a reflection be withheld; return its author."""
    add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    tutor.get(path(world, "desk"), list="released")
    tutor.send("expected", reason="It names a reader.", button=("step", "withhold"))
    return visit(app, world, world.learners[0])


def test_an_appeal_is_decided_by_somebody_else(app: Flask, world: World, tutor: Visitor) -> None:
    author = withheld(app, world, tutor)
    author.get(path(world, "submission"))
    author.follow(part="/decisions")
    assert author.send("words", action="/appeal", words=" ").status == 422
    author.send("words", action="/appeal", words="The name is made up.")
    assert "Another tutor will look at it" in author.page.text
    page = tutor.get(path(world, "desk"))
    assert "Learner 1 appeals" in page.text and "another tutor or the educator decides" in page.text
    educator = visit(app, world, world.educator)
    educator.get(path(world, "desk"))
    page = educator.send(action="/appeal", reason="I see: made up.", button=("step", "uphold"))
    assert "The appeal is decided" in page.text
    page = author.get(path(world, "decisions"))
    assert "You were right" in page.text and "I see: made up." in page.text
    assert "Shared" in author.get(path(world, "submission")).text


def test_where_nobody_else_moderates_it_says_so(app: Flask, world: World, tutor: Visitor) -> None:
    author = withheld(app, world, tutor)
    with world.database.write() as session:
        session.get_one(Membership, world.educator.membership_id).left_at = clock.now()
    author.get(path(world, "decisions"))
    author.send("words", action="/appeal", words="The name is made up.")
    assert "Nobody else moderates" in tutor.get(path(world, "desk")).text
    tutor.send(action="/appeal", reason="It stays.", button=("step", "reject"))
    page = author.get(path(world, "decisions"))
    assert "The decision stands" in page.text and "nobody else moderates" in page.text
    assert "I see it differently" not in page.text, "one appeal per decision"


def test_a_passage_is_out_for_peers_and_marked_for_its_author(
    app: Flask, world: World, tutor: Visitor
) -> None:
    text = "<p>I learnt it from <strong>Mrs</strong> Smith at the desk.</p>"
    mine = add_reflection(world, world.learners[0], text, WorkState.RELEASED)
    response = add_response(world, mine, world.learners[1], state=WorkState.RELEASED)
    reading = path(world, f"new/{allocation_of(world, response)}")
    tutor.get(path(world, f"desk/reflection/{mine}"))
    page = tutor.send("passage", passage="Mr Smith", redact_reason="A name.")
    assert page.status == 422 and "do not stand in the text" in page.text
    page = tutor.send("passage", passage="mrs  smith", redact_reason="A name.")
    assert "A part is out" in page.text and "Put it back" in page.text
    peer = visit(app, world, world.learners[1])
    page = peer.get(reading)
    assert "Smith" not in page.text and "[taken out by a tutor]" in page.text
    author = visit(app, world, world.learners[0])
    assert "Peers do not see:" in author.get(path(world, "submission")).text
    tutor.get(path(world, f"desk/reflection/{mine}"))
    tutor.send(action="/undo")
    assert "Smith" in peer.get(reading).text


def allocation_of(world: World, response_id: uuid.UUID) -> uuid.UUID:
    with world.database.read() as session:
        found = session.get_one(Response, response_id).allocation_id
    assert found is not None
    return found


def test_a_comment_is_for_the_author_and_for_the_addressee_only_if_said_so(
    app: Flask, world: World, tutor: Visitor
) -> None:
    mine = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    response = add_response(world, mine, world.learners[1], state=WorkState.RELEASED)
    addressee, author = (visit(app, world, one) for one in world.learners[:2])
    for shared, told in (("", False), ("1", True)):
        tutor.get(path(world, f"desk/response/{response}"))
        extra = {"to_addressee": shared} if shared else {}
        tutor.send("comment", comment="Ask one thing at a time.", **extra)
        page = author.get(path(world, f"new/{allocation_of(world, response)}"))
        assert "Ask one thing at a time." in page.text
        page = addressee.get(path(world, "received"))
        assert ("Ask one thing at a time." in page.text) is told


def test_saved_replies_name_what_they_do_not_know(world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    tutor.get(path(world, "replies"))
    page = tutor.send("title", "body", title="Names", body="Dear {nmae}, {activity}")
    assert page.status == 422 and "{nmae} stands for nothing" in page.text
    tutor.send("title", "body", title="Names", body="Dear {name}, no names please. {tutor}")
    page = tutor.get(path(world, "desk"), list="released")
    assert "Dear Learner 1, no names please. Tariq Tutor" in page.html
    reply = next(value for name, value in page.form("expected", "reply").fields if name == "reply")
    form = page.form("expected", "reply")
    url = form.action.split("?")[0] + "/reply?list=released"
    data = {**dict(form.fields), "reply": reply, "reason": "Hello."}
    answer = tutor.client.post(url, data=data)
    assert "Hello.\n\nDear Learner 1, no names please." in answer.text


def test_several_are_previewed_decided_and_undone_together(
    app: Flask, world: World, tutor: Visitor
) -> None:
    ids = [add_reflection(world, one, state=WorkState.HELD) for one in world.learners]
    picked = [f"reflection:{one}" for one in ids]
    page = tutor.get(path(world, "desk/several"))
    assert " checked" not in page.html.partition('id="f-step"')[0]
    assert tutor.follow("Tick all that can be").html.count('name="picked"') == 3
    assert tutor.page.html.partition('id="f-step"')[0].count(" checked") == 3
    form = tutor.page.form("step")
    data = [("csrf_token", dict(form.fields)["csrf_token"]), ("step", "release")]
    answer = tutor.client.post(form.action, data=_multi([*data, *(("picked", p) for p in picked)]))
    assert "3 texts would be shared" in answer.text
    other = visit(app, world, world.educator)
    other.get(path(world, f"desk/reflection/{ids[0]}"))
    other.send("expected", button=("step", "release"))
    tutor._keep(answer)
    page = _send_all(tutor)
    assert "2 texts decided together" in page.text and "left alone" in page.text
    page = tutor.send(action="/undo")
    assert "Undone: they stand where they stood before." in page.text
    assert "Waiting for you 2" in page.text


def _multi(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _send_all(tutor: Visitor) -> Page:
    form = tutor.page.form("step", action="/take")
    return tutor._keep(
        tutor.client.post(form.action, data=_multi(form.fields), follow_redirects=True)
    )


def test_shortcuts_are_listed_and_can_be_switched_off(world: World, tutor: Visitor) -> None:
    page = tutor.get(path(world, "desk"))
    assert 'data-desk-keys="on"' in page.html and "Open the next one" in page.html
    tutor.send(action="/shortcuts")
    assert 'data-desk-keys="off"' in tutor.get(path(world, "desk")).html


def test_a_page_of_work_costs_the_same_however_much_is_about_it(
    world: World, tutor: Visitor
) -> None:
    """The list's queries are counted in test_deciding; these are those of the open work."""
    mine = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    url = path(world, f"desk/reflection/{mine}")
    tutor.get(url)
    with counted(world.database) as before:
        tutor.get(url)
    for number in range(3):
        tutor.send("passage", passage="catalogue", redact_reason=f"Because {number}")
        tutor.get(url)
    with counted(world.database) as after:
        tutor.get(url)
    assert len(after) == len(before)


def test_a_stranger_finds_none_of_it(app: Flask, world: World) -> None:
    mine = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    response = add_response(world, mine, world.learners[1], state=WorkState.RELEASED)
    third = visit(app, world, world.learners[2])
    third.get(path(world, ""))
    assert third.get(path(world, f"flag/received/{response}")).status == 404
    assert third.get(path(world, f"flag/reading/{uuid.uuid4()}")).status == 404
    assert third.get(path(world, "replies")).status == 403
    assert third.get(path(world, "history")).status == 403
