from __future__ import annotations

import uuid
from typing import Any

import pytest

from lti_tool.errors import InvalidInput
from lti_tool.rules.vocabulary import Step
from lti_tool.schemas.moderation import DecisionForm, LevelsForm, TutorResponseForm
from lti_tool.services.engine.confirmations import Confirmation
from lti_tool.views.forms import load

COMPETENCY = uuid.uuid4()


def test_a_decision_is_a_step_with_its_reason() -> None:
    found = load(DecisionForm(), {"step": "return", "reason": " Why?\x00 ", "expected": "held@"})
    assert (found["step"], found["reason"], found["following"]) == (Step.RETURN, "Why?", "")


@pytest.mark.parametrize(
    "sent", [{}, {"step": "explode"}, {"step": "release", "reason": "x" * 2001}]
)
def test_a_decision_that_is_none_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        load(DecisionForm(), sent)


def test_levels_are_read_competency_by_competency() -> None:
    form = {
        "levels.0.competency": str(COMPETENCY),
        "levels.0.level": "3",
        "levels.0.note": "Seen at work",
        "levels.0.seen": "then",
        "levels.1.competency": str(COMPETENCY),
        "levels.1.level": "",
    }
    assert load(LevelsForm(), form)["levels"] == [
        Confirmation(COMPETENCY, 3, "Seen at work", "then"),
        Confirmation(COMPETENCY, None, "", ""),
    ]


def test_a_level_that_is_no_number_is_named() -> None:
    form = {"levels.0.competency": str(COMPETENCY), "levels.0.level": "high"}
    with pytest.raises(InvalidInput) as caught:
        load(LevelsForm(), form)
    assert list(caught.value.fields) == ["levels.0.level"]


def test_a_response_is_sanitised_whatever_its_format() -> None:
    parts = load(
        TutorResponseForm(),
        {
            "resonates": "<p>Yes<script>alert(1)</script></p>",
            "resonates-format": "html",
            "question": "1 < 2?",
        },
    )
    assert parts == {"resonates": "<p>Yes</p>", "question": "<p>1 &lt; 2?</p>", "suggestion": ""}
