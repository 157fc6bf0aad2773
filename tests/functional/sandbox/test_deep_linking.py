"""Deep linking: the request, the return, and what is refused."""

import time
from typing import Any

import pytest
import requests

from lti_tool.sandbox import keys
from tests.functional.sandbox.conftest import MakeWorld, World
from tests.functional.sandbox.minitool import AGS, DL, LTI, NRPS

ITEM = {
    "type": "ltiResourceLink",
    "title": "Reflect on reading aloud",
    "url": "http://127.0.0.1/launch?activity=a1",
    "custom": {"activity": "a1"},
    "lineItem": {
        "label": "Reflection",
        "scoreMaximum": 100,
        "resourceId": "a1",
        "tag": "completion",
    },
}


def answer(world: World, token: str) -> requests.Response:
    return requests.post(world.tool.return_url(), data={"JWT": token}, timeout=10)


@pytest.fixture
def dialog(world: World) -> World:
    """Return a world whose educator has the tool's dialog open."""
    world.walker.be("claire")
    page = world.walker.open_deep_linking(world.client_id)
    assert "launched LtiDeepLinkingRequest" in page.text
    return world


def test_the_first_request_in_a_course_has_no_roster(dialog: World) -> None:
    claims = dialog.tool.claims
    assert NRPS not in claims and AGS in claims
    assert f"{LTI}resource_link" not in claims
    assert claims[f"{DL}deep_linking_settings"]["accept_types"] == ["ltiResourceLink"]
    dialog.link()
    dialog.walker.open_deep_linking(dialog.client_id)
    assert NRPS in dialog.tool.claims


def test_items_become_activities_with_their_columns(dialog: World) -> None:
    items = [ITEM, {"type": "ltiResourceLink", "title": "Second"}]
    page = answer(dialog, dialog.tool.sign(dialog.tool.response(items)))
    assert page.status_code == 200 and "2 activities added" in page.text
    first, second = dialog.walker.control("links")
    assert first["custom"] == {"activity": "a1"} and first["url"] == ITEM["url"]
    assert second["url"] == f"{dialog.tool.url}/launch"
    (column,) = dialog.walker.control("line-items")
    assert (column["resource_id"], column["tag"], column["coupled"]) == ("a1", "completion", True)
    assert column["link_id"] == first["id"]


def test_a_response_is_taken_once(dialog: World) -> None:
    assert answer(dialog, dialog.tool.sign(dialog.tool.response([]))).status_code == 200
    again = answer(dialog, dialog.tool.sign(dialog.tool.response([])))
    assert again.status_code == 400 and "already answered" in again.text


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "http://elsewhere.example"},
        {"iss": "somebody"},
        {"exp": int(time.time()) - 3600},
        {f"{LTI}message_type": "LtiResourceLinkRequest"},
        {f"{LTI}version": "1.1"},
        {f"{LTI}deployment_id": "77"},
        {f"{DL}data": "not asked for"},
        {f"{DL}content_items": [{"type": "link"}]},
        {f"{DL}content_items": [{**ITEM, "custom": {"n": 1}}]},
        {f"{DL}content_items": [{**ITEM, "lineItem": {"scoreMaximum": 0}}]},
        {f"{DL}content_items": "none"},
    ],
)
def test_a_bad_response_is_refused(dialog: World, changes: dict[str, Any]) -> None:
    page = answer(dialog, dialog.tool.sign(dialog.tool.response([], **changes)))
    assert page.status_code == 400 and "refused" in page.text
    assert dialog.walker.control("links") == []


def test_a_response_needs_a_key_of_the_tool(dialog: World) -> None:
    published = dialog.tool.key_set()
    dialog.tool.key_set = lambda: published  # type: ignore[method-assign]
    dialog.tool.private = keys.load_private(keys.make_key())
    assert answer(dialog, dialog.tool.sign(dialog.tool.response([]))).status_code == 400
    assert answer(dialog, dialog.tool.sign(dialog.tool.response([]), kid="x")).status_code == 400
    assert answer(dialog, "garbage").status_code == 400


def test_only_an_educator_may_add(dialog: World) -> None:
    dialog.walker.be("daniel")
    assert dialog.walker.open_deep_linking(dialog.client_id).status == 403


def test_other_platforms_send_data_and_want_it_back(make_world: MakeWorld) -> None:
    world = make_world("canvas")
    world.walker.be("claire")
    world.walker.open_deep_linking(world.client_id)
    assert world.tool.claims[f"{DL}deep_linking_settings"]["data"]
    assert answer(world, world.tool.sign(world.tool.response([ITEM]))).status_code == 200
    world.walker.open_deep_linking(world.client_id)
    claims = world.tool.response([])
    del claims[f"{DL}data"]
    assert answer(world, world.tool.sign(claims)).status_code == 400


REVIEW = {"reviewableStatus": ["Submitted"], "label": "See it", "custom": {"x": "1"}}


@pytest.mark.parametrize(
    ("settings", "items", "reason"),
    [
        ({"accept_multiple": False}, [ITEM, ITEM], "only one item"),
        ({"accept_lineitem": False}, [ITEM], "lineItem is not accepted"),
        ({"accept_types": ["link"]}, [ITEM], "only items of type"),
        (
            {"accept_presentation_document_targets": ["window"]},
            [{**ITEM, "iframe": {}}],
            "document targets",
        ),
        ({}, [{**ITEM, "icon": {"url": "/icon.svg"}}], "absolute url"),
        ({}, [{**ITEM, "lineItem": {**ITEM["lineItem"], "submissionReview": 1}}], "reviewable"),
    ],
)
def test_what_a_dialog_does_not_accept_is_refused(
    world: World, settings: dict[str, Any], items: list[Any], reason: str
) -> None:
    world.walker.control("deep-linking", settings)
    world.walker.be("claire")
    world.walker.open_deep_linking(world.client_id)
    page = answer(world, world.tool.sign(world.tool.response(items)))
    assert page.status_code == 400 and reason in page.text


def test_what_the_tool_tells_is_shown(dialog: World) -> None:
    told = {f"{DL}errormsg": "It broke.", f"{DL}errorlog": "reference 7"}
    page = answer(dialog, dialog.tool.sign(dialog.tool.response([], **told)))
    assert '<p role="alert">It broke.</p>' in page.text and "reference 7" in page.text
    assert "leave-frame.js" not in page.text


def test_the_gradebook_names_the_review_as_the_tool_does(dialog: World) -> None:
    column = {**ITEM["lineItem"], "submissionReview": REVIEW}
    answer(dialog, dialog.tool.sign(dialog.tool.response([{**ITEM, "lineItem": column}])))
    page = dialog.walker.get(f"/course/{dialog.walker.control('courses')[0]['id']}/gradebook")
    assert "See it" in page.text
