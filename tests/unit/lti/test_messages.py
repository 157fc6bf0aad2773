"""What is read out of a checked message."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from lti_tool.lti import claims as c
from lti_tool.lti.messages import LtiMessage, custom_value, read_message
from lti_tool.rules.vocabulary import Role
from tests.unit.lti.test_validation import DIALOG, LINK

ACTIVITY = uuid.uuid4()


def read(**claims: Any) -> LtiMessage:
    return read_message({**LINK, **{getattr(c, name, name): v for name, v in claims.items()}})


def test_a_bare_message_leaves_everything_empty() -> None:
    message = read()
    assert (message.name, message.email, message.locale) == ("", "", "")
    assert (message.context, message.line_item, message.activity_id) == (None, None, None)
    assert message.role is Role.PARTICIPANT


def test_a_name_is_put_together_and_tidied() -> None:
    assert read(given_name=" Ana ", family_name="Diaz").name == "Ana Diaz"
    assert len(read(given_name="a" * 500, family_name="b" * 500).name) == 500
    assert read(name="Ana\x00\nDiaz\ud800").name == "Ana Diaz"
    assert len(read(name="x" * 900).name) == 500
    assert read(name=7).name == ""


@pytest.mark.parametrize(
    "claims",
    [
        {"CUSTOM": {"activity_id": str(ACTIVITY)}},
        {"TARGET_LINK_URI": f"https://tool.example/lti/launch?activity={ACTIVITY}"},
        {
            "CUSTOM": {"activity_id": "$activity"},
            "TARGET_LINK_URI": f"https://tool.example/lti/launch?x=1&activity={ACTIVITY}",
        },
    ],
)
def test_our_activity_comes_back_by_custom_or_by_url(claims: dict[str, Any]) -> None:
    assert read(**claims).activity_id == ACTIVITY


def test_a_variable_that_was_not_substituted_is_absent() -> None:
    claims = {c.CUSTOM: {"due": "$ResourceLink.submission.endDateTime", "group_ids": "3,4"}}
    assert custom_value(claims, "due") == ""
    assert custom_value(claims, "group_ids") == "3,4"
    assert custom_value(claims, "missing") == ""


def test_the_line_item_is_kept_verbatim() -> None:
    url = "https://lms.example/mod/lti/services.php/2/lineitems/7/lineitem?type_id=1"
    item = read(AGS_ENDPOINT={"lineitem": url, "scope": ["a", 3, "b"]}).line_item
    assert item is not None
    assert (item.url, item.scopes) == (url, ("a", "b"))
    assert read(AGS_ENDPOINT={"lineitem": "javascript:1"}).line_item is None


def test_frames_are_told_by_several_claims() -> None:
    message = read(
        PRESENTATION={"return_url": "https://school.example/courses/1?x", "locale": "fr-CA"},
        TOOL_PLATFORM={"url": "https://school.example:8443/"},
    )
    assert message.frame_origins == ("https://school.example", "https://school.example:8443")
    assert message.locale == "fr-CA"


def test_a_deep_linking_window_has_no_link_whatever_the_platform_adds() -> None:
    for added in (1, "link", {"id": "link"}):
        assert read_message({**DIALOG, c.RESOURCE_LINK: added}).link is None
