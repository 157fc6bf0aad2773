"""URLs, bodies and comparisons of the gradebook service."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from lti_tool.lti.ags import serialise
from lti_tool.lti.calls import under, with_query
from lti_tool.lti.results import Column, all_url, read, result_url, same
from lti_tool.lti.tokens import Tenant
from lti_tool.rules.vocabulary import PlatformFamily as Family

URL = "https://m.example/mod/lti/services.php/2/lineitems/7/lineitem?type_id=3"
PAYLOAD = {
    "scoreGiven": 40.0,
    "scoreMaximum": 100,
    "activityProgress": "Completed",
    "gradingProgress": "FullyGraded",
    "comment": "one\ntwo",
}


def column(family: Family = Family.MOODLE, url: str = URL) -> Column:
    tenant = Tenant(uuid.uuid4(), uuid.uuid4(), "1", "client", "https://m/t", "https://m/t", family)
    return Column(tenant, url, ())


@pytest.mark.parametrize(
    ("url", "scores"),
    [
        (URL, "https://m.example/mod/lti/services.php/2/lineitems/7/lineitem/scores?type_id=3"),
        ("https://c.example/li/1", "https://c.example/li/1/scores"),
        ("https://c.example/li/1/", "https://c.example/li/1/scores"),
        ("https://e.example/lti%2B1/x?a=1&b=%20", "https://e.example/lti%2B1/x/scores?a=1&b=%20"),
    ],
)
def test_the_path_grows_and_the_query_stays(url: str, scores: str) -> None:
    assert under(url, "scores") == scores


def test_one_persons_result_is_asked_for_as_each_platform_understands() -> None:
    assert result_url(column(), "5 6").endswith("/results?type_id=3&user_id=5+6")
    assert "limit" not in result_url(column(), "5")
    plain = "https://p.example/li/1"
    assert result_url(column(Family.OPENEDX, plain), "a/b") == f"{plain}/results/a%2Fb"
    assert result_url(column(Family.BLACKBOARD, plain), "5") == f"{plain}/results?limit=1000"
    assert result_url(column(Family.GENERIC, plain), "5") == f"{plain}/results?user_id=5"


def test_the_timestamp_has_milliseconds_and_a_zone() -> None:
    moment = datetime(2026, 3, 1, 13, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    score = serialise(column(), "5", PAYLOAD, moment)
    assert score["timestamp"] == "2026-03-01T12:00:05.000+00:00"
    assert score == {**PAYLOAD, "userId": "5", "timestamp": score["timestamp"]}


def test_what_families_want_besides() -> None:
    now = datetime.now(UTC)
    canvas = serialise(column(Family.CANVAS), "5", PAYLOAD, now)
    assert canvas["https://canvas.instructure.com/lti/submission"] == {"new_submission": False}
    assert serialise(column(Family.BLACKBOARD), "5", PAYLOAD, now)["comment"] == "one<br/>two"


@pytest.mark.parametrize(
    ("result", "ours"),
    [
        ({"resultScore": 4, "resultMaximum": 10}, True),
        ({"resultScore": 40.0001, "resultMaximum": 100}, True),
        ({"resultScore": "40"}, True),
        ({"resultScore": 41, "resultMaximum": 100}, False),
        ({"resultScore": None}, False),
        ({}, False),
        ({"resultScore": "much"}, False),
        (None, False),
    ],
)
def test_a_result_is_compared_as_a_share(result: dict[str, object] | None, ours: bool) -> None:
    shown = read(result) if result is not None else None
    assert same(Family.GENERIC, shown, PAYLOAD) is ours


def test_a_missing_result_is_zero_on_moodle_only() -> None:
    nothing = {**PAYLOAD, "scoreGiven": 0.0}
    assert same(Family.MOODLE, read({"resultMaximum": 10}), nothing)
    assert not same(Family.GENERIC, read({"resultMaximum": 10}), nothing)


def test_everybodys_results_are_asked_for_without_a_limit_but_on_blackboard() -> None:
    assert all_url(column()).endswith("/lineitem/results?type_id=3")
    assert all_url(column(Family.BLACKBOARD, "https://b/li")) == "https://b/li/results?limit=1000"


@pytest.mark.parametrize(
    ("url", "values", "whole"),
    [
        ("https://m/li?type_id=3", {"tag": "case:1/2 é"}, "type_id=3&tag=case%3A1%2F2+%C3%A9"),
        ("https://m/li?x=%2B&type_id=3", {"tag": "a"}, "x=%2B&type_id=3&tag=a"),
        ("https://m/li?tag=old&b=1", {"tag": "new"}, "b=1&tag=new"),
        ("https://m/li", {"resource_id": "act:1&2"}, "resource_id=act%3A1%262"),
    ],
)
def test_filters_join_the_query_that_is_there(url: str, values: dict[str, str], whole: str) -> None:
    assert with_query(url, values) == f"https://m/li?{whole}"
    assert with_query(url, {}) == url.rstrip("?")
