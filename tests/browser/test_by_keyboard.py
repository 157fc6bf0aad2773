"""A tutor's day and an educator's setup by keyboard alone: every step by Tab, as people go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.interventions import Intervention
from lti_tool.models.participations import ConfirmedLevel
from lti_tool.models.reflections import Reflection
from lti_tool.rules.vocabulary import ModerationMode, WorkState
from tests.browser.people import Somebody
from tests.browser.seat import Keys, sit_down
from tests.factories.work import add_reflection
from tests.factories.world import make_world
from tests.support.servers import Pair

TITLE = "What I take from this month"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_tutors_day(pair: Pair, blocking_browser: Browser) -> None:
    yesterday = clock.now() - timedelta(days=1)
    world = make_world(
        pair.services.db, reflection_moderation=ModerationMode.BEFORE, now_due_at=yesterday
    )
    add_reflection(world, world.learners[0], "<p>How I work.</p>")
    activity = f"activities/{world.activity_id}"
    frame = sit_down(blocking_browser, pair, world, world.tutor, f"{activity}/today")
    keys = Keys(frame)

    keys.to(".today summary")
    keys.press("Enter")
    keys.to("textarea[name=note]")
    keys.type("Wrote to them by hand.")
    keys.follow("form[action*='/note'] button", "said=")

    keys.follow("nav a[href$='/desk']", "/desk")
    frame.locator("main h1").wait_for()
    keys.press("s")
    expect(frame.locator(".decided")).to_contain_text("Shared")

    keys.follow("nav a[href$='/people']", "/people")
    keys.follow("tbody a", "/people/")
    keys.to("input[type=radio][name^='levels.']")
    keys.press("ArrowRight")
    keys.follow("#levels button.btn-primary", "said=")

    with world.database.read() as session:
        assert session.scalars(select(Reflection.state)).all() == [WorkState.RELEASED]
        assert session.scalars(select(Intervention.note)).all() == ["Wrote to them by hand."]
        assert len(session.scalars(select(ConfirmedLevel)).all()) == 1
    frame.page.close()


def test_an_educators_setup(pair: Pair, blocking_browser: Browser) -> None:
    client_id = pair.connect()["client_id"]
    page = blocking_browser.new_page(viewport={"width": 1280, "height": 1000})
    educator = Somebody("claire", page, pair)
    educator.lms(f"/course/2/add/{client_id}")
    keys = Keys(educator.in_tool("/studio/choose"))

    keys.to("[name=title]")
    keys.type(TITLE)
    keys.to("[name=competency_search]")
    keys.type("A1")
    keys.press("Enter")
    keys = Keys(educator.in_tool("/studio"))
    keys.to("input[name=competencies]")
    keys.press("Space")
    keys.to("#section-responses > summary, details:has([name=reflection_moderation]) > summary")
    keys.press("Enter")
    keys.to("[name=reflection_moderation]")
    while not keys.frame.evaluate("document.activeElement.value === 'before'"):
        keys.press("ArrowDown")
    keys.to("button.btn-primary[name=do][value=save]")
    keys.press("Enter")
    page.wait_for_url("**/course/2*")

    with pair.services.db.read() as session:
        made = session.scalars(select(Activity)).one()
        assert (made.title, made.reflection_moderation) == (TITLE, ModerationMode.BEFORE)
        assert len(made.competencies) == 1
    assert educator.problems == []
    page.close()
