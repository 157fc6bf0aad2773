"""The moderation history: nobody changes it, educators read and keep it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.decisions import HistoryErasure, ModerationDecision
from lti_tool.models.people import User
from lti_tool.rules.vocabulary import ModerationMode, Role, WorkState
from lti_tool.services.privacy.erasure import erase
from tests.factories.learning import rate
from tests.factories.work import add_participation, add_reflection
from tests.factories.world import World, add_course, make_world
from tests.support.visitor import Visitor, visit


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world(services_of(app).db, reflection_moderation=ModerationMode.BEFORE)
    add_reflection(world, world.learners[0])
    tutor = visit(app, world, world.tutor)
    tutor.client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    tutor.get(f"/activities/{world.activity_id}/desk")
    tutor.send("expected", reason="=HYPERLINK(1)", button=("step", "return"))
    return world


@pytest.fixture
def educator(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.educator)


def history(world: World) -> str:
    return f"/activities/{world.activity_id}/history"


@pytest.mark.parametrize("change", ["update", "delete", "truncate"])
def test_the_database_refuses_to_change_it(world: World, change: str) -> None:
    if change == "truncate" and world.database.is_sqlite:
        pytest.skip("SQLite has no such statement")
    statements = {
        "update": update(ModerationDecision).values(reason="another"),
        "delete": delete(ModerationDecision),
        "truncate": text("TRUNCATE moderation_decisions CASCADE"),
    }
    with pytest.raises(DBAPIError, match="append-only"), world.database.write() as session:
        session.execute(statements[change])


def test_erasing_a_person_changes_it_and_closes_it_again(world: World) -> None:
    learner = world.learners[0]
    with world.database.write() as session:
        erase(session, session.get_one(User, learner.user_id))
    with world.database.read() as session:
        about = ModerationDecision.about_id == learner.user_id
        reasons = session.scalars(select(ModerationDecision.reason).where(about)).all()
        assert set(reasons) <= {""}
        still_open = HistoryErasure.closed_at.is_(None)
        opened = select(func.count()).select_from(HistoryErasure)
        assert session.scalar(opened) == 1 and not session.scalar(opened.where(still_open))
    add_reflection(world, world.learners[1])
    with pytest.raises(DBAPIError, match="append-only"), world.database.write() as session:
        session.execute(delete(ModerationDecision))


def test_it_says_who_did_what_to_what_why_and_from_where(world: World, educator: Visitor) -> None:
    page = educator.get(history(world))
    for words in ("Tariq Tutor", "Reflection by Learner 1", "Returned", "=HYPERLINK(1)"):
        assert words in page.text
    assert "203.0.113.0/24" in page.text and "203.0.113.77" not in page.html


def test_it_is_filtered_by_person_kind_and_day(world: World, educator: Visitor) -> None:
    add_reflection(world, world.learners[1])
    rows = lambda **asked: educator.get(history(world), **asked).html.count("<tr role")  # noqa: E731
    everything = rows()
    assert rows(person=str(world.tutor.user_id)) == 2
    assert rows(step="return") == 2
    assert rows(person=str(world.learners[1].user_id)) < everything
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    assert "Nothing here" in educator.get(history(world), since=tomorrow).text
    assert educator.get(history(world), step="nonsense").status == 404
    assert educator.get(history(world), until="9999-12-31").status == 404


@pytest.mark.parametrize(("locale", "separator"), [("en", ","), ("fr", ";")])
def test_the_file_opens_in_a_spreadsheet_and_computes_nothing(
    app: Flask, world: World, locale: str, separator: str
) -> None:
    client, handle = app.test_client(), world.handle(world.educator, locale=locale)
    answer = client.get(f"/s/{handle}{history(world)}.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=separator))
    assert {len(row) for row in rows} == {7}
    assert any("'=HYPERLINK(1)" in row for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_only_the_courses_educators_read_it(app: Flask, world: World) -> None:
    assert visit(app, world, world.tutor).get(history(world)).status == 403
    assert visit(app, world, world.learners[0]).get(history(world)).status == 403
    other = add_course(world)
    stranger = visit(app, other, other.educator)
    assert stranger.get(history(world)).status == 404
    page = stranger.get(history(other), scope="course")
    assert "Learner 1" not in page.text


def test_confirming_and_asking_for_more_are_in_it_and_in_the_timeline(
    app: Flask, world: World, educator: Visitor
) -> None:
    learner = world.learners[0]
    person = f"/activities/{world.activity_id}/people/{add_participation(world, learner)}"
    rate(world, learner)
    page = educator.get(f"{person}/timeline")
    assert page.text.count("Rated themselves") == 1, "once, of however many competencies"
    assert educator.send("more", more=" ").status == 422
    educator.send("more", more="A second example, please.")
    mine = visit(app, world, learner)
    assert "A second example" in mine.get(f"/activities/{world.activity_id}/decisions").text
    educator.get(person)
    educator.send("levels.0.level", levels__0__level="2", levels__0__note="Two cases shown.")
    page = educator.get(f"{person}/timeline", scope="course")
    for words in ("Level confirmed", "Two cases shown.", "Asked for more", "Returned", "Began"):
        assert words in page.text
    assert "Level confirmed" in educator.get(history(world)).text
    assert "A second example" not in mine.get(f"/activities/{world.activity_id}/decisions").text


def test_a_draft_is_in_the_timeline_by_its_date_alone(world: World, educator: Visitor) -> None:
    learner = world.add_learner("Drafter", Role.LEARNER)
    add_reflection(world, learner, "<p>Secret plans.</p>", WorkState.DRAFT)
    part = add_participation(world, learner)
    page = educator.get(f"/activities/{world.activity_id}/people/{part}/timeline")
    assert "last saved" in page.text and "Secret" not in page.html
