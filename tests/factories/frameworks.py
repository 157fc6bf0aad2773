"""Frameworks as files: what servers and spreadsheets really send."""

from __future__ import annotations

import json
from typing import Any

DOCUMENT = "c6f1a1f0-5b0e-4b7a-9f0a-000000000001"
A, A1, A2, A1_FR = (f"c6f1a1f0-5b0e-4b7a-9f0a-0000000000{n}" for n in ("10", "11", "12", "13"))
URI = "https://case.example/uri/"
NOW = "2026-01-01T10:00:00Z"


def case_item(identifier: str, text: str, **fields: Any) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "uri": URI + identifier,
        "fullStatement": text,
        "lastChangeDateTime": NOW,
        **fields,
    }


def case_link(number: int, kind: str, origin: str, destination: str, **more: Any) -> dict[str, Any]:
    identifier = f"c6f1a1f0-5b0e-4b7a-9f0a-0000000001{number:02}"
    ends = {
        name: {"title": end[-2:], "identifier": end, "uri": URI + end}
        for name, end in (("originNodeURI", origin), ("destinationNodeURI", destination))
    }
    return {
        "identifier": identifier,
        "uri": URI + identifier,
        "associationType": kind,
        **ends,
        "lastChangeDateTime": NOW,
        **more,
    }


def case_package() -> dict[str, Any]:
    """A package that uses what CASE 1.1 has: types, licence, rubric, grouping, translation."""
    return {
        "CFDocument": {
            "identifier": DOCUMENT,
            "uri": URI + DOCUMENT,
            "creator": "A library school",
            "publisher": "The same",
            "title": "Reading room",
            "description": "Work in a reading room",
            "language": "en",
            "version": "3",
            "caseVersion": "1.1",
            "adoptionStatus": "Adopted",
            "subject": ["Library"],
            "licenseURI": {
                "title": "CC BY 4.0",
                "identifier": "c6f1a1f0-5b0e-4b7a-9f0a-000000000900",
                "uri": "https://creativecommons.org/licenses/by/4.0/",
            },
            "CFPackageURI": {"title": "p", "identifier": DOCUMENT, "uri": URI + "p" + DOCUMENT},
            "extensions": {"theirs": {"kept": True}},
            "lastChangeDateTime": NOW,
        },
        "CFItems": [
            case_item(A, "People", humanCodingScheme="A", CFItemType="Area"),
            case_item(
                A1,
                "Welcomes readers",
                humanCodingScheme="A.1",
                notes="At the desk",
                CFItemType="Skill",
                educationLevel=["09"],
                alternativeLabel="Welcome",
            ),
            case_item(A2, "Helps readers", humanCodingScheme="A.2", conceptKeywords=["help"]),
            case_item(A1_FR, "Accueille le public", humanCodingScheme="A.1", language="fr"),
        ],
        "CFAssociations": [
            case_link(1, "isChildOf", A, DOCUMENT, sequenceNumber=1),
            case_link(2, "isChildOf", A2, A, sequenceNumber=2),
            case_link(3, "isChildOf", A1, A, sequenceNumber=1, notes="first"),
            case_link(4, "isTranslationOf", A1_FR, A1),
            case_link(5, "isRelatedTo", A1, A2),
            case_link(6, "exactMatchOf", A2, "d0000000-0000-4000-8000-000000000000"),
        ],
        "CFDefinitions": {
            "CFItemTypes": [
                {
                    "identifier": "c6f1a1f0-5b0e-4b7a-9f0a-000000000700",
                    "uri": URI + "skill",
                    "title": "Skill",
                    "description": "A skill",
                    "hierarchyCode": "2",
                    "lastChangeDateTime": NOW,
                }
            ]
        },
        "CFRubrics": [
            {
                "identifier": "c6f1a1f0-5b0e-4b7a-9f0a-000000000800",
                "uri": URI + "rubric",
                "title": "Depth",
                "lastChangeDateTime": NOW,
            }
        ],
    }


def as_bytes(package: Any) -> bytes:
    return json.dumps(package, ensure_ascii=False).encode()


PLAIN_CSV = """\
row,identifier,code,title_en,title_fr,parent,description_en,licence,source,default,proficient
framework,,,My own framework,Mon cadre,,About it,CC BY 4.0,"Me, 2026",,
level,,,Low,Bas,,,,,,
level,,,"High, very",Haut,,All of it,,,1,1
,,1,First,Premier,,=SUM(A1),,,,
,,1.1,"Under <b>first, with a ""quote"" and a name so long that Moodle, which keeps a hundred \
characters of one and not more than that, cuts it off",Sous,1,ends with a backslash\\,,,,
,,1.10,=other,Autre,1,"Two
lines",,,,
"""


def large_package(size: int) -> dict[str, Any]:
    """A package of so many items, ten below each."""
    names = [f"c6f1a1f0-5b0e-4b7a-9f0a-{number:012}" for number in range(1_000, 1_000 + size)]
    document = {**case_package()["CFDocument"], "title": "A large one"}
    return {
        "CFDocument": document,
        "CFItems": [case_item(one, f"Item {one}", humanCodingScheme=one[-8:]) for one in names],
        "CFAssociations": [
            case_link(0, "isChildOf", one, names[place // 10] if place > 9 else DOCUMENT)
            | {"identifier": one.replace("c6f1", "c6f2"), "sequenceNumber": place + 1}
            for place, one in enumerate(names)
        ],
    }
