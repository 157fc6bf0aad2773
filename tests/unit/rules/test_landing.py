from __future__ import annotations

import uuid

import pytest

from lti_tool.rules.landing import Landing, landing
from lti_tool.rules.vocabulary import Role, SessionKind

ACTIVITY = uuid.uuid4()
LINK, WINDOW = SessionKind.RESOURCE_LINK, SessionKind.DEEP_LINKING
REVIEW = SessionKind.SUBMISSION_REVIEW


@pytest.mark.parametrize(
    ("kind", "role", "is_named", "activity_id", "expected"),
    [
        (LINK, Role.LEARNER, True, ACTIVITY, Landing.LEARNER),
        (LINK, Role.PARTICIPANT, True, ACTIVITY, Landing.LEARNER),
        (LINK, Role.LEARNER, False, ACTIVITY, Landing.NAME),
        (LINK, Role.LEARNER, True, None, Landing.NOT_READY),
        (LINK, Role.TUTOR, False, ACTIVITY, Landing.DESK),
        (LINK, Role.EDUCATOR, True, ACTIVITY, Landing.DESK),
        (LINK, Role.EDUCATOR, True, None, Landing.ATTACH),
        (WINDOW, Role.EDUCATOR, True, None, Landing.CHOOSE),
        (WINDOW, Role.LEARNER, False, None, Landing.STAFF_ONLY),
        (REVIEW, Role.TUTOR, True, ACTIVITY, Landing.REVIEW),
        (REVIEW, Role.LEARNER, True, ACTIVITY, Landing.LEARNER),
        (REVIEW, Role.EDUCATOR, True, None, Landing.NOT_READY),
    ],
)
def test_a_launch_leads_to_one_page(
    kind: SessionKind,
    role: Role,
    is_named: bool,
    activity_id: uuid.UUID | None,
    expected: Landing,
) -> None:
    assert landing(kind, role, is_named, activity_id) is expected
