"""Two schools on one issuer (Canvas, Blackboard): nothing of one ever reaches the other.

Both use the same issuer, deployment id, key id, course, link and person ids; only client_id and
keys differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.lti import claims as c
from lti_tool.lti.keysets import to_document
from lti_tool.lti.tokens import Tenant, Tokens, tenant_of
from lti_tool.models.activities import Activity, ActivityVersion, ResourceLink
from lti_tool.models.keys import PlatformKeySet
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import DeploymentState
from lti_tool.sandbox.app import create_app as create_sandbox
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.walker import Walker
from lti_tool.services.desk.reviews import Asked, Subject
from tests.support.activities import bare_activity
from tests.support.forge import INSTRUCTOR, KID, NO, Forge, handle_in, reason_in, rsa_key
from tests.support.servers import Pair, address_of, listen, running, tool_and_sandbox

ISSUER = "https://canvas.instructure.com"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
LINE_ITEMS = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"


@dataclass
class School(Forge):
    """One tenant of the shared issuer; its key has the same kid as the other's."""

    key: str = ""

    def connect(self, state: DeploymentState | None = DeploymentState.APPROVED) -> School:
        super().connect(state)
        keys = to_document({KID: rsa_key(self.key).public_key()})
        with self.services.db.write() as session:
            session.execute(
                update(PlatformKeySet)
                .where(PlatformKeySet.registration_id == self.registration_id)
                .values(keys=keys, fetched_at=clock.now())
            )
        return self

    def token(self, claims: dict[str, Any], *, key: Any = None, **how: Any) -> str:
        return super().token(claims, key=key or rsa_key(self.key), **how)

    def enter(self, **changes: Any) -> Viewer:
        """Launch and return whom the session is of."""
        return self.services.launches.viewer(handle_in(self.launch(**changes)))


@dataclass
class Both:
    a: School
    b: School

    def count(self, table: Any) -> int:
        with self.a.services.db.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def both(app: Flask) -> Both:
    """Return two schools in front of one browser."""
    browser = app.test_client()
    return Both(
        School(app, browser, ISSUER, "school-a", key="a").connect(),
        School(app, browser, ISSUER, "school-b", key="b").connect(),
    )


def test_a_key_of_one_signs_nothing_for_the_other(both: Both) -> None:
    begun = both.b.login()
    forged = both.a.token(both.b.claims(begun.nonce))
    assert reason_in(both.b.post(forged, begun.state)) == "signature_bad"
    assert handle_in(both.b.post(both.b.token(both.b.claims(begun.nonce)), begun.state))


def test_a_login_of_one_opens_no_launch_of_the_other(both: Both) -> None:
    begun = both.a.login()
    token = both.b.token(both.b.claims(begun.nonce))
    assert reason_in(both.a.post(token, begun.state)) == "audience_mismatch"
    both_names = both.b.claims(begun.nonce, aud=["school-a", "school-b"], azp="school-a")
    assert reason_in(both.a.post(both.b.token(both_names), begun.state)) == "signature_bad"


def test_the_same_ids_are_other_people_courses_and_links(both: Both) -> None:
    one = both.a.enter(name="Ada of A", CONTEXT={"id": "course-1", "title": "A's course"})
    other = both.b.enter(name="Ben of B", CONTEXT={"id": "course-1", "title": "B's course"})
    for name in ("registration_id", "deployment_id", "user_id", "context_id", "membership_id"):
        assert getattr(one, name) != getattr(other, name)
    assert one.resource_link_id != other.resource_link_id
    tables = (User, Context, Membership, ResourceLink, Deployment)
    assert [both.count(table) for table in tables] == [2] * 5
    with both.a.services.db.read() as session:
        titles = {row.id: row.title for row in session.execute(select(Context.id, Context.title))}
    assert (titles[one.context_id], titles[other.context_id]) == ("A's course", "B's course")


def test_what_a_person_chose_here_stays_in_their_school(both: Both) -> None:
    launches = both.a.services.launches
    here = both.a.enter(name=NO)
    launches.choose_name(here, "Blue Heron")
    launches.choose_language(here, "fr")
    there = both.b.enter(name=NO)
    assert (there.display_name, there.locale) == ("", "")
    assert both.a.enter(name=NO).display_name == "Blue Heron"


def test_a_session_goes_on_after_the_other_school_s_launch(both: Both) -> None:
    first, second = handle_in(both.a.launch()), handle_in(both.b.launch())
    viewer = both.a.services.launches.viewer
    assert viewer(first).registration_id == both.a.registration_id
    assert viewer(second).registration_id == both.b.registration_id
    both.a.services.platforms.set_disabled(both.a.registration_id, disabled=True)
    assert both.a.browser.get(f"/s/{first}/name").status_code == 410
    assert both.b.browser.get(f"/s/{second}/name").status_code == 200


def test_a_deployment_that_one_has_is_unknown_at_the_other(both: Both) -> None:
    approved = DeploymentState.APPROVED
    both.a.services.platforms.set_deployment(both.a.registration_id, "campus", approved)
    assert both.a.enter(DEPLOYMENT_ID="campus")
    assert reason_in(both.b.launch(DEPLOYMENT_ID="campus")) == "deployment_pending"


def test_two_deployments_of_one_registration_have_courses_of_their_own(both: Both) -> None:
    approved = DeploymentState.APPROVED
    both.a.services.platforms.set_deployment(both.a.registration_id, "campus", approved)
    one, other = both.a.enter(), both.a.enter(DEPLOYMENT_ID="campus")
    assert one.context_id != other.context_id
    assert one.resource_link_id != other.resource_link_id
    assert one.user_id == other.user_id


@pytest.mark.parametrize("way", ["custom", "url"])
def test_an_activity_of_one_opens_for_nobody_of_the_other(both: Both, way: str) -> None:
    owner = both.a.enter(ROLES=[INSTRUCTOR])
    activity = bare_activity(both.a.services.db, owner, owner.context_id)
    told: dict[str, Any] = {"CUSTOM": {"activity_id": str(activity)}}
    if way == "url":
        told = {"TARGET_LINK_URI": f"http://127.0.0.1:5000/lti/launch?activity={activity}"}
    assert both.a.enter(RESOURCE_LINK={"id": "new"}, **told).activity_id == activity
    stranger = both.b.enter(RESOURCE_LINK={"id": "new"}, ROLES=[INSTRUCTOR], **told)
    assert stranger.activity_id is None
    with both.a.services.db.read() as session:
        kept = session.get_one(Activity, activity)
        assert kept.registration_id == both.a.registration_id
        assert kept.context_id == owner.context_id


def test_foreign_ids_in_addresses_are_not_found(both: Both) -> None:
    owner = both.a.enter(ROLES=[INSTRUCTOR])
    activity = bare_activity(both.a.services.db, owner, owner.context_id)
    with both.a.services.db.write() as session:
        session.add(ActivityVersion(activity_id=activity, number=1))
    own, foreign = (handle_in(one.launch(ROLES=[INSTRUCTOR])) for one in (both.a, both.b))
    for path in ("/desk", "/people", "/settings"):
        address = f"/activities/{activity}{path}"
        assert both.a.browser.get(f"/s/{own}{address}").status_code < 400, path
        assert both.b.browser.get(f"/s/{foreign}{address}").status_code == 404, path


def test_a_column_of_one_reviews_nothing_at_the_other(both: Both) -> None:
    column = {"lineitem": "https://lms.example/items/1", "scope": [SCORE]}
    owner = both.a.enter(AGS_ENDPOINT=column)
    review: dict[str, Any] = {
        "MESSAGE_TYPE": c.SUBMISSION_REVIEW_MESSAGE,
        "RESOURCE_LINK": NO,
        "CONTEXT": NO,
        "AGS_ENDPOINT": column,
        "ROLES": [INSTRUCTOR],
        "FOR_USER": {"user_id": "learner-1"},
    }
    assert reason_in(both.b.launch(**review)) == "resource_link_missing"
    assert both.a.enter(**review).context_id == owner.context_id


def reviewed(school: School, sub: str) -> Subject:
    """Return whom a review at this school finds under a ``sub``, after a launch by that person."""
    owner = school.enter(ROLES=[INSTRUCTOR], sub="teacher")
    activity = bare_activity(school.services.db, owner, owner.context_id)
    link = {"RESOURCE_LINK": {"id": "review"}, "CUSTOM": {"activity_id": str(activity)}}
    if school.key == "a":
        handle = handle_in(school.launch(sub=sub, **link))
        assert school.browser.get(f"/s/{handle}/activities/{activity}").status_code == 200
    review = {"MESSAGE_TYPE": c.SUBMISSION_REVIEW_MESSAGE, "FOR_USER": {"user_id": sub}}
    teacher = school.enter(ROLES=[INSTRUCTOR], sub="teacher", **link, **review)
    return school.services.reviews.subject(teacher, activity)


def test_a_person_of_one_is_nobody_for_a_review_at_the_other(both: Both) -> None:
    assert reviewed(both.a, "only-at-a").asked is Asked.FOUND
    stranger = reviewed(both.b, "only-at-a")
    assert (stranger.asked, stranger.participation_id) == (Asked.NOT_OPENED, None)


@contextmanager
def second_canvas() -> Iterator[Walker]:
    """Serve one more Canvas with the issuer that all of them have."""
    listening = listen()
    settings = SandboxSettings(base_url=address_of(listening, "localhost"), personality="canvas")
    sandbox = create_sandbox(settings)
    with running(sandbox, listening):
        yield Walker(address_of(listening, "localhost"))
    sandbox.extensions["sandbox"].store.close()


def launched(walker: Walker, tool: dict[str, Any]) -> str:
    """Launch a link with a column as a learner of this Canvas; return the tool's page's address."""
    column = {"label": "Reflection", "scoreMaximum": 10, "tag": "reflection"}
    link = walker.control("links", {"client_id": tool["client_id"], "line_item": column})
    walker.be("amina")
    return walker.launch(link["id"]).url


def tenants(pair: Pair) -> dict[str, Tenant]:
    with pair.services.db.read() as session:
        rows = session.execute(
            select(Registration, Deployment).join(
                Deployment, Deployment.registration_id == Registration.id
            )
        )
        return {row[0].client_id: tenant_of(*row) for row in rows}


def accepts(walker: Walker, token: str, course_id: str) -> bool:
    """Tell whether this Canvas takes a token for its gradebook."""
    answer = requests.get(
        f"{walker.sandbox_url}/lti/services/courses/{course_id}/lineitems",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    return answer.status_code == 200


def test_two_real_ones_have_sessions_keys_and_tokens_of_their_own(
    database_url: str, tmp_path: Path
) -> None:
    with tool_and_sandbox(database_url, tmp_path, "canvas") as pair, second_canvas() as other:
        first = pair.connect("First school")
        second = other.register(pair.services.platforms.invite("Second school"))
        listed = pair.services.platforms.listing()
        assert {one.issuer for one in listed} == {ISSUER}
        assert "/s/" in launched(pair.walker, first)
        assert "/s/" in launched(other, second)
        services, by_client = pair.services, tenants(pair)
        tokens = Tokens(
            services.db, services.launches.http, services.secrets, services.keys.current
        )
        mine = tokens.get(by_client[first["client_id"]], [LINE_ITEMS])
        theirs = tokens.get(by_client[second["client_id"]], [LINE_ITEMS])
        assert mine != theirs
        assert len(pair.walker.control("log?area=token")) == 1
        assert len(other.control("log?area=token")) == 1
