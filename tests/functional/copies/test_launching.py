"""The first launch of an unknown link: whose settings it may copy, odd histories, races."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool.models.activities import Activity, Prompt, ResourceLink
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import CopySign, DeploymentState
from lti_tool.services.activities.activities import Activities
from lti_tool.services.activities.copying import PROMPT, SETTINGS
from tests.factories.activities import activity_values
from tests.support.forge import INSTRUCTOR, Forge, handle_in
from tests.support.queries import counted

MANY = 6
NOT_COPIED = {
    "id",
    "registration_id",
    "deployment_id",
    "context_id",
    "state",
    "created_by_id",
    "created_at",
    "updated_at",
    "copied_from_id",
    "copied_at",
    "copied_by_sign",
    "copy_checked_at",
    "closed_at",
    "column_notes_at",
    "columns_caught_up_to",
    "criteria_published",
    "event_at",
    "shared_links",
}


@pytest.fixture
def forge(app: Flask) -> Forge:
    return Forge(app, app.test_client()).connect()


def enter(
    forge: Forge, link: str, course: str = "course-1", title: str = "", **more: Any
) -> Viewer:
    told = {"RESOURCE_LINK": {"id": link, "title": title}, "CONTEXT": {"id": course}, **more}
    return forge.services.launches.viewer(handle_in(forge.launch(**told)))


def original(forge: Forge, title: str = "Reading", **more: Any) -> uuid.UUID:
    """Make an activity in course-1 that link-1 opens."""
    viewer = enter(forge, "link-1", title=title, sub="teacher", ROLES=[INSTRUCTOR], **more)
    return Activities(forge.services.db).create(viewer, activity_values(title=title))


def custom(activity_id: uuid.UUID | None = None, **values: str) -> dict[str, Any]:
    named = {"activity_id": str(activity_id)} if activity_id else {}
    return {"CUSTOM": {**named, **values}}


def activity(forge: Forge, viewer: Viewer) -> Activity:
    assert viewer.activity_id is not None
    with forge.services.db.read() as session:
        return session.get_one(Activity, viewer.activity_id)


def test_every_column_is_decided_upon() -> None:
    assert {column.key for column in Activity.__table__.columns} == NOT_COPIED | set(SETTINGS)
    own = {"id", "version_id", "root_id"}
    assert {column.key for column in Prompt.__table__.columns} == own | set(PROMPT)


def test_a_copy_has_the_settings_and_the_prompts(forge: Forge) -> None:
    first = original(forge)
    viewer = enter(forge, "link-2", "course-2", **custom(first))
    with forge.services.db.read() as session:
        one, copy = session.get_one(Activity, first), session.get_one(Activity, viewer.activity_id)
        assert all(getattr(one, name) == getattr(copy, name) for name in SETTINGS)
        prompts = [
            [[getattr(prompt, name) for name in PROMPT] for prompt in each.current_version.prompts]
            for each in (one, copy)
        ]
    assert prompts[0] == prompts[1] and prompts[0]
    assert (copy.context_id, copy.deployment_id) == (viewer.context_id, viewer.deployment_id)
    assert copy.created_by_id == one.created_by_id  # a learner was first: not theirs


def test_who_teaches_the_copy_has_made_it(forge: Forge) -> None:
    first = original(forge)
    teacher = {"sub": "second teacher", "ROLES": [INSTRUCTOR]}
    viewer = enter(forge, "link-2", "course-2", **custom(first), **teacher)
    assert activity(forge, viewer).created_by_id == viewer.user_id


def test_the_next_launches_of_a_copy_make_nothing(forge: Forge) -> None:
    first = original(forge)
    one = enter(forge, "link-2", "course-2", **custom(first))
    begun = forge.login()
    changes = {"RESOURCE_LINK": {"id": "link-2"}, "CONTEXT": {"id": "course-2"}, **custom(first)}
    token = forge.token(forge.claims(begun.nonce, **changes))
    with counted(forge.services.db) as seen:
        handle = handle_in(forge.post(token, begun.state))
    assert forge.services.launches.viewer(handle).activity_id == one.activity_id
    assert [one.split()[0] for one in seen if not one.startswith("BEGIN")][:3] == [
        "SELECT",
        "INSERT",
        "INSERT",
    ]


def test_deployments_of_a_registration_share_by_the_id_alone(forge: Forge) -> None:
    first = original(forge)
    state = DeploymentState.APPROVED
    forge.services.platforms.set_deployment(forge.registration_id, "2", state)
    history = {"context_history": "course-1", "resource_link_history": "link-1"}
    elsewhere = {"DEPLOYMENT_ID": "2", "title": "Reading"}
    by_history = enter(forge, "link-2", "course-2", **elsewhere, **custom(**history))
    assert by_history.activity_id is None
    by_id = enter(forge, "link-3", "course-3", **elsewhere, **custom(first, **history))
    assert activity(forge, by_id).copied_from_id == first


def test_a_course_is_not_named_to_another_deployment(forge: Forge) -> None:
    first = original(forge, CONTEXT={"id": "course-1", "title": "Secret course"})
    forge.services.platforms.set_deployment(forge.registration_id, "2", DeploymentState.APPROVED)
    there = {"DEPLOYMENT_ID": "2", "sub": "teacher", "ROLES": [INSTRUCTOR]}
    handle = handle_in(
        forge.launch(RESOURCE_LINK={"id": "l2"}, CONTEXT={"id": "c2"}, **there, **custom(first))
    )
    page = forge.browser.get(f"/s/{handle}/", follow_redirects=True).text
    assert "Copied from another course" in page and "Secret course" not in page


@pytest.mark.parametrize(
    "history",
    [
        "$Context.id.history",
        "",
        ",".join(f"course-{number}" for number in range(2, 10_000)),
        "x" * 100_000,
        "%00,%ff,\u202e,course%2D0",
        "truncated",
    ],
)
def test_odd_histories_tell_nothing_and_break_nothing(forge: Forge, history: str) -> None:
    original(forge)
    told = custom(context_history=history, resource_link_history=history)
    assert enter(forge, "link-2", "course-x", "Reading", **told).activity_id is None


def test_a_course_copied_last_is_found_first(forge: Forge) -> None:
    first = original(forge)
    told = custom(context_history="course-1,course-0,truncated")
    viewer = enter(forge, "link-2", "course-2", "reading ", **told)
    copy = activity(forge, viewer)
    assert (copy.copied_from_id, copy.copied_by_sign) == (first, CopySign.COURSE_HISTORY)


def test_a_link_that_was_met_before_this_was_known_is_copied_now(forge: Forge) -> None:
    assert enter(forge, "link-2", "course-2").activity_id is None
    first = original(forge)
    assert activity(forge, enter(forge, "link-2", "course-2", **custom(first))).copied_from_id


def launcher(forge: Forge, sub: str, link: str, first: uuid.UUID) -> Callable[[], TestResponse]:
    browser = forge.other_browser()
    begun = browser.login()
    told = {"RESOURCE_LINK": {"id": link}, "CONTEXT": {"id": "course-2"}, **custom(first)}
    token = browser.token(browser.claims(begun.nonce, sub=sub, **told))
    return lambda: browser.post(token, begun.state)


@pytest.mark.parametrize("met_before", [False, True])
def test_launches_of_one_copied_link_at_once_make_one_copy(forge: Forge, met_before: bool) -> None:
    first = original(forge)
    if met_before:
        enter(forge, "link-2", "course-2")
    calls = [launcher(forge, f"learner-{n}", "link-2", first) for n in range(MANY)]
    with ThreadPoolExecutor(MANY) as pool:
        assert [one.status_code for one in pool.map(lambda call: call(), calls)] == [303] * MANY
    with forge.services.db.read() as session:
        copied = Activity.copied_from_id == first
        assert session.scalar(select(func.count()).select_from(Activity).where(copied)) == 1
        link = session.scalars(select(ResourceLink).where(ResourceLink.lti_id == "link-2")).one()
        assert session.get_one(Activity, link.activity_id).copied_from_id == first


def test_of_two_new_links_at_once_one_opens_the_activity_itself(forge: Forge) -> None:
    viewer = enter(forge, "link-0", "course-2", sub="teacher", ROLES=[INSTRUCTOR])
    values = activity_values(title="Placed")
    first = Activities(forge.services.db).create(viewer, values)
    with forge.services.db.write() as session:
        session.get_one(ResourceLink, viewer.resource_link_id).activity_id = None
    calls = [launcher(forge, f"learner-{n}", f"new-{n}", first) for n in range(2)]
    with ThreadPoolExecutor(2) as pool:
        assert [one.status_code for one in pool.map(lambda call: call(), calls)] == [303, 303]
    with forge.services.db.read() as session:
        opened = session.scalars(
            select(ResourceLink.activity_id).where(ResourceLink.lti_id.like("new-%"))
        )
        assert sum(one == first for one in opened) == 1
