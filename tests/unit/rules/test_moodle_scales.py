"""Which item of a Moodle scale stands for a level."""

from __future__ import annotations

import pytest

from lti_tool.rules.moodle_scales import item_of

LONG = "x" * 150


@pytest.mark.parametrize(
    ("label", "items", "number"),
    [
        ({"en": "Competent"}, ["Not yet", "Competent"], 2),
        ({"en": "Autonomous", "fr": "Autonomie"}, ["Pratique", " autonomie "], 2),
        ({"en": "Knows, and does"}, ["Knows; and does"], 1),  # an import makes this of commas
        ({"en": LONG}, [f"{'x' * 99}…"], 1),  # and cuts off what is too long
        ({"en": "+"}, ["'+", "++"], 1),  # our file guards what a spreadsheet would compute
        ({"en": "Autonomous"}, ["Not yet competent", "Competent"], None),
        ({"en": "Same"}, ["Same", "same"], None),
        ({"en": ""}, ["", "Competent"], None),
        ({}, ["Competent"], None),
    ],
)
def test_an_item_is_found_by_its_name(
    label: dict[str, str], items: list[str], number: int | None
) -> None:
    assert item_of(label, items) == number
