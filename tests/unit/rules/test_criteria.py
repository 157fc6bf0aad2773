"""Criteria as plain data: ready sets in each language, what is a mere correction, rubrics."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from lti_tool import i18n
from lti_tool.rules.criteria import (
    LEAST_LEVELS,
    MAX_ASKS,
    MAX_DESCRIPTION,
    MAX_LABEL,
    MAX_NAME,
    MOST_CRITERIA,
    MOST_LEVELS,
    CriterionValues,
    LevelValues,
    keyed,
    ready_set,
    rooted,
    same_shape,
    same_words,
)
from lti_tool.rules.criteria_sets import CRITERIA_SETS
from lti_tool.rules.rubrics import sets_in

LEVELS = (LevelValues("Low", "Hardly"), LevelValues("High", "Very"))


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_ready_sets_fit_the_form_in_each_language(locale: str) -> None:
    for key in CRITERIA_SETS:
        found = ready_set(key, locale)
        assert 0 < len(found) <= MOST_CRITERIA
        for one in found:
            assert keyed(one) == one and one.template_key
            assert len(one.name) <= MAX_NAME and len(one.asks) <= MAX_ASKS
            assert LEAST_LEVELS <= len(one.levels) <= MOST_LEVELS
            assert all(0 < len(x.label) <= MAX_LABEL for x in one.levels)
            assert all(0 < len(x.description) <= MAX_DESCRIPTION for x in one.levels)


def test_own_words_take_the_key_away_and_other_words_are_no_other_shape() -> None:
    ready = replace(ready_set("short", "en")[0], root=uuid.uuid4())
    own = keyed(replace(ready, name="Leads on"))
    assert own.template_key == "" and ready.worded().name == ready.name
    assert same_shape([ready], [own]) and not same_words([ready], [own])
    longer = replace(own, levels=(*own.levels, LevelValues("More")))
    assert not same_shape([own], [longer])
    assert not same_shape([own, ready], [own])


def test_a_criterion_is_continued_once_and_only_by_its_own() -> None:
    root = uuid.uuid4()
    before = (CriterionValues("A", levels=LEVELS, root=root),)
    after = [replace(before[0], root=key) for key in (root, root, uuid.uuid4())]
    assert [one.root for one in rooted(before, after)] == [root, None, None]


def rubric(**fields: Any) -> dict[str, Any]:
    levels = [
        {"quality": "High", "description": "Very", "position": 2},
        {"quality": "Low", "description": "Hardly", "position": 1},
    ]
    criterion = {"category": "A", "description": "Is it?", "CFRubricCriterionLevels": levels}
    return {"title": "R", "CFRubricCriteria": [{**criterion, **fields}]}


def test_a_rubric_is_read_as_a_set_wherever_it_stands() -> None:
    key = uuid.uuid4()
    one = rubric(CFItemURI={"identifier": "ABC", "uri": "x"})
    for document in (one, [one], {"CFRubrics": [one]}, {"CFPackage": {"CFRubrics": [one]}}):
        (found,) = sets_in(document, {"abc": key})
        assert found.title == "R"
        assert found.criteria == (CriterionValues("A", "Is it?", LEVELS, competency_id=key),)


ODD = (
    *(None, 3, "x", {}, {"CFRubrics": 1}, [[]], {"CFPackage": []}),
    *({"CFRubricCriteria": [1, {}]}, rubric(CFRubricCriterionLevels=None)),
    rubric(category=None, description=7),
)


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_rubric_gives_no_set(odd: object) -> None:
    assert sets_in(odd, {}) == ()
