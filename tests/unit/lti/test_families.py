"""What each platform's answers to a score mean."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.errors import PlatformError, PlatformRefusal, PlatformUnavailable, WhoCanFix
from lti_tool.lti.families import FAMILIES, Outcome, classify
from lti_tool.rules.vocabulary import PlatformFamily as Family

LATER, REFUSED, CHECK, SENT = Outcome.LATER, Outcome.REFUSED, Outcome.CHECK, Outcome.SENT

CASES = [
    (Family.MOODLE, 400, "400 Incorrect score received {...}", REFUSED, "not_a_student", "teacher"),
    (Family.MOODLE, 409, "Refusing score with an earlier…", CHECK, "newer_in_lms", "teacher"),
    (Family.MOODLE, 401, "", LATER, "unauthorized", "lms_admin"),
    (Family.MOODLE, 403, "", REFUSED, "forbidden", "lms_admin"),
    (Family.MOODLE, 404, "", REFUSED, "line_item_gone", "teacher"),
    (Family.CANVAS, 422, "User not found in course or is not a student", REFUSED, "not_a_student",
     "teacher"),
    (Family.CANVAS, 422, "maximum number of allowed attempts has been reached", REFUSED,
     "attempts_used_up", "teacher"),
    (Family.CANVAS, 422, "This assignment is still unpublished", LATER, "not_published", "teacher"),
    (Family.CANVAS, 422, "This course has concluded. AGS requests…", REFUSED, "course_over",
     "teacher"),
    (Family.CANVAS, 422, "something else", REFUSED, "not_accepted", "teacher"),
    (Family.CANVAS, 400, "timestamp is older than the last one", CHECK, "newer_in_lms", "teacher"),
    (Family.CANVAS, 403, "403 Forbidden (Rate Limit Exceeded)", LATER, "rate_limited", "lms_admin"),
    (Family.CANVAS, 403, "no", REFUSED, "forbidden", "lms_admin"),
    (Family.OPENEDX, 400, "Score already exists for the provided timestamp.", SENT, "", None),
    (Family.OPENEDX, 400, "Refusing score with an earlier timestamp", CHECK, "newer_in_lms",
     "teacher"),
    (Family.OPENEDX, 403, "", LATER, "unauthorized", "lms_admin"),
    (Family.BLACKBOARD, 400, "User could not be found: 42", REFUSED, "not_a_student", "teacher"),
    (Family.D2L, 403, "User in requested score is not enrolled in the org unit", REFUSED,
     "not_a_student", "teacher"),
    (Family.D2L, 404, "User in requested score does not exist", REFUSED, "not_a_student",
     "teacher"),
    (Family.D2L, 404, "", REFUSED, "line_item_gone", "teacher"),
    (Family.SAKAI, 400, "", REFUSED, "bad_request", "operator"),
    (Family.GENERIC, 412, "", REFUSED, "line_item_unusable", "teacher"),
    (Family.GENERIC, 418, "", REFUSED, "refused", "teacher"),
]  # fmt: skip


@pytest.mark.parametrize(("family", "status", "body", "outcome", "reason", "who"), CASES)
def test_refusals(
    family: Family, status: int, body: str, outcome: Outcome, reason: str, who: str | None
) -> None:
    verdict = classify(family, PlatformRefusal("refused", status, body))
    assert (verdict.outcome, verdict.reason, verdict.who) == (outcome, reason, who)
    assert (verdict.status, verdict.detail) == (status, body)


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize(
    ("error", "down"),
    [
        (PlatformUnavailable("timeout"), True),
        (PlatformUnavailable("server_error", 503), True),
        (PlatformUnavailable("rate_limited", 429, retry_after=timedelta(seconds=9)), True),
        (PlatformUnavailable("server_error", 500), False),
        (PlatformRefusal("token_refused", 400, "invalid_client"), True),
        (PlatformRefusal("not_json", 200, "<html>"), True),
    ],
)
def test_what_may_pass_is_tried_later(family: Family, error: PlatformError, down: bool) -> None:
    verdict = classify(family, error)
    assert (verdict.outcome, verdict.reason) == (LATER, error.reason)
    assert verdict.platform_down is down
    assert verdict.retry_after == getattr(error, "retry_after", None)


@pytest.mark.parametrize("reason", ["bad_url", "forbidden_address", "redirected", "too_large"])
def test_what_only_the_operator_can_fix(reason: str) -> None:
    verdict = classify(Family.MOODLE, PlatformRefusal(reason, who=WhoCanFix.OPERATOR))
    assert (verdict.outcome, verdict.reason, verdict.who) == (REFUSED, reason, "operator")


def test_every_family_is_in_the_table() -> None:
    assert set(FAMILIES) == set(Family)


def test_every_lasting_verdict_names_who_can_fix_it() -> None:
    rules = [rule for family in FAMILIES.values() for rule in family.rules]
    assert all(rule.verdict.who for rule in rules if rule.verdict.outcome is not SENT)
