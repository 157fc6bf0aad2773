"""What platform families answer, what it means, and what they ask for: one table (DESIGN 5).

A new platform is a row; nothing else in the product asks which family a platform is of when it
works with gradebooks.
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
    DROPPED = "dropped"
    """It need not be sent any more; ``reason`` says why."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a column shows for one person: ``points`` (None: no grade) of ``of``."""

    points: float | None
    of: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means, for the outbox and for the people who read it.

    ``reason`` is a stable code; ``tries``, if not 0, is after how many attempts LATER becomes
    REFUSED; ``platform_down`` says that other messages would fare no better now. ``moved_to`` is
    the URL under which the column was found again, ``shown`` what it shows, where that was read.
    """

    outcome: Outcome
    reason: str = ""
    who: WhoCanFix | None = None
    tries: int = 0
    status: int | None = None
    detail: str = ""
    retry_after: timedelta | None = None
    platform_down: bool = False
    moved_to: str = ""
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: an answer with one of ``statuses`` whose body holds ``says`` (lower case)."""

    statuses: tuple[int, ...]
    says: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ItemRules:
    """What line items of a family must be like; lengths are in characters."""

    label_length: int = 255
    tag_length: int = 255
    whole_maximum: bool = False
    needs_resource: bool = False
    """Whether a line item must name a resourceId or a resourceLinkId."""
    links_extra_items: bool = True
    """Whether a second line item may belong to a link without hiding the first from launches."""
    pages: bool = True
    """Whether a ``limit`` may be sent to the listing."""
    named_by_tool: bool = True
    """Whether the coupled line item takes its name from us; else the platform names it."""
    extra_items: bool = True
    """Whether the gradebook shows line items that belong to no link, beside the coupled one."""


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
    token_audience: str = ""
    """``aud`` of our assertion, where it is one constant for all sites of the family."""
    shows_zero: bool = True
    """Whether a score of 0 reaches the gradebook."""
    clears: bool = True
    """Whether a score without ``scoreGiven`` takes the grade away, as AGS 2.0 (3.4, scoreGiven)
    asks. Read in the source: Moodle (``gradebookservices::save_score`` stores null), Canvas
    (``scores_controller``: ``ignore_score?`` sets the submission's score to nil)."""
    items: ItemRules = ItemRules()


def _refused(reason: str, who: WhoCanFix) -> Verdict:
    return Verdict(Outcome.REFUSED, reason, who)


def _later(reason: str, who: WhoCanFix, tries: int = 0) -> Verdict:
    return Verdict(Outcome.LATER, reason, who, tries)


NOT_A_STUDENT = _refused("not_a_student", _TEACHER)
NEWER = Verdict(Outcome.CHECK, "newer_in_lms", _TEACHER, tries=3)
UNAUTHORIZED = Verdict(Outcome.LATER, "unauthorized", _ADMIN, platform_down=True)
RATE_LIMITED = Verdict(Outcome.LATER, "rate_limited", _ADMIN, platform_down=True)

BY_STATUS = ("refused", "line_item_gone", "line_item_forbidden", "line_item_refused")
"""Reasons of errors that only say that the platform refused; the tables say what that means."""

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
        # Its Link header cannot be read; its coupled item is named after the activity there.
        items=ItemRules(links_extra_items=False, pages=False, named_by_tool=False),
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
        shows_zero=False,
        # Not tried there: it has no columns of competencies.
        clears=False,
        items=ItemRules(
            # One grade per block: an item without a link is stored and never shown.
            extra_items=False,
            label_length=100,
            tag_length=50,
            whole_maximum=True,
            needs_resource=True,
            pages=False,
        ),
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
        token_audience="https://api.brightspace.com/auth/token",  # noqa: S106  (an address)
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
    if error.reason in ("token_refused", "not_json", "nonsense", "endless_pages", "foreign_page"):
        return Verdict(Outcome.LATER, error.reason, _ADMIN, platform_down=True)
    if error.reason == "scope_missing":
        return _refused(error.reason, _ADMIN)
    if error.reason not in BY_STATUS:
        return _refused(error.reason, getattr(error, "who", _OPERATOR))
    body = error.body.lower()
    for rule in (*FAMILIES[family].rules, *COMMON):
        if error.status in rule.statuses and rule.says in body:
            return rule.verdict
    return _refused("refused", _TEACHER)
