"""What line items must be like on each family of platforms (Open edX is the strict one)."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.errors import PlatformRefusal
from lti_tool.lti.families import FAMILIES
from lti_tool.lti.line_items import fit
from lti_tool.rules.vocabulary import PlatformFamily as Family

WHOLE: dict[str, Any] = {
    "label": "Reflect",
    "scoreMaximum": 100.0,
    "resourceId": "act:1",
    "resourceLinkId": "link-1",
    "tag": "case:" + "0" * 36,
}


def fitted(family: Family, **changes: Any) -> dict[str, Any]:
    return fit(FAMILIES[family].items, {**WHOLE, **changes})


@pytest.mark.parametrize("family", Family)
def test_a_competency_column_of_ours_fits_everywhere(family: Family) -> None:
    found = fitted(family)
    assert found["tag"] == WHOLE["tag"] and found["resourceId"] == "act:1"
    assert ("resourceLinkId" in found) is (family is not Family.MOODLE)


def test_open_edx_gets_a_whole_maximum_and_a_short_label() -> None:
    found = fitted(Family.OPENEDX, label="é" * 140)
    assert (len(found["label"]), found["label"][-2:]) == (100, "é…")
    assert isinstance(found["scoreMaximum"], int)
    assert len(fitted(Family.CANVAS, label="é" * 140)["label"]) == 140


@pytest.mark.parametrize(
    ("family", "changes"),
    [
        (Family.OPENEDX, {"scoreMaximum": 2.5}),
        (Family.OPENEDX, {"tag": "t" * 51}),
        (Family.OPENEDX, {"resourceId": "", "resourceLinkId": ""}),
        (Family.MOODLE, {"tag": "t" * 256}),
        (Family.GENERIC, {"scoreMaximum": 0}),
        (Family.GENERIC, {"scoreMaximum": "100"}),
        (Family.GENERIC, {"label": ""}),
    ],
)
def test_what_would_be_refused_or_lost_is_not_sent(family: Family, changes: dict[str, Any]) -> None:
    with pytest.raises(PlatformRefusal, match="line_item_unfit"):
        fitted(family, **changes)


def test_an_update_touches_only_what_it_changes() -> None:
    rules = FAMILIES[Family.MOODLE].items
    assert fit(rules, {**WHOLE, "label": "New"}, {"label": "New"}) == {"label": "New"}
