from __future__ import annotations

from flask import Flask

from lti_tool.app import services_of
from tests.factories.cohorts import add_cohort, cohort_of
from tests.factories.world import make_world
from tests.support.visitor import visit


def test_a_learner_joins_an_open_cohort_and_changes_to_another(app: Flask) -> None:
    world = make_world(services_of(app).db)
    closed = add_cohort(world, "Closed")
    lyon = add_cohort(world, "Lyon", is_open=True)
    oran = add_cohort(world, "Oran", is_open=True)
    me, fixed = world.learners[:2]
    learner = visit(app, world, me)
    page = learner.get(f"/activities/{world.activity_id}")
    assert "Which cohort are you in?" in page.text
    page = learner.follow("Choose your cohort")
    assert "Closed" not in page.text
    assert learner.send("cohort", cohort="").status == 422
    page = learner.send("cohort", cohort=str(closed))
    assert "cannot be chosen any more" in page.text
    page = learner.send("cohort", cohort=str(lyon))
    assert "You are in this cohort now." in page.text
    assert "Which cohort are you in?" not in page.text
    learner.get(f"/activities/{world.activity_id}/cohort")
    learner.send("cohort", cohort=str(oran))
    assert cohort_of(world, me) == oran
    add_cohort(world, "Chosen", [fixed])
    page = visit(app, world, fixed).get(f"/activities/{world.activity_id}/cohort")
    assert "The educator of this course chose it" in page.text


def test_nobody_is_asked_where_no_cohort_is_open(app: Flask) -> None:
    world = make_world(services_of(app).db)
    add_cohort(world, "Closed")
    learner = visit(app, world, world.learners[0])
    page = learner.get(f"/activities/{world.activity_id}")
    assert "Which cohort are you in?" not in page.text
    page = learner.get(f"/activities/{world.activity_id}/cohort")
    assert "There is none to choose" in page.text
