"""A whole activity by five people, in three languages, with third-party cookies blocked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser import journey
from tests.browser.people import Course
from tests.support.servers import Pair

TITLE = "What my library needs"
LANGUAGES = {"amina": "en", "benoit": "fr", "youssef": "ar"}


def scores(pair: Pair) -> dict[str, dict[str, object]]:
    return {score["person_id"]: score for score in pair.walker.control("scores")}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_five_people_walk_a_whole_activity(
    course: Course, pair: Pair, blocking_browser: Browser
) -> None:
    admin = blocking_browser.new_context().new_page()
    journey.register(course, admin, pair.services.platforms.invite("Sandbox"))
    admin.context.close()

    link_id = journey.place(course.person("claire"), TITLE)
    for who, language in LANGUAGES.items():
        journey.reflect(course.person(who, *size(who)), link_id, language)
    journey.share_all(course.person("layla"), link_id, how_many=3)
    for who, language in LANGUAGES.items():
        journey.respond(course.person(who), link_id, language)
    journey.answer_who_waits(course.person("layla"), link_id, "ar", 3)
    for who, language in LANGUAGES.items():
        journey.read_and_commit(course.person(who), link_id, language)
    for number in range(3):
        journey.confirm(course.person("layla"), link_id, number)

    course.wait_until(lambda: len(scores(pair)) == 3, "three scores in the gradebook")
    for score in scores(pair).values():
        assert score["value"] == 100
        assert "A1" in str(score["comment"])
    assert course.person("youssef").frame.evaluate("document.documentElement.dir") == "rtl"
    tutor = course.person("layla")
    tutor.open(link_id)
    tutor.go("/people")
    tutor.look("learners-sent")
    tutor.lms("/course/2/gradebook")


def size(who: str) -> tuple[int, int]:
    """A phone for one of them."""
    return (360, 760) if who == "youssef" else (1280, 1000)
