from __future__ import annotations

import pytest

from lti_tool import i18n
from lti_tool.rules import prompt_templates
from lti_tool.rules.prompt_templates import TEMPLATES, key_if_unmodified, wording
from lti_tool.rules.vocabulary import Audience, Phase

PATTERNS = TEMPLATES["now_new_next"].prompts


def test_the_default_template_asks_in_the_order_now_new_next() -> None:
    texts = [pattern.text() for pattern in PATTERNS]
    assert [text.split(":")[0] for text in texts if ":" in text] == ["Now", "New", "Next"]
    assert all(pattern.phase is Phase.NOW for pattern in PATTERNS)


def test_a_prompt_about_feelings_is_optional_and_for_the_tutor() -> None:
    feelings = prompt_templates.find("now_new_next.feelings")
    assert feelings is not None
    assert (feelings.audience, feelings.required) == (Audience.TUTOR, False)


def test_an_unmodified_prompt_is_worded_in_the_readers_language() -> None:
    with i18n.use("fr"):
        worded = wording("now_new_next.practice", "stored", "stored", "en", {})
    assert worded.locale == "fr"
    assert worded.text != "stored"


def test_a_prompt_of_the_educators_own_is_shown_as_written() -> None:
    with i18n.use("fr"):
        worded = wording("", "Wie geht es?", "", "de", {})
    assert (worded.text, worded.locale) == ("Wie geht es?", "de")


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_key_stays_while_the_wording_is_the_templates_in_any_language(locale: str) -> None:
    pattern = PATTERNS[0]
    with i18n.use(locale):
        text, help_text = pattern.text(), pattern.help()
    assert key_if_unmodified(pattern.key, f" {text} ", help_text) == pattern.key


@pytest.mark.parametrize(("text", "help_text"), [("Changed?", None), (None, "Changed.")])
def test_the_key_goes_with_the_first_change(text: str | None, help_text: str | None) -> None:
    pattern = PATTERNS[0]
    key = key_if_unmodified(pattern.key, text or pattern.text(), help_text or pattern.help())
    assert key == ""


def test_an_unknown_key_is_dropped() -> None:
    assert key_if_unmodified("somebody.else", "text", "help") == ""


def test_there_are_seven_templates_that_say_what_they_are_good_for() -> None:
    assert list(TEMPLATES) == ["now_new_next", "what", "gibbs", "kolb", "deal", "four_r", "blank"]
    assert all(one.name and one.use for one in TEMPLATES.values())
    assert len({one.use for one in TEMPLATES.values()}) == len(TEMPLATES)


def test_no_template_shows_feelings_to_peers_or_asks_for_them() -> None:
    patterns = [pattern for one in TEMPLATES.values() for pattern in one.prompts]
    feelings = [one for one in patterns if "feel" in one.question or one.key == "four_r.respond"]
    assert len(feelings) == 3
    assert all(one.audience is Audience.TUTOR and not one.required for one in feelings)


def test_keys_are_each_there_once_and_name_their_template() -> None:
    keys = [pattern.key for one in TEMPLATES.values() for pattern in one.prompts]
    assert len(keys) == len(set(keys))
    for template in TEMPLATES.values():
        assert all(one.key.startswith(f"{template.key}.") for one in template.prompts)


def test_own_wording_is_read_in_the_language_that_it_is_in() -> None:
    told = {"fr": {"text": "Et maintenant ?", "help": ""}}
    with i18n.use("fr"):
        assert wording("", "What now?", "Say it.", "en", told).text == "Et maintenant ?"
        assert wording("", "Déjà ?", "", "fr", told).text == "Déjà ?"
    assert wording("", "What now?", "", "en", told).text == "What now?"
