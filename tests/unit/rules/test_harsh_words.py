from __future__ import annotations

import pytest

from lti_tool.rules.harsh_words import WORDS, found_in


@pytest.mark.parametrize("word", [word for words in WORDS.values() for word in words])
def test_each_word_is_found_however_it_is_written(word: str) -> None:
    assert word in found_in([f"<p>Well… {word.upper()}, no?</p>"])


def test_words_are_found_whole_and_once() -> None:
    assert found_in(["<p>A lazybones is <em>lazy</em>. Lazy!</p>"]) == ("lazy",)
    assert found_in(["<p>dumbbell, garbageman, idiotypes</p>"]) == ()


def test_a_word_that_is_split_by_markup_or_vowel_signs_is_found() -> None:
    assert found_in(["<p>غَبِيّ</p>"]) == ("غبي",)
    assert found_in(["<p>Honte <strong>à vous</strong></p>"]) == ("honte à vous",)


def test_kind_words_are_left_alone() -> None:
    kind = "<p>I disagree, and I would try it otherwise: could you ask first?</p>"
    assert found_in([kind, "<p>Je ne suis pas d’accord.</p>", ""]) == ()
