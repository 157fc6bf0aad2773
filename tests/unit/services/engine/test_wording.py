from __future__ import annotations

from lti_tool import i18n
from lti_tool.rules.completion import Item, ItemKey, ItemState, Progress, Term
from lti_tool.services.engine.wording import (
    LevelLine,
    item_text,
    score_comment,
    shown_name,
    term_label,
    term_share,
)

TERMS = (
    Term(ItemKey.REFLECTION, 40, 1, 1),
    Term(ItemKey.RESPONSES_GIVEN, 30, 1, 3),
    Term(ItemKey.HELPFULNESS, 10, 0, 0),
    Term(ItemKey.NEXT_STEP, 20, 0, 1),
)


def test_every_line_and_term_has_words() -> None:
    for key in ItemKey:
        for of in (0, 1, 2):
            assert item_text(Item(key, ItemState.OPEN, 0, of))
    assert len({term_label(term) for term in TERMS}) == 4


def test_the_comment_names_levels_first_and_then_adds_up() -> None:
    line = LevelLine("A1", {"en": "Searches", "fr": "Cherche"}, {"en": "Autonomous"})
    assert score_comment(Progress((), TERMS), [line]).split("\n") == [
        "Levels that your tutor confirmed:",
        "A1 Searches: Autonomous.",
        "Reflection: 40 of 40 (1 of 1).",
        "Responses given: 10 of 30 (1 of 3).",
        "Said how helpful responses were: 10 of 10 (nothing to do).",
        "Next step: 0 of 20 (0 of 1).",
        "Together: 60 of 100.",
    ]


def test_a_term_without_weight_is_not_told() -> None:
    terms = (Term(ItemKey.REFLECTION, 100, 1, 1), Term(ItemKey.NEXT_STEP, 0, 0, 1))
    assert "Next step" not in score_comment(Progress((), terms), [])


def test_done_more_than_asked_reads_as_asked() -> None:
    assert term_share(Term(ItemKey.RESPONSES_GIVEN, 30, 3, 2)) == "2 of 2"


def test_numbers_are_the_readers() -> None:
    terms = (Term(ItemKey.RESPONSES_GIVEN, 30, 1, 7),)
    with i18n.use("fr"):
        assert "4,3" in score_comment(Progress((), terms), [])


def test_nobody_is_nameless() -> None:
    assert shown_name("Amina") == "Amina"
    assert shown_name("")
