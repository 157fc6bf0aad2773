"""Canvas's outcomes file, read back by the rules of its importer (Canvas API, outcomes CSV)."""

from __future__ import annotations

import csv
import io

import pytest

from lti_tool.exports.canvas_csv import canvas_csv
from lti_tool.rules.frameworks import FrameworkDraft, ItemDraft, LevelDraft
from lti_tool.services.frameworks.builtin_frameworks import builtin_drafts

REQUIRED = {"title", "vendor_guid", "object_type", "parent_guids"}
OPTIONAL = {"description", "display_name", "calculation_method", "calculation_int"} | {
    "workflow_state",
    "mastery_points",
}
ONLY_OUTCOMES = ("calculation_method", "calculation_int", "mastery_points", "display_name")


def rows_of(draft: FrameworkDraft) -> list[list[str]]:
    return [*csv.reader(io.StringIO(b"".join(canvas_csv(draft)).decode()))]


def imported(rows: list[list[str]]) -> dict[str, dict[str, str]]:
    """Read a file as Canvas does; every assertion is one of its refusals."""
    end = rows[0].index("ratings")
    columns = rows[0][:end]
    assert not any(rows[0][end + 1 :])
    assert set(columns) >= REQUIRED and set(columns) <= REQUIRED | OPTIONAL
    seen: dict[str, dict[str, str]] = {}
    for row in rows[1:]:
        told, ratings = dict(zip(columns, row, strict=False)), row[end:]
        guid, kind = told["vendor_guid"], told["object_type"]
        assert guid and not set(guid) & set(" \t\n") and guid not in seen
        assert kind in ("group", "outcome") and 0 < len(told["title"]) <= 255
        assert told["workflow_state"] in ("", "active", "deleted")
        above = [seen[one]["object_type"] for one in told["parent_guids"].split()]
        assert set(above) <= {"group"} and (kind == "outcome" or len(above) <= 1)
        if kind == "group":
            assert not any(told[name] for name in ONLY_OUTCOMES) and not any(ratings)
        points = [int(one) for one in ratings[::2]]
        assert points == sorted(points, reverse=True) and all(ratings[1::2])
        if told["calculation_method"] in ("highest", "latest"):
            assert told["calculation_int"] == ""
        seen[guid] = told
    return seen


@pytest.mark.parametrize("draft", list(builtin_drafts()), ids=lambda draft: draft.title["en"][:12])
def test_canvas_takes_every_built_in_framework(draft: FrameworkDraft) -> None:
    read = imported(rows_of(draft))
    assert set(read) == {draft.identifier, *(item.identifier for item in draft.items)}
    parents = {item.parent for item in draft.items}
    for item in draft.items:
        is_group = read[item.identifier]["object_type"] == "group"
        assert is_group is (item.identifier in parents)


def test_a_tree_becomes_groups_and_outcomes_with_ratings() -> None:
    levels = (
        LevelDraft({"en": "Aware"}),
        LevelDraft({"en": "Practising"}, is_proficient=True),
        LevelDraft({"en": "Leading, others"}),
    )
    area = ItemDraft("a1", "1", {"en": "Area"})
    skill = ItemDraft("b2", "1.1", {"en": 'Says "=yes"\n<b>'}, parent="a1")
    draft = FrameworkDraft("f0", {"en": "Ours"}, [area, skill], levels=levels, source="CC BY")
    heading, top, group, outcome = rows_of(draft)
    assert ",".join(heading) == (
        "vendor_guid,object_type,title,description,display_name,calculation_method,"
        "calculation_int,parent_guids,workflow_state,mastery_points,ratings,,,,,"
    )
    assert top[:4] == ["f0", "group", "Ours", "<p>CC BY</p>"] and top[7] == ""
    assert group[:3] == ["a1", "group", "1 Area"] and group[7:] == ["f0", "active", ""]
    assert outcome[2] == '1.1 Says "=yes" ‹b>' and outcome[4:10] == [
        *('Says "=yes" ‹b>', "latest", "", "a1", "active", "2"),
    ]
    assert outcome[10:] == ["3", "Leading, others", "2", "Practising", "1", "Aware"]


def test_without_a_scale_nothing_is_said_of_ratings() -> None:
    draft = FrameworkDraft("f0", {"en": "Ours"}, [ItemDraft("a1", "", {"en": "x" * 300})])
    read = imported(rows_of(draft))
    assert read["a1"]["mastery_points"] == "" and len(read["a1"]["title"]) == 255
