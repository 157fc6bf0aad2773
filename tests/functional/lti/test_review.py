"""From the LMS's gradebook to one learner's work (LtiSubmissionReviewRequest)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.lti import claims as c
from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.rules.vocabulary import ActivityState, Role, SessionKind
from tests.factories.activities import activity_values
from tests.support.forge import INSTRUCTOR, LEARNER, NO, Forge, handle_in

REVIEW = {"MESSAGE_TYPE": c.SUBMISSION_REVIEW_MESSAGE, "sub": "teacher", "ROLES": [INSTRUCTOR]}
LEA = {"FOR_USER": {"user_id": "learner-1", "name": "Lea Learner"}}
TUTOR = {"sub": "tutor", "name": "Tomé Tutor", "ROLES": [INSTRUCTOR]}


@pytest.fixture
def activity_id(forge: Forge) -> uuid.UUID:
    """Let the link open an activity, which one learner has begun."""
    made = place(forge, "link-1")
    begin(forge, made, "learner-1")
    return made


def place(forge: Forge, link_id: str) -> uuid.UUID:
    """Make an activity as a deep linking window does, and launch its link."""
    viewer = forge.services.launches.viewer(handle_in(forge.launch(**TUTOR)))
    in_window = replace(viewer, kind=SessionKind.DEEP_LINKING, resource_link_id=None)
    made = forge.services.activities.create(in_window, activity_values())
    custom = {"activity_id": str(made)}
    forge.launch(**TUTOR, RESOURCE_LINK={"id": link_id}, CUSTOM=custom)
    return made


def begin(forge: Forge, activity_id: uuid.UUID, sub: str, name: str = "Lea Learner") -> uuid.UUID:
    """Let a learner have opened the activity; return their participation."""
    viewer = forge.services.launches.viewer(handle_in(forge.launch(sub=sub, name=name)))
    made = Participation(
        activity_id=activity_id,
        user_id=viewer.user_id,
        resource_link_id=viewer.resource_link_id,
    )
    with forge.services.db.write() as session:
        session.add(made)
    return made.id


def page(forge: Forge, path: str = "/", **changes: Any) -> TestResponse:
    """Launch a review and open a page of its session, by default where it leads."""
    handle = handle_in(forge.launch(**{**REVIEW, **changes}))
    return forge.browser.get(f"/s/{handle}{path}", follow_redirects=True)


def test_a_first_launch_makes_a_draft_public(forge: Forge, activity_id: uuid.UUID) -> None:
    with forge.services.db.read() as session:
        assert session.get_one(Activity, activity_id).state is ActivityState.PUBLISHED


def test_the_launch_itself_leads_there(forge: Forge, activity_id: uuid.UUID) -> None:
    response = forge.launch(**REVIEW, **LEA)
    assert response.location.endswith(f"/activities/{activity_id}/review")


def test_a_named_learner_s_work_opens(forge: Forge, activity_id: uuid.UUID) -> None:
    with forge.services.db.read() as session:
        (participation,) = session.scalars(select(Participation.id))
    review = {**REVIEW, **LEA, "sub": "tutor"}
    handle = handle_in(forge.launch(**review))
    response = forge.browser.get(f"/s/{handle}/activities/{activity_id}/review")
    assert response.location.endswith(f"/people/{participation}")


@pytest.mark.parametrize("claim", [NO, None, {}, {"user_id": ""}, {"user_id": 3}])
def test_nobody_named_is_a_list_to_pick_from(
    forge: Forge, activity_id: uuid.UUID, claim: Any
) -> None:
    response = page(forge, FOR_USER=claim)
    assert response.status_code == 200
    assert "Whose work would you like to see?" in response.text
    assert "Lea Learner" in response.text and "/people/" in response.text


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ({"user_id": "new", "name": "Nils <New>"}, "Nils &lt;New&gt; has not opened this activity"),
        ({"user_id": "new", "given_name": "Nils", "family_name": "New"}, "Nils New has not opened"),
        ({"user_id": "new"}, "This learner has not opened the activity yet"),
        ({"user_id": "early"}, "Early Bird has not opened this activity yet"),
        ({"user_id": "tutor"}, "Tomé Tutor is staff in this course"),
    ],
)
def test_who_has_nothing_to_show_is_told_with_the_list(
    forge: Forge, activity_id: uuid.UUID, claim: dict[str, str], told: str
) -> None:
    forge.launch(sub="early", name="Early Bird", RESOURCE_LINK={"id": "another"})
    response = page(forge, FOR_USER=claim)
    assert response.status_code == 200
    assert told in response.text and "Lea Learner" in response.text


def test_a_name_of_another_course_is_not_told(forge: Forge, activity_id: uuid.UUID) -> None:
    forge.launch(sub="far", name="Secret Name", CONTEXT={"id": "another course"})
    response = page(forge, FOR_USER={"user_id": "far"})
    assert "This learner has not opened" in response.text and "Secret Name" not in response.text


def test_a_learner_sees_their_own_whatever_is_asked(forge: Forge, activity_id: uuid.UUID) -> None:
    response = forge.launch(**{**REVIEW, **LEA, "ROLES": [LEARNER], "sub": "peer"})
    assert response.location.endswith(f"/activities/{activity_id}")
    handle = handle_in(response)
    listing = forge.browser.get(f"/s/{handle}/activities/{activity_id}/review")
    assert listing.status_code == 403
    with forge.services.db.read() as session:
        learner = session.scalars(select(Participation.id)).first()
    path = f"/s/{handle}/activities/{activity_id}/people/{learner}"
    assert forge.browser.get(path).status_code == 403


def test_the_list_is_searched_and_goes_on(forge: Forge, activity_id: uuid.UUID) -> None:
    add_learners(forge, activity_id, 60)
    first = page(forge).text
    assert first.count("/people/") == 25
    path = f"/activities/{activity_id}/review"
    found = page(forge, f"{path}?q=LEARNER%205").text
    assert "Learner 5" in found and "Learner 51" in found and "Learner 41" not in found
    following = first.partition('name="after" value="')[2].partition('"')[0]
    second = page(forge, f"{path}?after={following}").text
    assert "To the beginning" in second and "Learner 00" not in second
    assert "Nobody found" in page(forge, f"{path}?q=nobody").text
    assert page(forge, f"{path}?after={uuid.uuid4()}").status_code == 404
    assert page(forge, f"{path}?after=x").status_code == 404


def add_learners(forge: Forge, activity_id: uuid.UUID, count: int) -> None:
    with forge.services.db.write() as session:
        one = session.scalars(select(Participation)).one()
        context_id = session.get_one(Activity, activity_id).context_id
        for number in range(count):
            user = User(
                registration_id=forge.registration_id,
                sub=f"more-{number}",
                name=f"Learner {number:02}",
            )
            session.add(user)
            session.flush()
            session.add_all(
                (
                    Membership(
                        context_id=context_id,
                        user_id=user.id,
                        role=Role.LEARNER,
                        launched_role=Role.LEARNER,
                    ),
                    Participation(
                        activity_id=activity_id,
                        user_id=user.id,
                        resource_link_id=one.resource_link_id,
                    ),
                )
            )


def test_only_this_activity_opens(forge: Forge, activity_id: uuid.UUID) -> None:
    other = place(forge, "link-2")
    begun = begin(forge, other, "learner-2")
    handle = handle_in(forge.launch(**REVIEW, **LEA))
    for path in ("review", "people", f"people/{begun}", "desk", "settings", "preview"):
        url = f"/s/{handle}/activities/{other}/{path}"
        assert forge.browser.get(url).status_code == 404, path
        own = f"/s/{handle}/activities/{activity_id}/{path.partition('/')[0]}"
        assert forge.browser.get(own, follow_redirects=True).status_code in (200, 404), path
    for path in ("studio/existing", "deep-linking/cancel"):
        assert forge.browser.get(f"/s/{handle}/{path}").status_code == 404


def test_a_link_without_an_activity_has_nothing_to_review(forge: Forge) -> None:
    response = page(forge, RESOURCE_LINK={"id": "plain"})
    assert response.status_code == 200
    assert "This activity is not ready yet" in response.text
