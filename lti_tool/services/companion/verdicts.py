"""What an answer of Moodle's web services means for the outbox: one table."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.errors import PlatformError, PlatformUnavailable, WhoCanFix
from lti_tool.lti.families import Outcome, Verdict

CLOSED = frozenset(
    {
        "moodle_off",
        "moodle_no_services",
        "moodle_token",
        "moodle_access",
        "moodle_account",
        "moodle_competencies_off",
        "not_json",
        "nonsense",
    }
)
"""Of the whole site: no other message would fare better now."""
AWAITED = frozenset({"moodle_permission", "moodle_course_closed"})
"""What an administrator mends; it is tried again by itself until then."""


def verdict_of(error: PlatformError) -> Verdict:
    """Return what a failed call means for the rating."""
    who: WhoCanFix = getattr(error, "who", WhoCanFix.LMS_ADMIN)
    if isinstance(error, PlatformUnavailable):
        verdict = Verdict(
            Outcome.LATER,
            error.reason,
            who,
            retry_after=error.retry_after,
            platform_down=error.status != 500,
        )
    elif error.reason in CLOSED:
        verdict = Verdict(Outcome.LATER, error.reason, who, platform_down=True)
    else:
        outcome = Outcome.LATER if error.reason in AWAITED else Outcome.REFUSED
        verdict = Verdict(outcome, error.reason, who)
    return replace(verdict, status=error.status, detail=error.body)


def missing(reason: str, detail: str = "") -> Verdict:
    """Return the verdict where Moodle lacks what a rating needs; an administrator can add it."""
    return Verdict(Outcome.LATER, reason, WhoCanFix.LMS_ADMIN, detail=detail[:500])


def impossible(reason: str, who: WhoCanFix = WhoCanFix.TEACHER, detail: str = "") -> Verdict:
    """Return the verdict where trying again would change nothing."""
    return Verdict(Outcome.REFUSED, reason, who, detail=detail[:500])
