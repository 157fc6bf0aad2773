"""Scores and results, by the rules of each platform."""

from typing import Any

import pytest
import requests

from tests.functional.sandbox.conftest import MakeWorld, World

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"


class Column:
    """A coupled column, as its tool sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.link, self.url = world.graded_link()
        self.headers = world.tool.headers()

    def address(self, part: str) -> str:
        path, mark, query = self.url.partition("?")
        return f"{path}/{part}{mark}{query}"

    def send(self, second: float = 1, **changes: Any) -> requests.Response:
        whole, _, fraction = f"{second:06.3f}".partition(".")
        body = {
            "userId": self.world.tool.claims["sub"],
            "timestamp": f"2026-05-01T10:00:{whole}.{fraction}+00:00",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": 40,
            "scoreMaximum": 50,
            "comment": "Well done",
            **changes,
        }
        body = {name: value for name, value in body.items() if value is not None}
        headers = {**self.headers, "Content-Type": SCORE_TYPE}
        return requests.post(self.address("scores"), json=body, headers=headers, timeout=10)

    def results(self, **query: str) -> list[dict[str, Any]]:
        headers = {**self.headers, "Accept": RESULTS_TYPE}
        answer = requests.get(self.address("results"), query, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text
        return list(answer.json())


@pytest.fixture
def column(world: World) -> Column:
    return Column(world)


def test_a_score_arrives_on_the_columns_maximum(column: Column) -> None:
    answer = column.send()
    assert (answer.status_code, answer.text) == (200, "null")
    (result,) = column.results(user_id="5")
    assert (result["resultScore"], result["resultMaximum"]) == (8.0, 10.0)
    assert result["comment"] == "Well done" and result["scoreOf"] == column.url
    assert column.results(user_id="6") == [] == column.results(user_id="nobody")


@pytest.mark.parametrize(
    "changes",
    [
        {"userId": "2"},
        {"userId": "3"},
        {"userId": "nobody"},
        {"userId": None},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-05-01T10:00:00"},
        {"timestamp": "2026-15-01T10:00:00Z"},
        {"activityProgress": None},
        {"gradingProgress": None},
        {"scoreMaximum": None},
        {"scoreGiven": -1},
        {"scoreGiven": "ten"},
    ],
)
def test_moodle_refuses_with_one_sentence(column: Column, changes: dict[str, Any]) -> None:
    answer = column.send(**changes)
    assert answer.status_code == 400
    assert answer.reason.startswith("Incorrect score received")


def test_moodle_compares_whole_seconds(column: Column) -> None:
    assert column.send(5).status_code == 200
    assert [column.send(second).status_code for second in (5, 5.9, 4, 6)] == [409, 409, 409, 200]


def test_moodle_wipes_what_is_not_sent_again(column: Column) -> None:
    column.send(1)
    column.send(2, comment=None)
    (result,) = column.results()
    assert "comment" not in result and result["resultScore"] == 8.0
    assert column.send(3, gradingProgress="Pending").status_code == 200
    assert column.results() == []


def test_moodle_hides_a_zero(column: Column) -> None:
    column.send(scoreGiven=0)
    (result,) = column.results()
    assert "resultScore" not in result and result["resultMaximum"] == 10


def test_moodle_breaks_on_a_limit(column: Column) -> None:
    headers = {**column.headers, "Accept": RESULTS_TYPE}
    answer = requests.get(column.address("results"), {"limit": "5"}, headers=headers, timeout=10)
    assert answer.status_code == 500


def test_media_types_of_moodle(column: Column) -> None:
    headers = {**column.headers, "Accept": f"{RESULTS_TYPE}, application/json"}
    answer = requests.get(column.address("results"), headers=headers, timeout=10)
    assert answer.status_code == 400 and "No handler found" in answer.text
    plain = requests.post(column.address("scores"), json={}, headers=column.headers, timeout=10)
    assert plain.status_code == 400 and "No handler found" in plain.text


def test_a_teachers_grade_stays_in_a_coupled_column(column: Column) -> None:
    item = column.world.walker.control("line-items")[0]
    order = {"line_item_id": item["id"], "person": "amina", "value": 3, "comment": "Mine"}
    column.world.walker.control("scores", order)
    assert column.send(1).status_code == 409
    assert column.send(timestamp="2099-01-01T00:00:00Z").status_code == 200
    assert column.results()[0]["resultScore"] == 3


def test_a_locked_column_is_an_error(column: Column) -> None:
    item = column.world.walker.control("line-items")[0]
    column.world.walker.control(f"line-items/{item['id']}", {"locked": True})
    assert column.send().status_code == 500


def test_only_learners_who_are_in_the_course_are_graded(column: Column) -> None:
    control = column.world.walker.control
    control("people/amina/role", {"role": "inactive"})
    assert column.send(1).status_code == 200
    control("people/amina/role", {"role": "none"})
    assert column.send(2).status_code == 400


def test_canvas(make_world: MakeWorld) -> None:
    column = Column(make_world("canvas"))
    answer = column.send(5)
    assert answer.status_code == 200 and "resultUrl" in answer.json()
    assert column.send(4).status_code == 400
    assert column.send(6, userId="nobody").status_code == 422
    assert column.send(7, scoreMaximum=None).status_code == 422
    assert column.send(8, gradingProgress="Pending", comment=None).status_code == 200
    assert column.results()[0]["resultScore"] == 8
    column.send(9, scoreGiven=0)
    assert column.results()[0]["resultScore"] == 0


def test_open_edx(world: World) -> None:
    world.walker.control("personality", {"name": "openedx"})
    column = Column(world)
    assert column.send(5).status_code == 201
    assert column.send(5).status_code == 400
    unknown = column.send(6, userId="nobody")
    assert unknown.status_code == 500 and "<h1>" in unknown.text
    column.send(7, scoreGiven=0)
    assert world.walker.control("scores")[0]["published"] is False
    subject = world.tool.claims["sub"]
    answer = requests.get(column.address(f"results/{subject}"), headers=column.headers, timeout=10)
    assert [result["userId"] for result in answer.json()] == [subject]
