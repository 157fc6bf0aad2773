from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from lti_tool.errors import InvalidInput
from lti_tool.rules.frameworks import FrameworkDraft
from lti_tool.schemas.frameworks import Choices, read_framework
from lti_tool.schemas.frameworks.case import package_address
from tests.factories.frameworks import (
    A1,
    A2,
    DOCUMENT,
    PLAIN_CSV,
    URI,
    A,
    as_bytes,
    case_package,
)


def read(content: bytes | str, **chosen: str) -> FrameworkDraft:
    data = content.encode() if isinstance(content, str) else content
    return read_framework(data, Choices(**chosen))


def complaints(content: bytes | str, **chosen: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read(content, **chosen)
    return caught.value.fields["file"]


def shape(draft: FrameworkDraft) -> list[tuple[str, int]]:
    return [(item.code, item.depth) for item in draft.items]


def test_a_case_package_is_a_tree_with_texts_in_two_languages() -> None:
    draft = read(as_bytes(case_package()))
    assert (draft.identifier, draft.title, draft.licence) == (
        DOCUMENT,
        {"en": "Reading room"},
        "CC BY 4.0",
    )
    assert shape(draft) == [("A", 0), ("A.1", 1), ("A.2", 1)]
    assert draft.items[1].statement == {"en": "Welcomes readers", "fr": "Accueille le public"}
    assert draft.items[1].description == {"en": "At the desk"}
    assert [link.kind for link in draft.links] == ["isTranslationOf", "isRelatedTo", "exactMatchOf"]
    assert (draft.levels, draft.scale) == ((), "four")
    assert draft.source == f"A library school. Reading room. CC BY 4.0. {URI}{DOCUMENT}"


def loosened() -> dict[str, Any]:
    """The same, as servers deviate: research, 2.1."""
    package = copy.deepcopy(case_package())
    document = package["CFDocument"]
    document["identifier"] = DOCUMENT.upper()
    document["CFPackageURI"] = URI + "p"
    document["licenseURI"] = "https://creativecommons.org/licenses/by/4.0/"
    del document["lastChangeDateTime"]
    package["CFItems"][1] |= {"identifier": A1.upper(), "educationLevel": "09,10"}
    package["CFItems"][2] = {"uri": URI + A2, "fullStatement": "Helps readers", "language": None}
    package["CFItems"][0]["lastChangeDateTime"] = "2026-01-01T10:00:00"
    package["CFAssociations"][0]["destinationNodeURI"] = URI + DOCUMENT
    package["CFAssociations"][1] = {
        "associationType": "ischildof",
        "originNodeURI": {"uri": URI + A2},
        "destinationNodeURI": A.upper(),
    }
    package |= {"CFDefinitions": None, "CFRubrics": None, "CFGroups": []}
    return {"CFPackage": package}


def test_deviations_of_real_servers_are_tolerated() -> None:
    draft = read(b"\xef\xbb\xbf" + as_bytes(loosened()))
    assert draft.identifier == DOCUMENT
    assert [item.identifier for item in draft.items] == [A, A1, A2]
    assert [item.depth for item in draft.items] == [0, 1, 1]
    assert draft.licence_url == "https://creativecommons.org/licenses/by/4.0/"


def test_items_that_no_association_places_stand_at_the_top_and_are_told() -> None:
    package = case_package()
    package["CFAssociations"] = package["CFAssociations"][:1]
    draft = read(as_bytes(package))
    assert [depth for _code, depth in shape(draft)] == [0, 0, 0, 0]
    assert "3 items" in draft.warnings[0]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"", "empty"),
        (b'{"CFDocument":', "line 1, column 15"),
        (b'{"CFItems":[' + b"[" * 200_000, "too deep"),
        (b'{"CFItems":[{"a":' + b"9" * 6000 + b"}]}", "no valid JSON"),
        (b'{"CFDocument":{"title":NaN}}', "no valid JSON"),
        (b'{"CFDocument":{"title":"x"}} {}', "no valid JSON"),
        (b'[{"CFDocument":1}]', "line 1, column 1"),
        (b'{"CFItems":[]}', "no CFDocument"),
        (b'{"CFDocument":{"title":"x"},"CFItems":[]}', "no competency"),
        (b'{"CFDocuments":[{"title":"T","CFPackageURI":"https://x/1"}]}', "T: https://x/1"),
        (b"\xff\xfe\x00\xd8", "no text"),
    ],
)
def test_broken_or_hostile_json_is_refused_in_words(broken: bytes, said: str) -> None:
    assert said in "".join(complaints(broken, format="case"))


def test_mistakes_far_down_a_large_file_are_found_where_they_are() -> None:
    line = as_bytes({"identifier": A, "fullStatement": "x" * 5000})
    items = b"\n,".join([line] * 300)
    broken = b'{"CFDocument":{"title":"x"},\n"CFItems":[' + items + b"\n  oops]}"
    assert complaints(broken) == ["This is no valid JSON (line 302, column 3)."]


def test_each_mistake_of_a_package_names_its_place() -> None:
    package = case_package()
    package["CFItems"] += [7, {"fullStatement": "x"}, {"identifier": A, "fullStatement": "again"}]
    package["CFItems"][1]["fullStatement"] = {"no": "text"}
    package["CFAssociations"] += ["?", {"associationType": "isChildOf"}]
    told = complaints(as_bytes(package))
    for place in ("item 2, fullStatement", "item 5:", "item 6, identifier", "item 7: The same"):
        assert any(f"CFItems, {place}" in line for line in told), (place, told)
    assert any("CFAssociations, item 8, originNodeURI" in line for line in told)


def test_nul_surrogates_and_long_texts_never_reach_the_database() -> None:
    package = case_package()
    package["CFItems"][0]["fullStatement"] = "a\x00b\ud800c"
    package["CFItems"][0]["subject"] = ["x\x00y"]
    draft = read(json.dumps(package).encode())
    assert draft.items[0].statement == {"en": "abc"}
    assert "\\u0000" not in draft.items[0].extra
    package["CFItems"][0]["fullStatement"] = "x" * 100_001
    assert "Longer than 100000" in complaints(as_bytes(package))[0]
    package["CFItems"][0]["fullStatement"] = "x" * 100_000
    assert len(read(as_bytes(package)).items[0].statement["en"]) == 100_000


def test_a_circle_is_named_and_ends() -> None:
    table = "code,title,parent\nA,a,C\nB,b,A\nC,c,B\nD,d,A\nE,e,E\n"
    told = complaints(table)
    assert [line.split(":")[0] for line in told] == ["Row 2", "Row 3", "Row 4", "Row 6"]


def test_our_csv_tells_rows_and_columns_of_its_mistakes() -> None:
    table = "row,code,title,parent,scale\nframework,,F,,huge\nx,A,a,,\n,B,,,\n"
    table += ",C,c,Z,\n,C,d,,\n,D,d,C,\n"
    told = "\n".join(complaints(table))
    for part in (
        "Row 2, column scale",
        "Row 3, column row",
        "Row 4, column title",
        "Row 5: Its parent “Z”",
        "Row 6: The same identifier as at Row 5",
        "Row 7: Several items have the code “C”",
    ):
        assert part in told
    assert "Row 6: Its parent" not in told  # it has none: only its double looks for one


@pytest.mark.parametrize(
    "content",
    [
        "Code;Title (fr);Parent\nA;Été;\nA1;Hiver;A\n".encode("cp1252"),
        "\ufeffcode\ttitle:fr\tparent\r\nA\tÉté\t\r\nA1\tHiver\tA\r\n".encode("utf-16"),
        "sep=;\r\ncode;statement_FR;parent\r\nA;Été;\r\n;;\r\nA1;Hiver;A\r\n".encode("utf-8-sig"),
    ],
)
def test_what_spreadsheets_write_is_read(content: bytes) -> None:
    draft = read(content, name="folder/My list.csv")
    assert shape(draft) == [("A", 0), ("A1", 1)]
    assert draft.items[0].statement == {"fr": "Été"}
    assert draft.title == {"en": "My list"}
    assert ("Windows-1252" in " ".join(draft.warnings)) is (content[:4] == b"Code")


def test_a_quote_without_end_and_a_missing_title_are_told() -> None:
    assert complaints('title\n"abc') == ["Row 2: the quotes or the length of a cell are wrong."]
    assert "column named “title” is missing" in complaints("a,b\n1,2\n")[0]


def test_an_extract_of_esco_brings_its_groups_along() -> None:
    table = (
        "conceptType,conceptUri,preferredLabel,status,skillType,reuseLevel,altLabels,description,"
        "broaderConceptUri,broaderConceptPT\n"
        "KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/1,classer des documents,,"
        "http://data.europa.eu/esco/skill-type/skill,,a | b,Ranger,http://data.europa.eu/esco/g/1"
        " | http://data.europa.eu/esco/g/2,gérer | autre\n"
    )
    draft = read(table, name="libraryCollection_fr.csv")
    assert [item.statement for item in draft.items] == [
        {"fr": "gérer"},
        {"fr": "classer des documents"},
    ]
    assert draft.items[1].uri == "http://data.europa.eu/esco/skill/1"
    assert "2011/833" in draft.licence
    assert draft.source.startswith("This publication uses the ESCO")


def test_a_chosen_scale_and_the_files_own_scale() -> None:
    assert [level.label["en"] for level in read(PLAIN_CSV).levels] == ["Low", "High, very"]
    assert len(read(PLAIN_CSV, scale="dreyfus").levels) == 5
    assert len(read("row,title,scale\nframework,F,eqf\n,x,\n").levels) == 8


def test_the_address_of_a_package_is_found_in_its_document() -> None:
    document = case_package()["CFDocument"]
    assert package_address(as_bytes(document)) == URI + "p" + DOCUMENT
    assert package_address(as_bytes({"CFDocument": document})) == URI + "p" + DOCUMENT
    assert package_address(as_bytes(case_package())) == ""
