"""The shape of messages: whatever comes, it is accepted or refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.errors import LaunchRefused
from lti_tool.lti import claims as c
from lti_tool.lti.messages import read_message
from lti_tool.lti.validation import check_message, is_id

SETTINGS = {
    "deep_link_return_url": "https://lms.example/return",
    "accept_types": ["ltiResourceLink"],
}
LINK: dict[str, Any] = {
    c.LTI_VERSION: "1.3.0",
    c.MESSAGE_TYPE: c.RESOURCE_LINK_MESSAGE,
    c.DEPLOYMENT_ID: "1",
    c.TARGET_LINK_URI: "https://tool.example/lti/launch",
    c.RESOURCE_LINK: {"id": "link"},
    c.ROLES: [],
    "sub": "someone",
}
DIALOG = {**LINK, c.MESSAGE_TYPE: c.DEEP_LINKING_MESSAGE, c.DEEP_LINKING_SETTINGS: SETTINGS}
REVIEW = {**LINK, c.MESSAGE_TYPE: c.SUBMISSION_REVIEW_MESSAGE}


def reason(claims: dict[str, Any]) -> str:
    with pytest.raises(LaunchRefused) as refused:
        check_message(claims)
    return refused.value.reason


@pytest.mark.parametrize("message", [LINK, DIALOG, REVIEW])
def test_the_least_that_a_message_has(message: dict[str, Any]) -> None:
    assert check_message(message) == message[c.MESSAGE_TYPE]


@pytest.mark.parametrize(
    ("claim", "value", "expected"),
    [
        (c.LTI_VERSION, "1.3", "version_wrong"),
        (c.LTI_VERSION, ["1.3.0"], "version_wrong"),
        (c.MESSAGE_TYPE, "", "message_type_missing"),
        (c.MESSAGE_TYPE, "LtiEulaRequest", "message_type_unsupported"),
        (c.MESSAGE_TYPE, "LtiStartProctoring", "message_type_unsupported"),
        (c.MESSAGE_TYPE, [c.RESOURCE_LINK_MESSAGE], "message_type_unsupported"),
        (c.DEPLOYMENT_ID, "", "deployment_missing"),
        (c.DEPLOYMENT_ID, 1, "claim_malformed"),
        (c.DEPLOYMENT_ID, "x" * 256, "claim_malformed"),
        ("sub", "", "sub_missing"),
        ("sub", 5, "claim_malformed"),
        ("sub", "a\x00b", "claim_malformed"),
        ("sub", "\ud800", "claim_malformed"),
        (c.ROLES, "Instructor", "claim_malformed"),
        (c.ROLES, [1], "claim_malformed"),
        (c.CONTEXT, "course", "claim_malformed"),
        (c.CONTEXT, {"title": "no id"}, "claim_malformed"),
        (c.CUSTOM, ["x"], "claim_malformed"),
        (c.RESOURCE_LINK, "link", "claim_malformed"),
        (c.RESOURCE_LINK, ["id"], "claim_malformed"),
        (c.RESOURCE_LINK, {"id": ""}, "resource_link_missing"),
        (c.RESOURCE_LINK, {"id": 3}, "claim_malformed"),
        (c.TARGET_LINK_URI, 3, "target_link_uri_missing"),
    ],
)
def test_a_claim_of_the_wrong_shape_is_refused(claim: str, value: Any, expected: str) -> None:
    assert reason({**LINK, claim: value}) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (None, "deep_linking_settings_missing"),
        ("settings", "claim_malformed"),
        ({**SETTINGS, "accept_types": "ltiResourceLink"}, "claim_malformed"),
        ({**SETTINGS, "deep_link_return_url": "javascript:alert(1)"}, "claim_malformed"),
    ],
)
def test_deep_linking_settings(settings: Any, expected: str) -> None:
    assert reason({**DIALOG, c.DEEP_LINKING_SETTINGS: settings}) == expected


def test_a_review_needs_a_link_or_a_line_item_but_no_learner() -> None:
    bare = {name: value for name, value in REVIEW.items() if name != c.RESOURCE_LINK}
    assert reason(bare) == "resource_link_missing"
    item = {c.AGS_ENDPOINT: {"lineitem": "https://lms.example/1"}}
    assert check_message({**bare, **item}) == c.SUBMISSION_REVIEW_MESSAGE


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
TEXTS = ("name", "given_name", "email", "locale")
OBJECTS = (c.CONTEXT, c.CUSTOM, c.PRESENTATION, c.TOOL_PLATFORM, c.FOR_USER, c.AGS_ENDPOINT)
NAMES = st.sampled_from([*LINK, *TEXTS, *OBJECTS, c.DEEP_LINKING_SETTINGS])


@given(st.sampled_from([LINK, DIALOG, REVIEW]), st.dictionaries(NAMES, ANYTHING, max_size=4))
def test_whatever_a_platform_sends_is_read_or_refused(
    message: dict[str, Any], changes: dict[str, Any]
) -> None:
    claims = {**message, **changes}
    try:
        check_message(claims)
    except LaunchRefused:
        return
    read = read_message(claims)
    assert is_id(read.sub)
    assert is_id(read.deployment_id)
