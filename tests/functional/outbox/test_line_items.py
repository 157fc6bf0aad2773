"""Line items of a course on each kind of platform: made, found, changed without loss, deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lti_tool.errors import PlatformRefusal
from lti_tool.lti.line_items import READ_SCOPE, WRITE_SCOPE, Course, Item, LineItems
from lti_tool.services.outbox.columns import columns_of
from tests.functional.outbox.conftest import Lms, Stage

PERSONALITIES = ["moodle", "canvas", "openedx", "blackboard", "d2l", "sakai"]
NEW = {
    "label": "Reflect – 1.2 Listening",
    "scoreMaximum": 4,
    "resourceId": "act:1",
    "tag": "case:3c0a",
}


def course_of(lms: Lms, *scopes: str) -> Course:
    """Return the course as a launch with these scopes would tell it."""
    with lms.database.read() as session:
        (column,) = columns_of(session, [lms.line_item().id]).values()
    granted = scopes or (WRITE_SCOPE, READ_SCOPE)
    return Course(column.tenant, lms.items_url, granted)


def labels(found: list[Item]) -> list[str]:
    return [item.label for item in found]


@pytest.mark.parametrize("personality", PERSONALITIES)
def test_a_line_item_is_made_found_changed_and_deleted(stage: Stage, personality: str) -> None:
    lms = stage.lms(personality)
    items, course = LineItems(stage.outbox().calls()), course_of(lms)
    made = items.create(course, NEW)
    assert labels(list(items.list(course, tag="case:3c0a"))) == [NEW["label"]]
    assert list(items.list(course, resource_id="act:2")) == []
    changed = items.update(course, made.url, {"label": "New name"})
    assert (changed.label, changed.tag, changed.resource_id) == ("New name", "case:3c0a", "act:1")
    assert items.get(course, made.url) == changed
    if personality == "openedx":
        with pytest.raises(PlatformRefusal, match="line_item_forbidden"):
            items.delete(course, made.url)
        return
    items.delete(course, made.url)
    items.delete(course, made.url)
    with pytest.raises(PlatformRefusal, match="line_item_gone"):
        items.get(course, made.url)


def test_more_than_a_page_of_line_items_is_listed(stage: Stage) -> None:
    lms = stage.lms("canvas")
    items, course = LineItems(stage.outbox().calls()), course_of(lms)
    for number in range(12):
        items.create(course, {**NEW, "label": str(number)})
    assert labels(list(items.list(course, tag="case:3c0a"))) == [str(n) for n in range(12)]
    assert len(lms.walker.control("log?area=ags&title=list")) == 2


@pytest.mark.parametrize("personality", PERSONALITIES)
def test_a_put_keeps_all_that_the_platform_holds(stage: Stage, personality: str) -> None:
    lms = stage.lms(personality)
    items, course = LineItems(stage.outbox().calls()), course_of(lms)
    review = {"custom": {"mode": "review"}, "reviewableStatus": ["Completed"]}
    made = items.create(course, {**NEW, "label": "Old"})
    items.update(course, made.url, {"submissionReview": review})
    before = items.get(course, made.url).fields
    after = items.update(course, made.url, {"label": "New"}).fields
    assert after == {**before, "label": "New"} and after["submissionReview"] == review
    count = len(lms.walker.control("log?area=ags&title=replace"))
    items.update(course, made.url, {"label": "New"})
    assert len(lms.walker.control("log?area=ags&title=replace")) == count


def test_moodles_type_id_is_kept_with_filters_and_no_limit_is_sent(stage: Stage) -> None:
    lms = stage.lms("moodle")
    found = list(LineItems(stage.outbox().calls()).list(course_of(lms), tag="x y", limit=5))
    url = lms.walker.control("log?area=ags")[-1]["url"]
    assert found == [] and url.endswith("?type_id=1&tag=x+y") and "limit" not in url


def test_without_the_scope_nothing_is_sent(stage: Stage) -> None:
    lms = stage.lms()
    items, readonly = LineItems(stage.outbox().calls()), course_of(lms, READ_SCOPE)
    assert labels(list(items.list(readonly))) == ["R"]
    with pytest.raises(PlatformRefusal, match="scope_missing"):
        items.create(readonly, NEW)
    with pytest.raises(PlatformRefusal, match="scope_missing"):
        next(items.list(replace(readonly, scopes=())))
    assert len(lms.walker.control("log?area=ags")) == 1


def test_an_expired_token_is_renewed_for_line_items_too(stage: Stage) -> None:
    lms = stage.lms("openedx")
    items, course = LineItems(stage.outbox().calls()), course_of(lms)
    list(items.list(course))
    lms.walker.control("expire-tokens", {})
    list(items.list(course))
    statuses = [entry["status"] for entry in lms.walker.control("log?area=ags")]
    assert statuses == [200, 403, 200]
