"""What an answer about a column of ours means."""

from __future__ import annotations

import pytest

from lti_tool.errors import PlatformError, PlatformRefusal, WhoCanFix
from lti_tool.lti.families import FAMILIES, Outcome, Shown, classify
from lti_tool.lti.own_columns import told
from lti_tool.lti.results import same
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.services.outbox.competency_scores import payload

LMS_ADMIN, TEACHER, OPERATOR = WhoCanFix.LMS_ADMIN, WhoCanFix.TEACHER, WhoCanFix.OPERATOR


@pytest.mark.parametrize(
    ("error", "outcome", "reason", "who"),
    [
        (PlatformRefusal("line_item_refused", 409), "later", "column_conflict", TEACHER),
        (PlatformRefusal("line_item_forbidden", 403), "refused", "columns_not_allowed", LMS_ADMIN),
        (PlatformRefusal("scope_missing"), "refused", "columns_not_allowed", LMS_ADMIN),
        (PlatformRefusal("line_item_gone", 404), "refused", "column_gone", TEACHER),
        (PlatformRefusal("line_item_unfit"), "refused", "line_item_unfit", TEACHER),
        (PlatformRefusal("line_item_refused", 400), "refused", "bad_request", OPERATOR),
    ],
)
def test_an_answer_is_told_in_words_of_columns(
    error: PlatformError, outcome: str, reason: str, who: WhoCanFix
) -> None:
    verdict = told(classify(PlatformFamily.MOODLE, error))
    assert (verdict.outcome, verdict.reason, verdict.who) == (Outcome(outcome), reason, who)


def test_a_withdrawn_level_has_no_points_or_none_to_show() -> None:
    gone = payload(None, 4, "taken back", clears=True)
    assert "scoreGiven" not in gone and gone["gradingProgress"] == "FullyGraded"
    assert payload(None, 4, "taken back", clears=False)["scoreGiven"] == 0
    family = PlatformFamily.CANVAS
    assert same(family, None, gone) and same(family, Shown(None, 4), gone)
    assert not same(family, Shown(2.0, 4), gone)


def test_only_open_edx_shows_no_columns_beside_the_coupled_one() -> None:
    without = {family for family, rules in FAMILIES.items() if not rules.items.extra_items}
    assert without == {PlatformFamily.OPENEDX}
