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
from lti_tool.rules.vocabulary import SessionKind
from tests.support.activities import bare_activity
from tests.support.forge import INSTRUCTOR, LEARNER, NO, Forge, handle_in, reason_in

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
        "custom": {"activity_id": activity},
        "lineItem": {
            "label": "Mirror & <me>",
            "scoreMaximum": 100,
            "resourceId": f"act:{activity}",
            "tag": "completion",
        },
    }
    assert uuid.UUID(activity)


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
    settings = {**SETTINGS, "accept_types": ["file"]}
    response = forge.launch(**{**DIALOG, "DEEP_LINKING_SETTINGS": settings})
    assert reason_in(response) == "deep_linking_type"
