"""Results as files: what an educator takes to a student information system, and who may not."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from flask import Flask

from lti_tool.app import services_of
from lti_tool.exports.report import Report, report_pdf
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency
from lti_tool.models.people import Context, User
from lti_tool.rules.vocabulary import Anonymity, WorkState
from lti_tool.services.engine.confirmations import Confirmation
from lti_tool.views.pages.desk import report
from tests.factories.work import add_participation, add_reflection
from tests.factories.world import World, make_world
from tests.support.tables import on_page
from tests.support.visitor import visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world(services_of(app).db, learners=3)
    author = world.learners[0]
    add_reflection(world, author, state=WorkState.RELEASED)
    participation_id = add_participation(world, author)
    add_participation(world, world.learners[1])
    services_of(app).people.confirm(
        world.viewer(world.tutor),
        world.activity_id,
        participation_id,
        [Confirmation(world.competency_ids[0], 2, "seen", "")],
    )
    return world


def tables(content: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: [*csv.DictReader(io.StringIO(archive.read(name).decode()))]
            for name in archive.namelist()
        }


def test_an_educator_takes_the_gradebook_along(app: Flask, world: World) -> None:
    educator = visit(app, world, world.educator)
    educator.get(f"/activities/{world.activity_id}/people")
    page = educator.follow("Take results along")
    assert "OneRoster" in page.text
    answer = educator.client.get(
        f"/s/{educator.handle}/activities/{world.activity_id}/take/oneroster.zip",
        query_string={"what": "course", "school": "S 1\n", "session": "T1"},
    )
    assert answer.mimetype == "application/zip"
    found = tables(answer.data)
    (item,), results = found["lineItems.csv"], found["results.csv"]
    with world.database.read() as session:
        subs = {session.get_one(User, one.user_id).sub for one in world.learners[:2]}
        context = session.get_one(Context, world.context_id).lti_id
        confirmed = session.get_one(Competency, world.competency_ids[0]).identifier
    assert (item["schoolSourcedId"], item["academicSessionSourcedId"]) == ("S 1", "T1")
    assert item["classSourcedId"] == context and item["dueDate"] >= item["assignDate"]
    assert {one["studentSourcedId"] for one in results} == subs
    assert {one["scoreStatus"]: one["score"] for one in results} == {
        "partially graded": "40.0",
        "not submitted": "",
    }
    (level,) = found["resultLearningObjectiveIds.csv"]
    assert (level["learningObjectiveId"], level["score"]) == (confirmed, "2.0")
    assert level["resultSourcedId"] in {one["sourcedId"] for one in results}
    told = {one["learningObjectiveId"] for one in found["lineItemLearningObjectiveIds.csv"]}
    assert confirmed in told and len(told) == len(world.competency_ids)
    names = [one.name for one in (*world.learners, world.tutor)]
    assert not [name for name in names if name in str(found)]


def test_where_names_are_hidden_no_list_by_person_is_made(app: Flask, world: World) -> None:
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).anonymity = Anonymity.DOUBLE_BLIND
    educator = visit(app, world, world.educator)
    place = f"/activities/{world.activity_id}/take"
    page = educator.get(place)
    assert "Not for this activity" in page.text and "oneroster.zip" not in page.html
    assert educator.get(f"{place}/oneroster.zip").status == 404
    course = educator.client.get(f"/s/{educator.handle}{place}/oneroster.zip?what=course")
    assert tables(course.data)["results.csv"] == []


def test_staff_take_the_figures_along_as_a_report(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Report] = []

    def kept(asked: Report) -> bytes:
        told.append(asked)
        return report_pdf(asked)

    monkeypatch.setattr(report, "report_pdf", kept)
    for number in range(4, 8):
        add_reflection(world, world.add_learner(f"Learner {number}"))
    tutor = visit(app, world, world.tutor)
    page = tutor.get(f"/activities/{world.activity_id}/figures")
    answer = tutor.client.get(page.link("PDF"))
    assert answer.data.startswith(b"%PDF-") and answer.mimetype == "application/pdf"
    (made,) = told
    titles = {section.title: section for section in made.sections}
    assert made.course == "Library practice" and ("Learners", "7") in made.facts
    assert titles["How far learners are"].plot is not None
    shown = [rows for name, rows in on_page(page.html).items() if name.startswith("t-")]
    assert [[list(one.headings), *one.rows] for one in made.sections] == shown
    assert any("CC BY" in line or "©" in line for line in titles["Confirmed levels"].below)
    named = [one.name for one in (*world.learners, world.tutor, world.educator)]
    assert not [name for name in named if name in str(made)]
