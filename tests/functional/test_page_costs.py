"""Pages cost the same in a large course: no page sends a statement per learner.

Driven by the application's own list of routes; a new page cannot escape.
"""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lti_tool.app import services_of
from lti_tool.models import Database
from lti_tool.rules.vocabulary import Role
from tests.factories.crowds import add_crowd
from tests.factories.world import make_world
from tests.functional.test_foreign_ids import Course, entered, filled, session_rules
from tests.support.queries import counted

SMALL, MORE = 60, 240
"""More than any page shows at once, and many more."""


@pytest.mark.parametrize("role", [Role.EDUCATOR, Role.LEARNER])
def test_no_page_costs_more_with_more_learners(app: Flask, database: Database, role: Role) -> None:
    course = filled(make_world(database, learners=4))
    add_crowd(course.world, SMALL)
    before = costs(app, course, role)
    add_crowd(course.world, MORE)
    after = costs(app, course, role)
    assert len(before) > 10 and min(before.values()) > 0
    dearer = {page: (cost, after[page]) for page, cost in before.items() if after[page] > cost}
    assert dearer == {}


def costs(app: Flask, course: Course, role: Role) -> dict[str, int]:
    """Return how many statements each page sends that the role may look at, files apart."""
    world = course.world
    person = world.educator if role is Role.EDUCATOR else world.learners[0]
    handle = entered(app, world, person)
    found = {}
    for rule in session_rules(app):
        if "GET" not in (rule.methods or ()) or role not in allowed(app, rule):
            continue
        url = address(app, rule, handle, course)
        app.test_client().get(url)  # what is kept from visit to visit is kept now
        with counted(services_of(app).db) as sent:
            answer = app.test_client().get(url)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found[rule.rule] = len(sent)
    return found


def allowed(app: Flask, rule: Rule) -> frozenset[Role]:
    roles: frozenset[Role] = app.view_functions[rule.endpoint].__dict__["allowed_roles"]
    return roles


def address(app: Flask, rule: Rule, handle: str, course: Course) -> str:
    ids = {**course.ids, "kind": "reflection", "work_id": course.ids["reflection_id"]}
    values = {name: ids[name] for name in rule.arguments - {"handle"}}
    return app.url_map.bind("").build(rule.endpoint, {"handle": handle, **values})
