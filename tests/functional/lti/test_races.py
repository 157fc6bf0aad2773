"""Launches at the same moment: nothing is made twice, nothing is used twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool.models.activities import ResourceLink
from lti_tool.models.launches import LaunchSession
from lti_tool.models.people import Context, Membership, User
from tests.support.forge import Forge

MANY = 8


def at_once(calls: list[Callable[[], TestResponse]]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [one.status_code for one in pool.map(lambda call: call(), calls)]


def counts(forge: Forge, *tables: type) -> list[int]:
    with forge.services.db.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def launcher(forge: Forge, sub: str) -> Callable[[], TestResponse]:
    browser = forge.other_browser()
    begun = browser.login()
    token = browser.token(browser.claims(begun.nonce, sub=sub))
    return lambda: browser.post(token, begun.state)


def test_a_course_s_first_launches_at_once(forge: Forge) -> None:
    statuses = at_once([launcher(forge, f"person-{n}") for n in range(MANY)])
    assert statuses == [303] * MANY
    assert counts(forge, Context, ResourceLink, User, Membership) == [1, 1, MANY, MANY]


def test_the_same_person_in_many_tabs_at_once(forge: Forge) -> None:
    assert at_once([launcher(forge, "lea") for _tab in range(MANY)]) == [303] * MANY
    assert counts(forge, User, Membership, LaunchSession) == [1, 1, MANY]


def test_one_launch_sent_many_times_at_once(forge: Forge) -> None:
    begun = forge.login()
    token = forge.token(forge.claims(begun.nonce))
    thieves = [forge.other_browser() for _thief in range(MANY)]
    assert forge.post(token, begun.state).status_code == 303
    assert at_once([lambda t=t: t.post(token, begun.state) for t in thieves]) == [409] * MANY
    begun = forge.login()
    token = forge.token(forge.claims(begun.nonce))
    thieves = [forge.other_browser() for _thief in range(MANY)]
    statuses = at_once([lambda t=t: t.post(token, begun.state) for t in thieves])
    assert sorted(statuses) == [200] + [409] * (MANY - 1)
