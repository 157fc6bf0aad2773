"""Figures of an activity and its course: the page, the files and the rows say the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.rules.vocabulary import Anonymity, DepthRubric
from lti_tool.services.insight.figures import TableKey
from lti_tool.services.keeping import kept
from tests.factories.cohorts import add_cohort
from tests.factories.varied import add_varied
from tests.factories.world import Person, World, make_world
from tests.support.recount import recount
from tests.support.tables import in_csv, in_xlsx, on_page
from tests.support.visitor import visit

LEARNERS = 110
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is not about SQL."""


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, learners=0, depth_rubric=DepthRubric.KEMBER)


@pytest.fixture
def large(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[World, time_machine.Traveller]]:
    """A course whose figures are kept, and its clock, which stands still."""
    add_varied(world, 60)
    monkeypatch.setattr(kept, "LEAST", 20)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield world, traveller


def fetched(app: Flask, world: World, path: str, who: Person, locale: str = "en") -> TestResponse:
    handle = world.handle(who, locale=locale)
    return app.test_client().get(f"/s/{handle}/activities/{world.activity_id}/{path}")


def shown(value: float | None, is_share: bool) -> str:
    """Return a number as the page and CSV have it in English."""
    if value is None:
        return ""
    return f"{value:.0%}" if is_share else f"{value:g}"


def agrees(cell: str, value: float | None) -> bool:
    return cell in ("hidden", *(shown(value, is_share) for is_share in (False, True)))


def test_page_csv_xlsx_and_rows_agree_to_the_last_unit(app: Flask, world: World) -> None:
    add_varied(world, LEARNERS)
    page = on_page(fetched(app, world, "figures", world.educator).text)
    book = in_xlsx(fetched(app, world, "figures.xlsx", world.educator).data)
    with world.database.read() as session:
        rows = recount(session, session.get_one(Activity, world.activity_id))
    visible = 0
    for key, sheet in zip(TableKey, book.values(), strict=True):
        table = page[f"t-{key}"]
        plain = in_csv(fetched(app, world, f"figures/{key}.csv", world.educator).data)
        assert plain == [["" if cell == "–" else cell for cell in row] for row in table], key
        assert len(rows[key]) == len(table) - 1 == len(sheet) - 1, key
        for cells, numbers, typed in zip(plain[1:], rows[key], sheet[1:], strict=True):
            assert cells[0] == typed[0]
            for cell, value, number in zip(cells[1:], numbers, typed[1:], strict=True):
                assert agrees(cell, value), (key, cells, numbers)
                assert number == ("hidden" if cell == "hidden" else value), (key, typed)
                visible += cell != "hidden"
    assert visible > 60
    single = fetched(app, world, f"figures/{key}.xlsx", world.educator).data
    assert list(in_xlsx(single).values()) == [sheet]


@SQLITE
def test_the_lists_are_whole_and_as_the_pages_show_them(app: Flask, world: World) -> None:
    add_varied(world, LEARNERS)
    first = on_page(fetched(app, world, "people", world.educator).text)[""][1:]
    people = in_csv(fetched(app, world, "people.csv", world.educator).data)
    typed = in_xlsx(fetched(app, world, "people.xlsx", world.educator).data)["Learners"]
    assert len(people) == len(typed) == LEARNERS + 1
    for row, cells, values in zip(first, people[1:], typed[1:], strict=False):
        assert row[0].endswith(cells[0]) and cells[0] == values[0]
        if len(row) > 2:
            assert row[2] == f"{cells[4]} of {cells[5]}" and row[4] == cells[8]
            assert float(cells[8]) == values[8]
    assert isinstance(typed[9][9], datetime)
    scores = in_csv(fetched(app, world, "scores.csv", world.educator).data)
    assert len(scores) == LEARNERS * 9 // 10 + 1
    states = [row[3] for row in scores]
    counted = on_page(fetched(app, world, "figures", world.educator).text)["t-scores"]
    for label, number in counted[1:]:
        assert states.count(label) + (11 if "Nothing" in label else 0) == int(number)
    support = in_csv(fetched(app, world, "support.csv", world.educator).data)
    assert len(support) == LEARNERS // 2 + 1 and all(row[7][0] == "'" for row in support[1:])
    queue = in_csv(fetched(app, world, "desk.csv?list=released", world.educator).data)
    assert len(queue) > 150 and {row[0] for row in queue[1:]} == {"Reflection", "Response"}


@SQLITE
def test_files_are_written_as_their_readers_country_does(app: Flask, world: World) -> None:
    add_varied(world, 20)
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).title = "Été : lire / écrire"
    answer = fetched(app, world, "scores.csv", world.educator, "fr")
    rows = in_csv(answer.data, ";")
    assert len(rows) == 19 and {row[2] for row in rows[1:]} == {"", "80,5"}
    name = answer.headers["Content-Disposition"]
    assert "filename*=UTF-8''%C3%89t%C3%A9%20lire%20%C3%A9crire%20%E2%80%93%20" in name
    assert clock.now().date().isoformat() in name and 'filename="Ete lire ecrire' in name
    history = fetched(app, world, "history.xlsx", world.educator)
    first = next(iter(in_xlsx(history.data).values()))[1]
    assert isinstance(first[0], datetime)


@SQLITE
def test_a_tutor_counts_their_own_and_small_groups_are_kept_back(app: Flask, world: World) -> None:
    add_varied(world, 40)
    few = [world.add_learner(f"Few {number}") for number in range(4)]
    mine = [world.add_learner(f"Mine {number}") for number in range(6)]
    add_cohort(world, "Few", few)
    own = add_cohort(world, "Mine", mine, [world.tutor])
    tutor, educator = visit(app, world, world.tutor), visit(app, world, world.educator)
    figures = f"/activities/{world.activity_id}/figures"
    table = on_page(tutor.get(figures).html)
    assert table["t-glance"][1] == ["Learners", "6"] and table["t-stages"][1][1] == "6"
    everybody = on_page(educator.get(figures).html)["t-glance"]
    assert everybody[1] == ["Learners", "50"]
    page = educator.get(figures, cohort=str(own))
    assert on_page(page.html)["t-glance"][1][1] == "6" and "Mine 1" not in page.text
    educator.get(figures)
    small = educator.get(figures, since=(clock.now() + timedelta(days=1)).date().isoformat())
    assert "No learner fits this filter." in small.text
    for cohort in ("nonsense", "00000000-0000-4000-8000-000000000000"):
        for path in (figures, f"{figures}.xlsx", figures.replace("figures", "people.csv")):
            assert educator.get(path, cohort=cohort).status == 404
    assert visit(app, world, mine[0]).get(figures).status == 403
    course = educator.get("/figures")
    assert "What I take from this month" in course.text
    cells = on_page(course.html)[""][1]
    assert cells[1:5] == [row[1] for row in everybody[1:5]]
    assert tutor.get("/figures.csv").status == 200


@SQLITE
def test_files_of_a_large_course_say_what_the_page_said(
    app: Flask, large: tuple[World, time_machine.Traveller]
) -> None:
    """Until somebody has it counted again, although learners go on meanwhile."""
    world, traveller = large
    staff, figures = visit(app, world, world.educator), f"/activities/{world.activity_id}/figures"
    assert "As of" in staff.get(figures).text
    shown, files = on_page(staff.page.html), staff.page.link(part="stages.csv")
    book, report = staff.page.link(part="figures.xlsx"), staff.page.link(part="figures.pdf")
    course = staff.get("/figures")
    line, of_course = on_page(course.html)[""][1], course.link(part="figures.csv")
    with world.database.write() as session:
        session.execute(update(Participation).values(completed_at=clock.now()))
    traveller.shift(1)
    staff.get(figures)
    staff.send("csrf_token", action="figures")
    assert on_page(staff.page.html)["t-glance"][4] == ["Complete", "54"] != shown["t-glance"][4]
    again = staff.get("/figures")
    assert on_page(again.html)[""][1] == line
    staff.send("csrf_token", action="figures")
    assert on_page(staff.page.html)[""][1][4] == "54" != line[4]
    assert in_csv(staff.client.get(files).data) == shown["t-stages"]
    assert in_csv(staff.client.get(of_course).data)[1] == line
    sheets = list(in_xlsx(staff.client.get(book).data).values())
    assert sheets[0][4] == ["Complete", 18] and staff.client.get(report).status_code == 200
    assert in_csv(staff.client.get(files.split("?")[0]).data) != shown["t-stages"]
    other = visit(app, world, world.tutor)
    add_cohort(world, "Empty", (), [world.tutor])
    stolen = files.replace(staff.handle, other.handle)
    assert other.client.get(stolen).status_code == 404
    assert staff.client.get(files.split("?")[0], query_string={"kept": "x"}).status_code == 404


@SQLITE
def test_too_few_learners_have_no_figures(app: Flask, world: World) -> None:
    for number in range(4):
        world.add_learner(f"Learner {number}")
    page = visit(app, world, world.educator).get(f"/activities/{world.activity_id}/figures")
    assert "Too few for figures" in page.text and "Take the lists along" in page.text
    assert fetched(app, world, "figures.xlsx", world.educator).status_code == 404
    assert "Fewer than five learners" in visit(app, world, world.tutor).get("/figures").text


@SQLITE
def test_where_both_sides_are_blind_no_file_holds_a_name(app: Flask) -> None:
    world = make_world(services_of(app).db, learners=0, anonymity=Anonymity.DOUBLE_BLIND)
    add_varied(world, 20)
    with world.database.write() as session:
        session.execute(update(Participation).values(unmasked_at=clock.now()))
    files = ("people.csv", "scores.csv", "desk.csv?list=released", "support.csv", "history.csv")
    for path in (*files, "today.csv", "figures"):
        text = fetched(app, world, path, world.educator).text
        assert "Crowd 0" not in text and "Traceback" not in text, path
    rows: Any = in_csv(fetched(app, world, "people.csv", world.educator).data)
    assert sum(row[0] == "Somebody who has not begun" for row in rows) == 2
    assert all(len(row[9]) in (0, 10) for row in rows[1:])
