from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool import clock
from tests.factories.learning import rate, reflect
from tests.factories.world import World
from tests.functional.learner.conftest import Tab, TabMaker


@pytest.fixture
def one(world: World, tab: TabMaker) -> Tab:
    rate(world, world.learners[0])
    reflect(world, world.learners[0])
    return tab(world.learners[0])


def in_days(days: int) -> str:
    return (clock.now() + timedelta(days=days)).date().isoformat()


def test_a_step_needs_a_day_to_come(one: Tab) -> None:
    for by_date in ("", "soon", "2020-01-01", "2999-01-01", "2026-02-31"):
        answer = one.post("/next", action="Sit in", by_date=by_date, opportunity="Nadia")
        assert answer.status_code == 422
        page = one.read(answer)
        assert "Choose a day" in page
        assert "Sit in" in page
        assert "Nadia" in page


def test_a_step_needs_an_action(one: Tab) -> None:
    answer = one.post("/next", action=" ", by_date="")
    assert answer.status_code == 422
    page = one.read(answer)
    assert "Please fill this in." in page
    assert "Choose a day" in page


def test_step_then_rating_then_change(world: World, one: Tab) -> None:
    page = one.read(one.post("/next", action="Try", by_date=in_days(3), opportunity="Workshop"))
    assert "Workshop" in page
    assert "Where do you stand now?" in page
    first, second = (f"level-{key}" for key in world.competency_ids)
    missing = one.post("/next/ratings", **{first: "3"})
    assert missing.status_code == 422
    assert "Choose where you stand." in one.read(missing)
    page = one.read(one.post("/next/ratings", **{first: "3", second: "1"}))
    assert "higher than before" in page
    assert "where you were" in page
    assert "Where do you stand now?" in one.get("/next?edit=ratings")
    assert "Commit to this step" in one.get("/next?edit=step")
    changed = one.read(one.post("/next", action="Try harder", by_date=in_days(5)))
    assert "Try harder" in changed
