"""What platform families answer to a score, and what it means: one table (domain.md 3.2, lti.md).

A new platform is a row; nothing else in the product asks which family a platform is of when it
sends scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from lti_tool.errors import PlatformError, PlatformUnavailable, WhoCanFix
from lti_tool.rules.vocabulary import PlatformFamily

_TEACHER, _ADMIN, _OPERATOR = WhoCanFix.TEACHER, WhoCanFix.LMS_ADMIN, WhoCanFix.OPERATOR


class Outcome(StrEnum):
    """What became of a score."""

    SENT = "sent"
    CHECK = "check"
    """The column's result decides: if it shows our value, the score is there."""
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means, for the outbox and for the people who read it.

    ``reason`` is a stable code; ``tries``, if not 0, is after how many attempts LATER becomes
    REFUSED; ``platform_down`` says that other scores would fare no better now.
    """

    outcome: Outcome
    reason: str = ""
    who: WhoCanFix | None = None
    tries: int = 0
    status: int | None = None
    detail: str = ""
    retry_after: timedelta | None = None
    platform_down: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: an answer with one of ``statuses`` whose body holds ``says`` (lower case)."""

    statuses: tuple[int, ...]
    says: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Family:
    """How one family of platforms takes scores and gives results."""

    rules: tuple[Rule, ...] = ()
    """Tried in order before the common ones."""
    expired_token: tuple[int, ...] = (401,)
    """Statuses that may only mean that the token is over: it is renewed once."""
    score_fields: Mapping[str, Any] = field(default_factory=dict)
    """Added to every score."""
    comment_break: str = "\n"
    result_filter: str = "user_id"
    """How one person's result is asked for: ``user_id``, ``path`` (/results/<id>) or ``limit``."""
    hides_zero: bool = False
    """Whether a result of 0 comes without ``resultScore``."""


def _refused(reason: str, who: WhoCanFix) -> Verdict:
    return Verdict(Outcome.REFUSED, reason, who)


def _later(reason: str, who: WhoCanFix, tries: int = 0) -> Verdict:
    return Verdict(Outcome.LATER, reason, who, tries)


NOT_A_STUDENT = _refused("not_a_student", _TEACHER)
NEWER = Verdict(Outcome.CHECK, "newer_in_lms", _TEACHER, tries=3)
UNAUTHORIZED = Verdict(Outcome.LATER, "unauthorized", _ADMIN, platform_down=True)
RATE_LIMITED = Verdict(Outcome.LATER, "rate_limited", _ADMIN, platform_down=True)

COMMON = (
    Rule((400,), "", _refused("bad_request", _OPERATOR)),
    Rule((401,), "", UNAUTHORIZED),
    Rule((403,), "", _refused("forbidden", _ADMIN)),
    Rule((404, 410), "", _refused("line_item_gone", _TEACHER)),
    Rule((409,), "", NEWER),
    Rule((412,), "", _refused("line_item_unusable", _TEACHER)),
    Rule((422,), "", _refused("not_accepted", _TEACHER)),
)

FAMILIES: dict[PlatformFamily, Family] = {
    PlatformFamily.GENERIC: Family(),
    PlatformFamily.SAKAI: Family(),
    PlatformFamily.MOODLE: Family(
        rules=(Rule((400,), "incorrect score", NOT_A_STUDENT),),
        hides_zero=True,
    ),
    PlatformFamily.CANVAS: Family(
        rules=(
            Rule((403,), "rate limit", RATE_LIMITED),
            Rule((422,), "user not found", NOT_A_STUDENT),
            Rule((422,), "not a student", NOT_A_STUDENT),
            Rule((422,), "attempts has been reached", _refused("attempts_used_up", _TEACHER)),
            Rule((422,), "unpublished", _later("not_published", _TEACHER)),
            Rule((422,), "concluded", _refused("course_over", _TEACHER)),
            Rule((400,), "timestamp", NEWER),
        ),
        # Without it every score is a new submission, and attempts run out.
        score_fields={"https://canvas.instructure.com/lti/submission": {"new_submission": False}},
    ),
    PlatformFamily.OPENEDX: Family(
        rules=(
            Rule((400,), "already exists", Verdict(Outcome.SENT)),
            Rule((400,), "timestamp", NEWER),
            Rule((403,), "", UNAUTHORIZED),
        ),
        expired_token=(401, 403),
        result_filter="path",
    ),
    PlatformFamily.BLACKBOARD: Family(
        rules=(Rule((400,), "user could not be found", NOT_A_STUDENT),),
        comment_break="<br/>",
        result_filter="limit",
    ),
    PlatformFamily.D2L: Family(
        rules=(
            Rule((403,), "not enrolled", NOT_A_STUDENT),
            Rule((404,), "user in requested score", NOT_A_STUDENT),
            Rule((422,), "user", NOT_A_STUDENT),
        ),
    ),
}


def classify(family: PlatformFamily, error: PlatformError) -> Verdict:
    """Return what a failed score means on a platform of this ``family``."""
    if isinstance(error, PlatformUnavailable):
        # A 500 may be about this one grade (Moodle: it is locked); the rest is about the platform.
        verdict = Verdict(
            Outcome.LATER,
            error.reason,
            _ADMIN,
            retry_after=error.retry_after,
            platform_down=error.status != 500,
        )
    else:
        verdict = _of_refusal(family, error)
    return replace(verdict, status=error.status, detail=error.body)


def _of_refusal(family: PlatformFamily, error: PlatformError) -> Verdict:
    if error.reason == "token_refused":
        return Verdict(Outcome.LATER, error.reason, _ADMIN, platform_down=True)
    if error.reason == "not_json":
        return Verdict(Outcome.LATER, error.reason, _ADMIN, platform_down=True)
    if error.reason != "refused":
        return _refused(error.reason, getattr(error, "who", _OPERATOR))
    body = error.body.lower()
    for rule in (*FAMILIES[family].rules, *COMMON):
        if error.status in rule.statuses and rule.says in body:
            return rule.verdict
    return _refused("refused", _TEACHER)
