"""Each role on each route of a launch session: who may not is refused and reads nothing.

Driven by the application's own list of routes and what each declares; a new route cannot escape.
One database is enough: nothing here depends on which.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool.models import Database
from lti_tool.models.people import Context
from lti_tool.rules.vocabulary import Role
from lti_tool.services.container import Services
from tests.factories.world import Person, World, make_world
from tests.functional.test_foreign_ids import (
    OTHERS,
    REFUSED,
    Course,
    content,
    entered,
    filled,
    session_rules,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

THEIRS = {"participation_id", "place", "work_id", "message_id", "decision_id", "batch_id"} | {
    "extension_id",
    "file_id",
    "reflection_id",
    "cohort_id",
    "tutor_id",
}
"""Ids in addresses that belong to a learner, or to a cohort."""


@pytest.mark.parametrize("role", list(Role))
def test_who_may_not_is_refused(app: Flask, database: Database, role: Role) -> None:
    course = filled(make_world(database, learners=4))
    handle = entered(app, course.world, _person(course.world, role))
    denied = [rule for rule in session_rules(app) if role not in _allowed(app, rule)]
    assert denied
    wrong = [fault for rule in denied for fault in _not_refused(app, handle, rule, course)]
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_who_may_never_meets_a_fault(app: Flask, database: Database, role: Role) -> None:
    """A visit of each page that they may see ends in words; of what is changed, in no fault."""
    course = filled(make_world(database, learners=4))
    person = _person(course.world, role)
    open_to = [rule for rule in session_rules(app) if role in _allowed(app, rule)]
    wrong = []
    for method in ("GET", "POST"):
        for rule in open_to:
            handle = entered(app, course.world, person)
            for answer in _answers(app, handle, rule, course, (method,)):
                if answer.status_code >= 500:
                    wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert wrong == []


def test_a_tutor_of_no_cohort_reaches_no_learner(app: Flask, database: Database) -> None:
    """Where a course has cohorts, the learners of another tutor's are simply not found."""
    course = filled(make_world(database, learners=4))
    stranger = _stranger(course)
    handle = entered(app, course.world, stranger)
    rules = [
        rule
        for rule in session_rules(app, "desk")
        if rule.arguments & THEIRS and Role.TUTOR in _allowed(app, rule)
    ]
    assert rules
    wrong = [fault for rule in rules for fault in _not_refused(app, handle, rule, course)]
    assert wrong == []


def test_no_list_shows_them_another_tutors_learner(app: Flask, database: Database) -> None:
    course = filled(make_world(database, learners=4))
    handle = entered(app, course.world, _stranger(course))
    names = [OTHERS, *(learner.name for learner in course.world.learners)]
    shown = [
        f"{rule.rule}: {name}"
        for rule in session_rules(app)
        if not rule.arguments & THEIRS and Role.TUTOR in _allowed(app, rule)
        for answer in _answers(app, handle, rule, course, ("GET",))
        for name in names
        if name in answer.text
    ]
    assert shown == []


def _stranger(course: Course) -> Person:
    """Let tutors see their own cohorts only, and add one who has none."""
    with course.world.database.write() as session:
        session.get_one(Context, course.world.context_id).tutors_see_all = False
    return course.world.add_learner("Stranger", Role.TUTOR)


def _person(world: World, role: Role) -> Person:
    staff = {Role.TUTOR: world.tutor, Role.EDUCATOR: world.educator}
    return staff.get(role) or world.add_learner("Curious", role)


def _allowed(app: Flask, rule: Rule) -> frozenset[Role]:
    allowed: frozenset[Role] = app.view_functions[rule.endpoint].__dict__["allowed_roles"]
    return allowed


def _not_refused(app: Flask, handle: str, rule: Rule, course: Course) -> list[str]:
    methods = tuple(sorted((rule.methods or set()) - {"OPTIONS"}))
    return [
        f"{answer.request.method} {rule.rule}: {answer.status_code}"
        for answer in _answers(app, handle, rule, course, methods)
        if answer.status_code not in REFUSED or OTHERS in answer.text
    ]


def _answers(
    app: Flask, handle: str, rule: Rule, course: Course, methods: tuple[str, ...]
) -> Iterator[TestResponse]:
    """Call a route of this course by those of the methods that it has, with a right form."""
    ids = {**course.ids, "kind": "reflection", "work_id": course.ids["reflection_id"]}
    values = {name: ids[name] for name in rule.arguments - {"handle"}}
    url = app.url_map.bind("").build(rule.endpoint, {"handle": handle, **values})
    services: Services = app.extensions["miroir"]
    for method in methods:
        if method in (rule.methods or ()):
            sent = {"data": content(course)} if method == "POST" else {}
            headers = {"X-CSRF-Token": services.secrets.sign("csrf", handle)}
            yield app.test_client().open(url, method=method, headers=headers, **sent)
