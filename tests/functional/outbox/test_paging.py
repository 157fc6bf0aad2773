"""Listings page by page: Link headers as platforms write them, and those that lead nowhere."""

from __future__ import annotations

import pytest
from flask import Response, jsonify

from lti_tool.errors import PlatformRefusal
from lti_tool.lti import calls
from lti_tool.lti.line_items import ITEMS_TYPE, LineItems
from lti_tool.lti.results import RESULTS_TYPE, Results
from lti_tool.rules.vocabulary import PlatformFamily
from tests.factories.world import World, make_world
from tests.functional.outbox.conftest import Stage
from tests.functional.outbox.odd import OddPlatform, listed, odd_platform


@pytest.fixture
def world(stage: Stage) -> World:
    return make_world(stage.database, learners=1)


LINKS = [
    '<{url}/items?page=bookmark:WyJBYkMi&type_id=3>; rel="next"',
    "<{url}/items?page=bookmark:WyJBYkMi&amp;type_id=3>; rel=“next”",
    '<{url}/x>; rel="first", <{url}/items?page=bookmark:WyJBYkMi&type_id=3>;title="a, b";rel=next',
    '</items?page=bookmark:WyJBYkMi&type_id=3>; REL="Next"',
]


@pytest.mark.parametrize("link", LINKS)
def test_the_next_page_is_the_links_own_url(stage: Stage, world: World, link: str) -> None:
    def answer(url: str, path: str) -> Response:
        return listed("b") if "page=" in path else listed("a", link=link.format(url=url))

    odd = odd_platform(stage, world, answer)
    assert [item.label for item in LineItems(odd.calls).list(odd.course)] == ["a", "b"]
    assert odd.paths()[1] == "/items?page=bookmark:WyJBYkMi&type_id=3"


def test_one_media_type_is_asked_for_and_filters_keep_the_query(stage: Stage, world: World) -> None:
    odd = odd_platform(stage, world, lambda _url, _path: listed())
    assert list(LineItems(odd.calls).list(odd.course, tag="case:1 2", limit=10)) == []
    ((path, headers),) = odd.seen
    assert path == "/items?type_id=3&tag=case%3A1+2&limit=10"
    assert headers["Accept"] == ITEMS_TYPE


def test_moodle_is_never_sent_a_limit(stage: Stage, world: World) -> None:
    odd = odd_platform(stage, world, lambda _url, _path: listed(), PlatformFamily.MOODLE)
    list(LineItems(odd.calls).list(odd.course, resource_link_id="5", limit=10))
    list(Results(odd.calls).of_column(odd.column))
    assert odd.paths() == [
        "/items?type_id=3&resource_link_id=5",
        "/items/7/lineitem/results?type_id=3",
    ]
    assert odd.seen[1][1]["Accept"] == RESULTS_TYPE


def circle(odd: OddPlatform) -> list[str]:
    return [item.label for item in LineItems(odd.calls).list(odd.course)]


def test_a_page_that_comes_again_ends_the_listing(stage: Stage, world: World) -> None:
    odd = odd_platform(
        stage, world, lambda url, _path: listed("a", link=f"<{url}/items?p=2>; rel=next")
    )
    assert circle(odd) == ["a", "a"]
    assert odd.paths() == ["/items?type_id=3", "/items?p=2"]


def test_endless_pages_are_ended(
    stage: Stage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "MAX_PAGES", 5)

    def answer(url: str, path: str) -> Response:
        return listed("a", link=f"<{url}{path}x>; rel=next")

    odd = odd_platform(stage, world, answer)
    with pytest.raises(PlatformRefusal, match="endless_pages"):
        circle(odd)
    assert len(odd.seen) == 5


@pytest.mark.parametrize("target", ["http://127.0.0.1:9/items", "http://evil.example/items"])
def test_a_page_on_another_host_is_not_fetched(stage: Stage, world: World, target: str) -> None:
    odd = odd_platform(stage, world, lambda _u, _p: listed("a", link=f"<{target}>; rel=next"))
    with pytest.raises(PlatformRefusal, match="foreign_page"):
        circle(odd)
    assert len(odd.seen) == 1


@pytest.mark.parametrize("body", ['"yes"', "{}", "[1]", '[{"label": "no id"}]', "[{}]", "null"])
def test_200_with_nonsense_is_told_as_such(stage: Stage, world: World, body: str) -> None:
    odd = odd_platform(stage, world, lambda _u, _p: Response(body, mimetype="application/json"))
    with pytest.raises(PlatformRefusal, match="nonsense"):
        circle(odd)


def test_a_page_instead_of_data_is_told_as_such(stage: Stage, world: World) -> None:
    odd = odd_platform(stage, world, lambda _u, _p: Response("<h1>Log in</h1>"))
    with pytest.raises(PlatformRefusal, match="not_json"):
        circle(odd)


def test_results_are_read_over_all_pages(stage: Stage, world: World) -> None:
    def answer(url: str, path: str) -> Response:
        who = "b" if "p=2" in path else "a"
        told = jsonify([{"userId": who, "resultScore": 4, "resultMaximum": 10}, "junk"])
        if who == "a":
            told.headers["Link"] = f'<{url}/items/7/lineitem/results?p=2>; rel="next"'
        return told

    odd = odd_platform(stage, world, answer)
    pages = list(Results(odd.calls).of_column(odd.column))
    assert [(list(page), [s.points for s in page.values()]) for page in pages] == [
        (["a"], [4.0]),
        (["b"], [4.0]),
    ]
