"""The certification suite's section 6.4, Assignment and Grade Services.

One learner launches with the claim; from then on the tool acts alone: it creates line items, posts
scores and reads results; the suite looks at what the platform holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from lti_tool import clock
from lti_tool.lti.ags import Ags
from lti_tool.lti.claims import AGS_ENDPOINT
from lti_tool.lti.line_items import Course, Item, LineItems
from lti_tool.lti.results import Results
from lti_tool.models.activities import ResourceLink
from lti_tool.models.grades import LineItem
from lti_tool.models.people import Context, User
from lti_tool.services.outbox.columns import columns_of
from tests.certification.conftest import Suite

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"


@pytest.fixture
def learner(suite: Suite) -> Iterator[str]:
    """Launch as a learner, with a coupled line item; return the learner's ``sub``."""
    link = suite.pair.walker.control(
        "links",
        {
            "client_id": suite.client_id,
            "title": "Graded",
            "line_item": {"label": "Graded", "scoreMaximum": 10},
        },
    )
    suite.pair.walker.be("amina")
    page = suite.pair.walker.launch(link["id"])
    user_id = suite.viewer(page).user_id
    with suite.pair.services.db.read() as session:
        yield session.get_one(User, user_id).sub


def course(suite: Suite) -> Course:
    """Return the course's line items as the launch told them."""
    with suite.pair.services.db.read() as session:
        context = session.scalars(select(Context).where(Context.line_items_url != "")).one()
        item = session.scalars(select(LineItem)).first()
        assert item is not None
        (column,) = columns_of(session, [item.id]).values()
    assert column.course is not None
    assert column.course == Course(
        column.tenant, context.line_items_url, tuple(context.line_items_scopes)
    )
    return column.course


def made(suite: Suite, tag: str) -> Item:
    return LineItems(suite.pair.services.outbox.calls()).create(
        course(suite),
        {"label": f"By the tool {tag}", "scoreMaximum": 60, "resourceId": "act:1", "tag": tag},
    )


def test_a_learner_launch_tells_where_the_line_items_are(suite: Suite, learner: str) -> None:
    found = course(suite)
    assert "/lineitems" in found.url
    assert {SCOPE + "lineitem", SCOPE + "score", SCOPE + "result.readonly"} <= set(found.scopes)


def test_line_items_are_created_by_the_tool_alone(suite: Suite, learner: str) -> None:
    item = made(suite, "created")
    held = suite.pair.walker.control("line-items")
    (column,) = [each for each in held if each["tag"] == "created"]
    assert (column["label"], column["maximum"]) == ("By the tool created", 60)
    assert not column["coupled"] and item.url


def test_line_items_are_found_by_each_filter(suite: Suite, learner: str) -> None:
    made(suite, "filtered")
    line_items, where = LineItems(suite.pair.services.outbox.calls()), course(suite)
    assert [item.tag for item in line_items.list(where, tag="filtered")] == ["filtered"]
    assert {item.tag for item in line_items.list(where, resource_id="act:1")} >= {"filtered"}
    assert list(line_items.list(where, resource_link_id="none")) == []
    with suite.pair.services.db.read() as session:
        link, url = session.execute(
            select(ResourceLink.lti_id, LineItem.url).join_from(ResourceLink, LineItem)
        ).first() or ("", "")
    assert [item.url for item in line_items.list(where, resource_link_id=link)] == [url]
    assert len(list(line_items.list(where))) >= 2


def test_a_score_is_posted_to_a_line_item_and_its_result_read(suite: Suite, learner: str) -> None:
    calls = suite.pair.services.outbox.calls()
    with suite.pair.services.db.read() as session:
        item = session.scalars(select(LineItem)).first()
        assert item is not None
        (coupled,) = columns_of(session, [item.id]).values()
    column = replace(coupled, url=made(suite, "scored").url)
    payload = {
        "scoreGiven": 45.0,
        "scoreMaximum": 60,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "comment": "Well done",
    }
    assert Ags(calls).send(column, learner, payload, clock.now()).outcome.value == "sent"
    shown = Results(calls).of_person(column, learner)
    assert shown is not None and (shown.points, shown.of) == (45, 60)
    (page,) = Results(calls).of_column(column)
    assert list(page) == [learner]


def test_a_line_item_is_changed_and_deleted(suite: Suite, learner: str) -> None:
    line_items, where = LineItems(suite.pair.services.outbox.calls()), course(suite)
    item = made(suite, "changed")
    assert line_items.update(where, item.url, {"label": "New"}).label == "New"
    line_items.delete(where, item.url)
    assert list(line_items.list(where, tag="changed")) == []


def test_a_launch_without_the_claim_forgets_nothing(suite: Suite, learner: str) -> None:
    before = course(suite)
    suite.pair.walker.control("tamper", {"remove": [AGS_ENDPOINT]})
    suite.launch()
    assert course(suite) == before
