"""Answering a deep linking request, whatever the platform sent and wants."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from html import unescape
from typing import Any

import jwt
import pytest

from lti_tool.lti import claims as c
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import PlatformFamily, SessionKind
from tests.support.activities import bare_activity
from tests.support.forge import INSTRUCTOR, LEARNER, NO, Forge, handle_in, reason_in, rsa_key
from tests.support.refusals import reference_in

SETTINGS = {
    "deep_link_return_url": "https://lms.example/return?x=1&y=<2>",
    "accept_types": ["ltiResourceLink", "link"],
    "accept_presentation_document_targets": ["iframe"],
}
DIALOG = {
    "MESSAGE_TYPE": c.DEEP_LINKING_MESSAGE,
    "RESOURCE_LINK": NO,
    "TARGET_LINK_URI": NO,
    "ROLES": [INSTRUCTOR],
    "DEEP_LINKING_SETTINGS": SETTINGS,
}


def choose(forge: Forge, settings: dict[str, Any] | None = None, **values: Any) -> tuple[str, Any]:
    """Open the window, answer with an activity of its course; return the page and the claims."""
    claims = {**DIALOG, "DEEP_LINKING_SETTINGS": {**SETTINGS, **(settings or {})}}
    handle = handle_in(forge.launch(**claims))
    viewer = forge.services.launches.viewer(handle)
    activity = bare_activity(forge.services.db, viewer, viewer.context_id, **values)
    return answered(forge, f"/s/{handle}/deep-linking/respond/{activity}")


def answered(forge: Forge, path: str) -> tuple[str, Any]:
    page = forge.browser.get(path)
    assert page.status_code == 200, page.text
    token = re.search(r'name="JWT" value="([^"]+)"', page.text)
    assert token is not None
    return page.text, jwt.decode(token[1], options={"verify_signature": False})


def test_an_activity_goes_back_with_its_completion_column(forge: Forge) -> None:
    _page, claims = choose(forge, title="Mirror & <me>")
    (item,) = claims[c.CONTENT_ITEMS]
    activity = item["custom"]["activity_id"]
    assert item == {
        "type": "ltiResourceLink",
        "title": "Mirror & <me>",
        "url": f"http://127.0.0.1:5000/lti/launch?activity={activity}",
        "custom": {"activity_id": activity, "placement_id": item["custom"]["placement_id"]},
        "icon": {"url": "http://127.0.0.1:5000/static/img/mark.svg"},
        "lineItem": {
            "label": "Mirror & <me>",
            "scoreMaximum": 100,
            "resourceId": f"act:{activity}",
            "tag": "completion",
            "gradesReleased": True,
            "submissionReview": {
                "reviewableStatus": ["InProgress", "Submitted", "Completed"],
                "label": "Open this learner's work",
                "url": item["url"],
                "custom": {"activity_id": activity},
            },
        },
        "iframe": {"height": 800},
    }
    assert uuid.UUID(activity)
    assert claims[c.DEEP_LINKING_MSG] == "1 activity was added."
    assert claims[c.DEEP_LINKING_LOG] == f"miroir: act:{activity}"


def test_the_icon_is_there(forge: Forge) -> None:
    with forge.browser.get("/static/img/mark.svg") as answer:
        assert answer.status_code == 200


def window(forge: Forge, settings: dict[str, Any] | None = None, **changes: Any) -> str:
    """Open a deep linking window; return its session's path."""
    claims = {**DIALOG, **changes, "DEEP_LINKING_SETTINGS": {**SETTINGS, **(settings or {})}}
    return f"/s/{handle_in(forge.launch(**claims))}"


def activities(forge: Forge, path: str, count: int) -> list[uuid.UUID]:
    """Make activities in the window's course."""
    viewer = forge.services.launches.viewer(path.removeprefix("/s/"))
    return [
        bare_activity(forge.services.db, viewer, viewer.context_id, title=f"Mirror {number}")
        for number in range(count)
    ]


def query(chosen: list[uuid.UUID]) -> str:
    return "&".join(f"activity={one}" for one in chosen)


def test_several_go_back_at_once_in_the_order_chosen(forge: Forge) -> None:
    path = window(forge, {"accept_multiple": True})
    made = activities(forge, path, 3)[::-1]
    page, claims = answered(forge, f"{path}/deep-linking/respond?{query([*made, made[0]])}")
    items = claims[c.CONTENT_ITEMS]
    assert [item["custom"]["activity_id"] for item in items] == [str(one) for one in made]
    assert {item["lineItem"]["resourceId"] for item in items} == {f"act:{one}" for one in made}
    assert claims[c.DEEP_LINKING_MSG] == "3 activities were added."
    assert "Mirror 0" in page and "Mirror 2" in page


@pytest.mark.parametrize("said", [{}, {"accept_multiple": False}, {"accept_multiple": "false"}])
def test_one_only_where_the_platform_takes_one(forge: Forge, said: dict[str, Any]) -> None:
    path = window(forge, said)
    made = activities(forge, path, 2)
    refused = forge.browser.get(f"{path}/deep-linking/respond?{query(made)}")
    assert refused.status_code == 422
    assert answered(forge, f"{path}/deep-linking/respond?{query(made[:1])}")


def test_nothing_ticked_and_too_much_ticked_lead_back_to_the_list(forge: Forge) -> None:
    path = window(forge, {"accept_multiple": True})
    none = forge.browser.get(f"{path}/deep-linking/respond", follow_redirects=True)
    assert "Choose at least one activity." in none.text
    many = query([uuid.uuid4() for _each in range(26)])
    page = forge.browser.get(f"{path}/deep-linking/respond?{many}", follow_redirects=True)
    assert "more than can be added at once" in page.text
    assert forge.browser.get(f"{path}/deep-linking/respond?activity=x").status_code == 404


def test_one_that_is_not_the_course_s_spoils_all(forge: Forge) -> None:
    path = window(forge, {"accept_multiple": True})
    made = activities(forge, path, 1)
    chosen = query([*made, uuid.uuid4()])
    assert forge.browser.get(f"{path}/deep-linking/respond?{chosen}").status_code == 404


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (["frame", "iframe", "window"], {"iframe": {"height": 800}}),
        (["window"], {"window": {"targetName": "_blank"}}),
        (["embed"], {}),
        ("iframe", {}),
    ],
)
def test_it_is_shown_as_the_platform_can(forge: Forge, targets: Any, expected: Any) -> None:
    _page, claims = choose(forge, {"accept_presentation_document_targets": targets})
    (item,) = claims[c.CONTENT_ITEMS]
    assert {name: item[name] for name in ("iframe", "window") if name in item} == expected


def test_the_description_goes_with_the_link(forge: Forge) -> None:
    _page, claims = choose(forge, description="Look back on your month.")
    assert claims[c.CONTENT_ITEMS][0]["text"] == "Look back on your month."


@pytest.mark.parametrize(("family", "most"), [("openedx", 100), ("canvas", 255)])
def test_a_column_s_name_fits_the_platform(forge: Forge, family: str, most: int) -> None:
    with forge.services.db.write() as session:
        session.get_one(Registration, forge.registration_id).family = PlatformFamily(family)
    _page, claims = choose(forge, title="M" * 300)
    label = claims[c.CONTENT_ITEMS][0]["lineItem"]["label"]
    assert len(label) == most and label.endswith("…")


def test_dates_of_the_activity_are_offered(forge: Forge) -> None:
    moment = datetime(2026, 11, 30, 12, 30, 15, 99, UTC)
    _page, claims = choose(forge, opens_at=moment, next_due_at=moment)
    (item,) = claims[c.CONTENT_ITEMS]
    assert item["available"] == {"startDateTime": "2026-11-30T12:30:15+00:00"}
    assert item["submission"] == {"endDateTime": "2026-11-30T12:30:15+00:00"}


@pytest.mark.parametrize(("accepted", "expected"), [(None, True), (True, True), (False, False)])
def test_a_column_is_offered_unless_the_platform_takes_none(
    forge: Forge, accepted: bool | None, expected: bool
) -> None:
    settings = {} if accepted is None else {"accept_lineitem": accepted}
    _page, claims = choose(forge, settings)
    assert ("lineItem" in claims[c.CONTENT_ITEMS][0]) is expected


def test_data_goes_back_only_if_it_came(forge: Forge) -> None:
    assert c.DEEP_LINKING_DATA not in choose(forge)[1]
    assert choose(forge, {"data": "op=1&csrf=\"'<"})[1][c.DEEP_LINKING_DATA] == "op=1&csrf=\"'<"


def test_the_return_address_is_escaped_and_may_be_posted_to(forge: Forge) -> None:
    page, _claims = choose(forge)
    action = re.search(r'action="([^"]+)"', page)
    assert action is not None
    assert "<2>" not in action[1]
    assert unescape(action[1]) == SETTINGS["deep_link_return_url"]
    handle = handle_in(forge.launch(**DIALOG))
    policy = forge.browser.get(f"/s/{handle}/deep-linking/cancel").headers
    assert "form-action 'self' https://lms.example" in policy["Content-Security-Policy"]


def test_nothing_chosen_is_an_empty_answer(forge: Forge) -> None:
    handle = handle_in(forge.launch(**DIALOG))
    _page, claims = answered(forge, f"/s/{handle}/deep-linking/cancel")
    assert claims[c.CONTENT_ITEMS] == []
    assert claims[c.DEEP_LINKING_MSG] == "Nothing was added."
    assert c.DEEP_LINKING_ERROR not in claims


def test_a_window_without_a_course(forge: Forge) -> None:
    handle = handle_in(forge.launch(**DIALOG, CONTEXT=NO))
    viewer = forge.services.launches.viewer(handle)
    assert (viewer.kind, viewer.context_id) == (SessionKind.DEEP_LINKING, None)
    activity = bare_activity(forge.services.db, viewer)
    assert answered(forge, f"/s/{handle}/deep-linking/respond/{activity}")


def test_another_course_s_activity_is_not_found(forge: Forge) -> None:
    there = forge.services.launches.viewer(handle_in(forge.launch(CONTEXT={"id": "other"})))
    foreign = bare_activity(forge.services.db, there, there.context_id)
    unplaced = bare_activity(forge.services.db, there)
    handle = handle_in(forge.launch(**DIALOG, sub="teacher"))
    for activity in (foreign, unplaced, uuid.uuid4()):
        response = forge.browser.get(f"/s/{handle}/deep-linking/respond/{activity}")
        assert response.status_code == 404


def test_outside_a_deep_linking_window_there_is_nothing_to_answer(forge: Forge) -> None:
    handle = handle_in(forge.launch(ROLES=[INSTRUCTOR]))
    viewer = forge.services.launches.viewer(handle)
    activity = bare_activity(forge.services.db, viewer, viewer.context_id)
    path = f"/s/{handle}/deep-linking/"
    assert forge.browser.get(f"{path}respond/{activity}").status_code == 404
    assert forge.browser.get(f"{path}cancel").status_code == 404


def test_learners_place_nothing(forge: Forge) -> None:
    handle = handle_in(forge.launch(**{**DIALOG, "ROLES": [LEARNER]}))
    assert forge.browser.get(f"/s/{handle}/deep-linking/cancel").status_code == 403


def test_a_place_that_takes_no_links(forge: Forge) -> None:
    path = window(forge, {"accept_types": ["file", 3]})
    page = forge.browser.get(f"{path}/studio/choose").text
    assert "An activity cannot be placed here" in page and "Back to Forged LMS" in page
    told = given_up(forge, path)[c.DEEP_LINKING_ERROR]
    assert told == "Nothing was added: this place takes no links to activities."
    made = activities(forge, path, 1)
    assert forge.browser.get(f"{path}/deep-linking/respond/{made[0]}").status_code == 404


def given_up(forge: Forge, path: str) -> dict[str, Any]:
    """Go back with the error; return the answer's claims."""
    _page, claims = answered(forge, f"{path}/deep-linking/give-up")
    assert claims[c.CONTENT_ITEMS] == []
    assert c.DEEP_LINKING_MSG not in claims
    assert re.fullmatch(r"miroir: [a-z]+ [0-9a-f]{16}", claims[c.DEEP_LINKING_ERROR_LOG])
    return dict(claims)


def test_a_learner_is_led_back_with_the_reason(forge: Forge) -> None:
    path = window(forge, ROLES=[LEARNER])
    page = forge.browser.get(f"{path}/").text
    assert "This window is for educators" in page and "Back to Forged LMS" in page
    message = given_up(forge, path)[c.DEEP_LINKING_ERROR]
    assert message == "Nothing was added: only educators add activities."


def test_a_fault_is_told_to_the_platform_too(forge: Forge) -> None:
    path = window(forge)
    page = forge.browser.get(f"{path}/deep-linking/respond/{uuid.uuid4()}")
    assert page.status_code == 404 and "/deep-linking/give-up" in page.text
    assert "something went wrong" in given_up(forge, path)[c.DEEP_LINKING_ERROR]


def test_outside_a_window_nobody_gives_up(forge: Forge) -> None:
    path = f"/s/{handle_in(forge.launch())}"
    assert forge.browser.get(f"{path}/deep-linking/give-up").status_code == 404


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"DEPLOYMENT_ID": "another"}, "deployment_pending"),
        ({"ROLES": NO}, "roles_missing"),
        ({"CONTEXT": {"title": "no id"}}, "claim_malformed"),
    ],
)
def test_a_genuine_request_that_is_refused_is_answered(
    forge: Forge, changes: dict[str, Any], reason: str
) -> None:
    settings = {**SETTINGS, "data": "keep me"}
    response = forge.launch(**{**DIALOG, "DEEP_LINKING_SETTINGS": settings, **changes})
    assert reason_in(response) == reason
    form = re.search(r'name="JWT" value="([^"]+)"', response.text)
    assert form is not None
    claims = jwt.decode(form[1], options={"verify_signature": False})
    assert (claims["iss"], claims["aud"]) == (forge.client_id, forge.issuer)
    assert claims[c.DEPLOYMENT_ID] == changes.get("DEPLOYMENT_ID", forge.deployment_id)
    assert claims[c.DEEP_LINKING_DATA] == "keep me"
    assert claims[c.DEEP_LINKING_ERROR]
    assert claims[c.DEEP_LINKING_ERROR_LOG] == f"miroir: {reason} {reference_in(response.text)}"
    policy = response.headers["Content-Security-Policy"]
    assert "form-action 'self' https://lms.example" in policy


def test_what_is_not_genuine_is_not_answered(forge: Forge) -> None:
    begun = forge.login()
    claims = forge.claims(begun.nonce, **{**DIALOG, "ROLES": NO})
    forged = forge.post(forge.token(claims, key=rsa_key("somebody else")), begun.state)
    assert reason_in(forged) == "signature_bad"
    plain = forge.launch(ROLES=NO)
    assert "JWT" not in forged.text + plain.text
