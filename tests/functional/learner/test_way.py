"""Two learners and a tutor, from the first page to the score."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool import clock
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.services.engine import completion
from tests.factories.learning import WORDS
from tests.factories.world import World
from tests.functional.learner.conftest import BUTTON, Tab, TabMaker

PAGES = ("", "/now", "/now?step=start", "/submission", "/new", "/received", "/next")


def start(world: World, tab: Tab) -> str:
    levels = {f"level-{key}": "1" for key in world.competency_ids}
    targets = {f"target-{key}": "3" for key in world.competency_ids}
    return tab.read(tab.post("/now/start", need="Teach people to search", **levels, **targets))


def write(world: World, tab: Tab) -> str:
    return tab.read(tab.post("/now", **{f"answer-{world.prompt_ids[0]}": WORDS}))


def answer(tab: Tab) -> str:
    given = tab.post("/new/ask", follow=False)
    path = given.location.split(str(tab.activity_id))[1].split("?")[0]
    sent = tab.post(path, resonates=WORDS, question="What did they say when you asked first?")
    assert sent.status_code == 200
    return path


def step(tab: Tab) -> str:
    day = (clock.now() + timedelta(days=20)).date().isoformat()
    return tab.read(tab.post("/next", action="Sit in at the desk", by_date=day, opportunity=""))


def test_the_whole_way(world: World, tab: TabMaker) -> None:
    one, other = (tab(person) for person in world.learners)
    for each in (one, other):
        assert "Before you write" in each.get("/now")
        assert "Your reflection" in start(world, each)
        assert "You can take it back until" in write(world, each)
        each.post("/submission/send-now")
    paths = [answer(each) for each in (one, other)]
    for each, path in zip((one, other), paths, strict=True):
        each.post(f"{path}/send-now")
    replies = ((one, other, paths[1]), (other, one, paths[0]))
    for each, peer, path in replies:
        received = each.get("/received")
        assert WORDS in received
        response_id = re.search(r"/received/([0-9a-f-]{36})", received)
        assert response_id
        told = each.post(f"/received/{response_id[1]}", helpfulness="4", reply="I will, thanks.")
        assert "I will, thanks." in each.read(told)
        assert "I will, thanks." in peer.get(path)
    assert "Where do you stand now?" in step(one)
    rated = one.post("/next/ratings", **{f"level-{key}": "2" for key in world.competency_ids})
    assert "What has changed" in one.read(rated)
    overview = one.get()
    assert "Nothing for you to do just now" in overview
    assert "Your score: 100 of 100" in overview


def test_completion_promises_the_score(world: World, tab: TabMaker) -> None:
    test_the_whole_way(world, tab)
    with world.database.write() as session:
        query = select(Participation).where(Participation.user_id == world.learners[0].user_id)
        mine = session.scalars(query).one()
        session.add(
            ConfirmedLevel(
                participation_id=mine.id,
                competency_id=world.competency_ids[0],
                level=2,
                confirmed_by_id=world.tutor.user_id,
            )
        )
        session.flush()
        completion.refresh(session, mine)
        message = session.scalars(select(OutboxMessage)).one()
    assert message.payload["scoreGiven"] == 100
    assert "You have done it all" in tab(world.learners[0]).get()


@pytest.mark.parametrize("locale", ["ar"])
def test_every_page_at_every_stage_has_at_most_one_primary_button(
    world: World, tab: TabMaker, locale: str
) -> None:
    one, other = (tab(person, locale) for person in world.learners)

    def look() -> None:
        for path in PAGES:
            page = one.get(path)
            content = page.split("<main")[1].split("</main>")[0]
            assert len(BUTTON.findall(page)) <= 1, path
            assert content.count("<h1") == 1, path

    look()
    start(world, one)
    look()
    write(world, one)
    look()
    one.post("/submission/send-now")
    look()
    start(world, other)
    write(world, other)
    other.post("/submission/send-now")
    look()
    theirs = answer(other)
    other.post(f"{theirs}/send-now")
    look()
    mine = answer(one)
    one.get(mine)
    look()
    step(one)
    look()


def test_learners_only(world: World, tab: TabMaker) -> None:
    tutor = tab(world.tutor)
    for path in PAGES:
        assert tutor.client.get(tutor.url(path)).status_code == 403


def test_no_form_without_our_token(world: World, tab: TabMaker) -> None:
    one = tab(world.learners[0])
    one.get()
    one.csrf = "forged"
    assert one.post("/now/start", need="x").status_code == 403
    assert one.save("/now/draft", {}, 0).status_code == 403
