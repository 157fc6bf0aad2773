from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lti_tool import i18n
from lti_tool.errors import InvalidInput
from lti_tool.rules.completion import Weights
from lti_tool.rules.vocabulary import Audience
from lti_tool.schemas.activities import ActivityForm
from lti_tool.schemas.fields import local_text
from lti_tool.services.activities.prompts import template_prompts
from lti_tool.services.activities.values import ActivityValues
from lti_tool.views.forms import load

FORM: dict[str, Any] = {
    "title": " Reading together ",
    "locale": "en",
    "responses_required": "2",
    "reflection_moderation": "after",
    "response_moderation": "before",
    "grace_minutes": "15",
    "weight_reflection": "40",
    "weight_responses": "30",
    "weight_helpfulness": "10",
    "weight_next_step": "20",
    "prompts.0.text": "Why?",
    "prompts.0.audience": "cohort",
    "prompts.0.required": "1",
}


def values(**changes: Any) -> ActivityValues:
    return load(ActivityForm(), {**FORM, **changes})  # type: ignore[return-value]


def wrong(**changes: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        values(**changes)
    return sorted(caught.value.fields)


def test_a_form_becomes_what_was_decided() -> None:
    found = values()
    assert (found.title, found.responses_required, found.tutor_confirms) == (
        "Reading together",
        2,
        False,
    )
    (prompt,) = found.prompts
    assert (prompt.text, prompt.required, prompt.max_words) == ("Why?", True, None)
    assert prompt.audience is Audience.COHORT
    assert found.weights == Weights()


def test_prompts_come_in_the_order_of_their_numbers() -> None:
    more = {"prompts.10.text": "Last?", "prompts.10.audience": "me"}
    assert [prompt.text for prompt in values(**more).prompts] == ["Why?", "Last?"]


def test_an_unmodified_prompt_keeps_its_template_key() -> None:
    prompt = template_prompts()[0]
    sent = {
        "prompts.0.template_key": prompt.template_key,
        "prompts.0.text": prompt.text,
        "prompts.0.help": prompt.help,
    }
    assert values(**sent).prompts[0].template_key == prompt.template_key
    assert values(**{**sent, "prompts.0.help": ""}).prompts[0].template_key == ""


def test_a_date_is_read_in_the_readers_zone_and_shown_there_again() -> None:
    with i18n.use("en", "Africa/Algiers"):
        found = values(now_due_at="2030-01-15T17:00").dates.now_due_at
        assert found == datetime(2030, 1, 15, 16, 0, tzinfo=UTC)
        assert local_text(found) == "2030-01-15T17:00"
    assert local_text(None) == ""


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": "  "}, ["title"]),
        ({"title": "x" * 201}, ["title"]),
        ({"responses_required": "11"}, ["responses_required"]),
        ({"responses_required": "two"}, ["responses_required"]),
        ({"responses_required": ""}, ["responses_required"]),
        ({"grace_minutes": "-1"}, ["grace_minutes"]),
        ({"locale": "tlh"}, ["locale"]),
        ({"reflection_moderation": "never"}, ["reflection_moderation"]),
        ({"weight_reflection": "50"}, ["weight_reflection"]),
        ({"now_due_at": "soon"}, ["now_due_at"]),
        ({"now_due_at": "2030-01-02T10:00", "new_due_at": "2030-01-01T10:00"}, ["new_due_at"]),
        ({"opens_at": "2030-01-02T10:00", "next_due_at": "2030-01-02T10:00"}, ["next_due_at"]),
        ({"prompts.0.text": ""}, ["prompts.0.text"]),
        ({"prompts.0.min_words": "9", "prompts.0.max_words": "8"}, ["prompts.0.max_words"]),
        ({"prompts.0.audience": "world"}, ["prompts.0.audience"]),
        (
            {"competencies": [f"00000000-0000-4000-8000-00000000000{n}" for n in range(6)]},
            ["competencies"],
        ),
        ({"competencies": ["x"]}, ["competencies.0"]),
        ({"title": "", "grace_minutes": "x"}, ["grace_minutes", "title"]),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], fields: list[str]) -> None:
    assert wrong(**changes) == fields


def test_an_activity_asks_something_but_not_everything() -> None:
    without = {name: value for name, value in FORM.items() if not name.startswith("prompts")}
    with pytest.raises(InvalidInput) as caught:
        load(ActivityForm(), without)
    assert list(caught.value.fields) == ["prompts"]
    many = {
        f"prompts.{n}.{k}": v for n in range(11) for k, v in (("text", "?"), ("audience", "me"))
    }
    assert wrong(**many) == ["prompts"]
