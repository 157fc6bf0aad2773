"""What launches tell is kept once, by registration and deployment, and only differences written."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import event, select

from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.base import Base
from lti_tool.models.grades import LineItem
from lti_tool.models.people import Context, Membership, User
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import DeploymentState, Role, SessionKind
from tests.support.activities import bare_activity
from tests.support.forge import INSTRUCTOR, NO, Forge, handle_in, reason_in

URL = "https://lms.example/services.php/2/lineitems/7/lineitem?type_id=1"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


def enter(forge: Forge, **changes: Any) -> Viewer:
    return forge.services.launches.viewer(handle_in(forge.launch(**changes)))


def rows(forge: Forge, table: type[Base]) -> list[Any]:
    with forge.services.db.read() as session:
        return list(session.scalars(select(table)))


def test_a_second_launch_adds_nothing_but_a_session(forge: Forge) -> None:
    first = enter(forge)
    statements: list[str] = []
    engine = forge.services.db.engine
    begun = forge.login()
    token = forge.token(forge.claims(begun.nonce))

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", note)
    handle = handle_in(forge.post(token, begun.state))
    event.remove(engine, "before_cursor_execute", note)
    assert [one for one in statements if one != "BEGIN"] == ["SELECT", "INSERT", "INSERT"]
    second = forge.services.launches.viewer(handle)
    assert (second.user_id, second.membership_id) == (first.user_id, first.membership_id)
    assert all(len(rows(forge, table)) == 1 for table in (User, Context, ResourceLink, Membership))


def test_changes_are_taken_over_and_what_is_not_told_stays(forge: Forge) -> None:
    enter(forge, email="lea@example.org")
    enter(forge, name="Léa Learner", ROLES=[INSTRUCTOR], CONTEXT={"id": "course-1", "title": "New"})
    enter(forge, name=NO, CONTEXT={"id": "course-1"})
    user, context, membership = (rows(forge, t)[0] for t in (User, Context, Membership))
    assert (user.name, user.email) == ("Léa Learner", "lea@example.org")
    assert context.title == "New"
    assert membership.role is Role.EDUCATOR  # proven a moment ago, see rules.standing_roles


def test_nothing_but_what_the_standard_demands(forge: Forge) -> None:
    viewer = enter(forge, name=NO, CONTEXT=NO, ROLES=[])
    assert (viewer.display_name, viewer.role) == ("", Role.PARTICIPANT)
    assert rows(forge, Context)[0].lti_id == "link:link-1"


def test_a_link_without_a_course_is_a_space_of_its_own(forge: Forge) -> None:
    spaces = {
        enter(forge, CONTEXT=NO, RESOURCE_LINK={"id": link}).context_id for link in ("a", "b")
    }
    assert len(spaces) == 2
    assert enter(forge, CONTEXT=NO, RESOURCE_LINK={"id": "a"}).context_id in spaces


def test_tenants_with_one_issuer_and_the_same_ids_never_mix(forge: Forge) -> None:
    other = Forge(forge.app, forge.browser, client_id="second-school").connect()
    one, two = enter(forge), enter(other)
    for field in ("registration_id", "deployment_id", "user_id", "context_id", "resource_link_id"):
        assert getattr(one, field) != getattr(two, field)


def test_deployments_of_one_registration_share_people_but_not_courses(forge: Forge) -> None:
    approved = DeploymentState.APPROVED
    forge.services.platforms.set_deployment(forge.registration_id, "2", approved)
    one, two = enter(forge), enter(forge, DEPLOYMENT_ID="2")
    assert one.user_id == two.user_id
    assert one.context_id != two.context_id


def test_the_coupled_column_is_kept_verbatim_and_follows_the_launches(forge: Forge) -> None:
    enter(forge, AGS_ENDPOINT={"lineitem": URL, "lineitems": "https://x.example", "scope": [SCORE]})
    item = rows(forge, LineItem)[0]
    assert (item.url, item.scopes) == (URL, [SCORE])
    enter(forge, AGS_ENDPOINT={"lineitem": f"{URL}&x=2", "scope": []})
    enter(forge, AGS_ENDPOINT={"lineitems": "https://x.example"})
    item = rows(forge, LineItem)[0]
    assert (item.url, item.scopes) == (f"{URL}&x=2", [])


def test_a_link_opens_the_activity_that_it_names(forge: Forge) -> None:
    viewer = enter(forge)
    one, two = (bare_activity(forge.services.db, viewer, viewer.context_id) for _ in range(2))
    link = {"RESOURCE_LINK": {"id": "new"}, "CUSTOM": {"activity_id": str(one)}}
    assert enter(forge, **link).activity_id == one
    target = f"http://127.0.0.1:5000/lti/launch?activity={two}"
    assert enter(forge, RESOURCE_LINK={"id": "n2"}, TARGET_LINK_URI=target).activity_id == two


def test_an_activity_without_a_course_comes_to_its_course_by_its_first_launch(forge: Forge) -> None:
    activity = bare_activity(forge.services.db, enter(forge))
    custom = {"activity_id": str(activity)}
    first = enter(forge, CONTEXT={"id": "c2"}, RESOURCE_LINK={"id": "n"}, CUSTOM=custom)
    assert first.activity_id == activity
    assert rows(forge, Activity)[0].context_id == first.context_id
    third = enter(forge, CONTEXT={"id": "c3"}, RESOURCE_LINK={"id": "n"}, CUSTOM=custom)
    assert third.activity_id not in (None, activity)  # a copy


@pytest.mark.parametrize("foreign", ["registration", "unknown", "nonsense"])
def test_an_activity_of_elsewhere_does_not_open(forge: Forge, foreign: str) -> None:
    here = enter(forge)
    other = Forge(forge.app, forge.browser, client_id="second").connect()
    value = {"unknown": str(uuid.uuid4()), "nonsense": "1 OR 1=1"}.get(foreign, "")
    if foreign == "registration":
        viewer = enter(other)
        value = str(bare_activity(forge.services.db, viewer, viewer.context_id))
    opened = enter(forge, RESOURCE_LINK={"id": "copy"}, CUSTOM={"activity_id": value})
    assert opened.activity_id is None
    assert opened.context_id == here.context_id


def test_a_review_is_told_by_its_line_item_alone(forge: Forge) -> None:
    learner = enter(forge, AGS_ENDPOINT={"lineitem": URL, "scope": [SCORE]})
    review = {
        "MESSAGE_TYPE": "LtiSubmissionReviewRequest",
        "RESOURCE_LINK": NO,
        "CONTEXT": NO,
        "AGS_ENDPOINT": {"lineitem": URL, "scope": [SCORE]},
        "FOR_USER": {"user_id": "learner-1"},
    }
    teacher = enter(forge, sub="teacher", ROLES=[INSTRUCTOR], **review)
    assert teacher.kind is SessionKind.SUBMISSION_REVIEW
    assert teacher.resource_link_id == learner.resource_link_id
    review["AGS_ENDPOINT"] = {"lineitem": "https://lms.example/unknown"}
    assert reason_in(forge.launch(**review)) == "resource_link_missing"
