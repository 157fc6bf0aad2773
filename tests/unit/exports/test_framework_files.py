"""Round trips: what came in goes out, and comes in again as it was."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.exports.canvas_csv import canvas_csv
from lti_tool.exports.case import CaseWriter
from lti_tool.exports.case_package import case_package as written
from lti_tool.exports.csv_cells import guarded, unguarded
from lti_tool.exports.framework_csv import framework_csv
from lti_tool.exports.moodle_csv import moodle_csv
from lti_tool.rules.frameworks import FrameworkDraft, ItemDraft, LevelDraft
from lti_tool.schemas.frameworks import Choices, read_framework
from lti_tool.services.frameworks.builtin_frameworks import builtin_drafts
from tests.factories.frameworks import A1, PLAIN_CSV, as_bytes, case_package

MOMENT = datetime(2026, 5, 1, tzinfo=UTC)
ABOUT = ("identifier", "title", "description", "licence", "licence_url", "source", "creator")
MORE = ("uri", "version", "language", "unofficial", "levels", "scale")


def read(content: bytes | str) -> FrameworkDraft:
    return read_framework(content.encode() if isinstance(content, str) else content, Choices())


def case(draft: FrameworkDraft) -> bytes:
    return b"".join(written(CaseWriter(draft, "https://tool.example", MOMENT)))


def same(draft: FrameworkDraft, other: FrameworkDraft, names: tuple[str, ...]) -> None:
    for name in names:
        assert getattr(draft, name) == getattr(other, name), name
    seen = [item.fingerprint.partition(".")[0] for item in draft.items]
    assert [item.fingerprint.partition(".")[0] for item in other.items] == seen
    assert [item.position for item in other.items] == [item.position for item in draft.items]


def missing(told: Any, kept: Any, place: str = "") -> list[str]:
    """Return what of ``told`` is not in ``kept``; lists of objects are compared by identifier."""
    if isinstance(told, dict):
        if not isinstance(kept, dict):
            return [place]
        return [
            one for name in told for one in missing(told[name], kept.get(name), f"{place}/{name}")
        ]
    if isinstance(told, list) and told and isinstance(told[0], dict):
        known = {one["identifier"]: one for one in kept or []}
        return [
            line
            for one in told
            for line in missing(one, known.get(one["identifier"]), f"{place}/{one['identifier']}")
        ]
    return [] if told == kept else [f"{place}: {told!r} != {kept!r}"]


def test_case_comes_out_as_it_went_in() -> None:
    package = case_package()
    out = json.loads(case(read(as_bytes(package))))
    assert missing(package, out) == []
    assert len(out["CFItems"]) == len(package["CFItems"])
    assert len(out["CFAssociations"]) == len(package["CFAssociations"])


def test_case_reads_the_same_again_and_again() -> None:
    draft = read_framework(as_bytes(case_package()), Choices(scale="four"))
    again = read(case(draft))
    same(draft, again, (*ABOUT, *MORE[:4]))
    assert again.links == draft.links
    assert json.loads(case(again)) == json.loads(case(draft))


@pytest.mark.parametrize("draft", list(builtin_drafts()), ids=lambda draft: draft.title["en"][:12])
@pytest.mark.parametrize("write", [case, framework_csv, moodle_csv])
def test_frameworks_in_several_languages_survive_every_format(
    draft: FrameworkDraft, write: Any
) -> None:
    out = write(draft)
    again = read(out if isinstance(out, bytes) else b"".join(out))
    if write is case:  # ours are the addresses then
        for one in (again, *again.items):
            one.uri = one.uri if "tool.example" not in one.uri else ""
    same(draft, again, (*ABOUT, *MORE))


def test_our_csv_survives_moodles() -> None:
    draft = read(PLAIN_CSV)
    again = read(b"".join(moodle_csv(draft)))
    same(draft, again, (*ABOUT, *MORE))
    same(again, read(b"".join(framework_csv(again))), (*ABOUT, *MORE))


def test_moodles_csv_is_what_moodle_reads() -> None:
    table = list(csv.reader(io.StringIO(b"".join(moodle_csv(read(PLAIN_CSV))).decode())))
    assert {len(row) for row in table} == {14}
    assert [row[0:2] for row in table[2:]] == [["", "C1"], ["C1", "C1.1"], ["C1", "C1.10"]]
    assert all(len(row[2]) <= 100 for row in table)
    assert table[1][5] == "Low,High; very"
    flags = json.loads(table[1][6])
    assert flags[0] == {"scaleid": "0"}
    assert flags[2] == {"id": 2, "scaledefault": 1, "proficient": 1}
    assert not any("\\" in cell for row in table for cell in row)


@pytest.mark.parametrize(
    ("code", "number"),
    [("A.1", "A.1"), ("1.10", "C1.10"), ("01", "C01"), ("1e1", "C1e1"), ("a,b", None), ("", None)],
)
def test_id_numbers_are_never_numbers_for_php(code: str, number: str | None) -> None:
    draft = FrameworkDraft("f", {"en": "F"}, [ItemDraft(A1, code, {"en": "x"})])
    rows = list(csv.reader(io.StringIO(b"".join(moodle_csv(draft)).decode())))
    assert rows[2][1] == (number or A1)


def test_what_somebody_changed_in_moodle_wins() -> None:
    out = b"".join(moodle_csv(read(PLAIN_CSV))).decode()
    changed = out.replace(",C1,First,", ",C1,Primary,").replace("Two<br>lines", "One line")
    draft = read(changed)
    assert draft.items[0].statement == {"en": "Primary"}
    assert draft.items[2].description == {"en": "One line\n\nAutre"}
    assert draft.items[1].statement == read(PLAIN_CSV).items[1].statement


MOODLE = """\
Numéro d'identification parent,b,c,d,e,f,g,h,i,j,k,l,m,n
,REF,Référentiel,<p>Un <strong>cadre</strong></p>,1,"Pas encore,Compétent",\
"[{""scaleid"":""7""},{""id"":1,""scaledefault"":1,""proficient"":0},\
{""id"":2,""scaledefault"":0,""proficient"":1}]",,,,,,1,"domain,competency"
,C1,Accueillir,<p>Bonjour</p>,1,,,core_competency\\competency_rule_all,2,null,"C2,C%2C3",12,,
C1,C2,Écouter,,1,,,,0,null,,13,0,
,"C,3",Aider,Simple,2,,,,0,null,,14,0,
"""


def test_a_framework_of_moodle_comes_back_to_moodle() -> None:
    draft = read(MOODLE)
    assert [item.code for item in draft.items] == ["C1", "C2", "C,3"]
    assert draft.items[0].description == {"en": "Bonjour"}
    assert [level.is_default for level in draft.levels] == [True, False]
    out = list(csv.reader(io.StringIO(b"".join(moodle_csv(draft)).decode())))
    was = list(csv.reader(io.StringIO(MOODLE)))
    assert out[1][1:6] == was[1][1:6]
    assert out[1][13] == "domain,competency"
    assert out[2][:5] + out[2][7:10] == was[2][:5] + was[2][7:10]
    assert out[2][10] == f"C2,{draft.items[2].identifier}"
    same(draft, read(b"".join(moodle_csv(draft))), ABOUT)


def test_mistakes_in_moodles_csv_name_row_and_column() -> None:
    from lti_tool.errors import InvalidInput

    table = MOODLE.replace("C1,C2,Écouter", "C9,,").replace(",14,0,", ",14,0")
    with pytest.raises(InvalidInput) as caught:
        read_framework(table.encode(), Choices(format="moodle"))
    told = "\n".join(caught.value.fields["file"])
    for part in ("Row 5: 13 columns", "Row 4, column ID number", "Row 3, column Cross", "“C9”"):
        assert part in told


HOSTILE = ("=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(1)", "\t=1", "'=1")


@pytest.mark.parametrize("write", [framework_csv, moodle_csv, canvas_csv])
def test_no_framework_file_has_a_formula_and_hostile_words_come_back(write: Any) -> None:
    items = [
        ItemDraft(A1[:-2] + str(place + 20), "", {"en": text}, description={"en": text})
        for place, text in enumerate(HOSTILE)
    ]
    levels = tuple(LevelDraft({"en": text}) for text in HOSTILE[:2])
    draft = FrameworkDraft("f", {"en": "=1+1"}, items, levels=levels, source="=2", scale="own")
    out = b"".join(write(draft))
    for row in csv.reader(io.StringIO(out.decode("utf-8-sig"))):
        assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r")]
    if write is not canvas_csv:
        again = read(out)
        back = [item.statement["en"].strip() for item in again.items]
        assert back == [text.strip() for text in HOSTILE]
        assert [level.label for level in again.levels] == [level.label for level in levels]


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_no_cell_is_a_formula_and_every_text_comes_back(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not cell[:1] or cell[0] not in "=+-@\t\r"
