"""What a deep linking request wants, whatever its settings hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti import claims as c
from lti_tool.lti.deep_linking import (
    Dialog,
    LinkItem,
    Review,
    Told,
    Wishes,
    content_item,
    response_claims,
    wishes_of,
)
from lti_tool.rules.vocabulary import PlatformFamily

NOTHING = Wishes(
    accepts_links=False,
    several=False,
    line_items=None,
    targets=(),
    creates_at_once=False,
    title="",
    text="",
)
NAMES = (
    "accept_types",
    "accept_multiple",
    "accept_lineitem",
    "accept_presentation_document_targets",
    "auto_create",
    "title",
    "text",
)
ITEM = LinkItem("Level of A1", "https://tool.example/x", {"competency": "A1"}, "act:1:A1")


def test_what_is_not_said_is_the_least() -> None:
    assert wishes_of({}) == NOTHING


@pytest.mark.parametrize(
    ("said", "meant"),
    [(True, True), ("true", True), ("True", True), ("1", True), (False, False), ("false", False)],
)
def test_truth_may_be_written_as_a_text(said: Any, meant: bool) -> None:
    wishes = wishes_of(dict.fromkeys(NAMES, said))
    assert (wishes.several, wishes.line_items, wishes.creates_at_once) == (meant, meant, meant)


@given(st.dictionaries(st.sampled_from(NAMES), st.none() | st.integers() | st.lists(st.text())))
def test_whatever_the_settings_hold_is_read(settings: dict[str, Any]) -> None:
    wishes = wishes_of(settings)
    assert content_item(ITEM, wishes, PlatformFamily.GENERIC)["type"] == "ltiResourceLink"


def test_an_item_can_be_something_else_than_an_activity() -> None:
    review = Review("See it", {"competency": "A1"})
    item = LinkItem(**{**_fields(ITEM), "tag": "case:1", "review": review})
    column = content_item(item, NOTHING, PlatformFamily.GENERIC)["lineItem"]
    assert (column["resourceId"], column["tag"]) == ("act:1:A1", "case:1")
    assert column["submissionReview"]["custom"] == {"competency": "A1"}
    assert "submissionReview" not in content_item(ITEM, NOTHING, PlatformFamily.MOODLE)["lineItem"]


def _fields(item: LinkItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in LinkItem.__slots__}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (Told("Done.", "log"), {c.DEEP_LINKING_MSG: "Done.", c.DEEP_LINKING_LOG: "log"}),
        (
            Told("Not done.", "why", is_error=True),
            {c.DEEP_LINKING_ERROR: "Not done.", c.DEEP_LINKING_ERROR_LOG: "why"},
        ),
        (Told(), {}),
    ],
)
def test_the_answer_tells_success_or_trouble(told: Told, expected: dict[str, str]) -> None:
    dialog = Dialog("https://lms.example", "client", "1", {})
    claims = response_claims(dialog, [], told)
    names = (
        c.DEEP_LINKING_MSG,
        c.DEEP_LINKING_LOG,
        c.DEEP_LINKING_ERROR,
        c.DEEP_LINKING_ERROR_LOG,
        c.DEEP_LINKING_DATA,
    )
    assert {name: claims[name] for name in names if name in claims} == expected
