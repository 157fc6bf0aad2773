"""A whole activity by a cohort of six in three languages, with third-party cookies blocked.

Three go the whole way, one of them flagging what came in. One drops out, one appeals, one is late:
nobody waits for any of them, and none of them is stuck.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import update

from lti_tool import clock
from lti_tool.models.activities import Activity
from tests.browser import disputes, journey
from tests.browser.people import Course
from tests.support.servers import Pair

TITLE = "What my library needs"
WHOLE_WAY = {"amina": "en", "benoit": "fr", "youssef": "ar"}
APPEALS = ("chloe", "fr")
LATE = ("frances", "en")
DROPS_OUT = ("maryam", "ar")
FINISH = (*WHOLE_WAY.items(), APPEALS, LATE)


def scores(pair: Pair) -> dict[str, dict[str, object]]:
    return {score["person_id"]: score for score in pair.walker.control("scores")}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_cohort_of_six_walks_a_whole_activity(
    course: Course, pair: Pair, blocking_browser: Browser
) -> None:
    admin = blocking_browser.new_context().new_page()
    journey.register(course, admin, pair.services.platforms.invite("Sandbox"))
    admin.context.close()
    link_id = journey.place(course.person("claire"), TITLE)

    begin(course, link_id)
    journey.respond(course.person(APPEALS[0]), link_id, APPEALS[1])
    for who, language in WHOLE_WAY.items():
        journey.respond(course.person(who), link_id, language)
    disputes.flag(course.person("amina"), link_id, "en")
    disputes.leave_as_it_is(course.person("layla"), link_id, "ar")
    let_the_first_date_pass(pair)
    journey.reflect(course.person(LATE[0]), link_id, LATE[1])
    journey.share_all(course.person("layla"), link_id, how_many=1)
    journey.respond(course.person(LATE[0]), link_id, LATE[1])
    journey.answer_who_waits(course.person("layla"), link_id, "ar", len(FINISH))
    for who, language in FINISH:
        journey.read_and_commit(course.person(who), link_id, language)
    journey.confirm_all(course.person("layla"), link_id)

    course.wait_until(lambda: len(scores(pair)) == len(FINISH), "five scores in the gradebook")
    for score in scores(pair).values():
        assert score["value"] == 100
        assert "A1" in str(score["comment"])
    assert DROPS_OUT[0] not in scores(pair)
    assert course.person("youssef").frame.evaluate("document.documentElement.dir") == "rtl"
    tutor = course.person("layla")
    tutor.open(link_id)
    tutor.go("/people")
    tutor.look("learners-sent")
    tutor.lms("/course/2/gradebook")


def begin(course: Course, link_id: str) -> None:
    """Let five write, one of them without handing in; the appeal of one is granted."""
    journey.start(course.person(DROPS_OUT[0]), link_id, DROPS_OUT[1])
    journey.reflect(course.person(APPEALS[0]), link_id, APPEALS[1])
    disputes.withhold(course.person("layla"), link_id, "ar")
    disputes.appeal(course.person(APPEALS[0]), link_id, APPEALS[1])
    for who, language in WHOLE_WAY.items():
        journey.reflect(course.person(who, *size(who)), link_id, language)
    disputes.uphold(course.person("daniel"), link_id, "en")
    journey.share_all(course.person("layla"), link_id, how_many=len(WHOLE_WAY))


def let_the_first_date_pass(pair: Pair) -> None:
    """Let the date by which reflections were due be yesterday."""
    yesterday = clock.now() - timedelta(days=1)
    with pair.services.db.write() as session:
        session.execute(update(Activity).values(now_due_at=yesterday))


def size(who: str) -> tuple[int, int]:
    """A phone for one of them."""
    return (360, 760) if who == "youssef" else (1280, 1000)
