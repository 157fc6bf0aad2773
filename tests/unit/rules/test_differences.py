from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis.strategies import lists, sampled_from

from lti_tool.rules.differences import Change, Run, counts, difference

WORDS = sampled_from(["one", "two", "three,", "vier", "fünf", "六", "七", "!"])
TEXTS = lists(lists(WORDS, min_size=1, max_size=8).map(" ".join), max_size=4)


def html(paragraphs: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def side(before: str, after: str, without: Change) -> str:
    shown = difference(before, after)
    texts = ("".join(r.text for r in line if r.change is not without) for line in shown)
    return " ".join(text for text in texts if text)


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_both_versions_can_be_read_out_of_the_difference(
    before: list[str], after: list[str]
) -> None:
    old, new = html(before), html(after)
    assert side(old, new, Change.INSERTED).split() == " ".join(before).split()
    assert side(old, new, Change.DELETED).split() == " ".join(after).split()


def test_words_are_told_apart_not_letters() -> None:
    found = difference("<p>I ask first.</p>", "<p>I always ask twice.</p>")
    assert found == (
        (
            Run(Change.SAME, "I "),
            Run(Change.INSERTED, "always "),
            Run(Change.SAME, "ask "),
            Run(Change.DELETED, "first"),
            Run(Change.INSERTED, "twice"),
            Run(Change.SAME, "."),
        ),
    )
    assert counts(found) == (2, 1)


def test_chinese_is_compared_letter_by_letter() -> None:
    runs = difference("<p>我先问读者。</p>", "<p>我先问同事。</p>")[0]
    assert Run(Change.SAME, "我先问") in runs and Run(Change.DELETED, "读者") in runs


def test_another_text_is_shown_after_the_first_not_mixed_with_it() -> None:
    found = difference("<p>Alpha beta gamma delta</p>", "<p>Un deux trois quatre</p>")
    assert [run.change for line in found for run in line] == [Change.DELETED, Change.INSERTED]


def test_formatting_is_no_difference() -> None:
    (line,) = difference("<p>Quite <b>bold</b></p>", "<p>Quite bold</p>")
    assert line == (Run(Change.SAME, "Quite bold"),)


def test_the_longest_texts_are_compared_in_a_moment() -> None:
    before = html([f"{number} " + "many words here " * 40 for number in range(80)])
    after = html([f"{number} " + "many other words " * 40 for number in range(80)])
    start = time.process_time()
    difference(before, after)
    assert time.process_time() - start < 10, "it is a page of the desk that waits"
