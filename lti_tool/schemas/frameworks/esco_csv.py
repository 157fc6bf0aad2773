"""Skills of ESCO as its portal offers them for download: ``skills_en.csv``, ``…Collection_fr.csv``.

A collection tells each skill's broader groups, by address and by name, separated by ``|``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import (
    UNORDERED,
    FrameworkDraft,
    ItemDraft,
    derived,
    packed,
)
from lti_tool.schemas.frameworks.choices import Choices
from lti_tool.schemas.frameworks.problems import Problems
from lti_tool.schemas.frameworks.tables import Columns, Row, place_of

NAMES = (
    "conceptUri",
    "preferredLabel",
    "description",
    "definition",
    "skillType",
    "reuseLevel",
    "altLabels",
    "status",
    "broaderConceptUri",
    "broaderConceptPT",
)
LICENCE = "Commission Decision 2011/833/EU"
LICENCE_URL = "https://eur-lex.europa.eu/eli/dec/2011/833/oj"
SOURCE = "This publication uses the ESCO classification of the European Commission."
"""The attribution that the European Commission asks for."""
ADDRESS = "http://data.europa.eu/esco/skill"
_LANGUAGE = re.compile(r"_([a-z]{2})\.csv$", re.IGNORECASE)


def is_esco(heading: Iterable[str]) -> bool:
    """Return whether a heading is ESCO's."""
    known = {cell.strip().lower() for cell in heading}
    return {"concepturi", "preferredlabel"} <= known


def read_esco(table: Iterable[Row], choices: Choices, problems: Problems) -> FrameworkDraft:
    """Return the skills of a table; its items are not yet arranged."""
    rows = iter(table)
    _number, heading = next(rows)
    columns = Columns(heading, [name.lower() for name in NAMES])
    found = _LANGUAGE.search(choices.name)
    language = choices.language or (found[1].lower() if found else "en")
    name = re.sub(r"_[a-z]{2}$", "", choices.stem)
    draft = FrameworkDraft(
        identifier=derived("esco", name),
        title={language: f"ESCO: {name}"},
        uri=ADDRESS,
        creator="European Commission",
        language=language,
        licence=LICENCE,
        licence_url=LICENCE_URL,
        source=SOURCE,
        tells_links=False,
    )
    groups: dict[str, str] = {}
    for number, cells in rows:
        problems.check_count(len(draft.items))
        item = _skill(columns, cells, language, number, problems)
        item.parent = _group(columns, cells, groups)
        draft.items.append(item)
    _add_groups(draft, groups, language)
    return draft


def _skill(
    columns: Columns, cells: list[str], language: str, row: int, problems: Problems
) -> ItemDraft:
    uri = columns.cell(cells, "concepturi")
    label = problems.text(place_of(row, "preferredLabel"), columns.cell(cells, "preferredlabel"))
    for name, text in (("conceptUri", uri), ("preferredLabel", label)):
        if not text:
            problems.add(place_of(row, name), _("It is missing."))
    text = columns.cell(cells, "description") or columns.cell(cells, "definition")
    told = problems.text(place_of(row, "description"), text)
    names = ("skilltype", "reuselevel", "altlabels", "status")
    return ItemDraft(
        identifier=derived("esco", uri),
        code="",
        statement={language: label} if label else {},
        description={language: told} if told else {},
        kind=columns.cell(cells, "skilltype").rpartition("/")[2],
        uri=uri,
        extra=packed({"esco": {name: columns.cell(cells, name) for name in names}}),
        place=place_of(row),
        order=UNORDERED,
    )


def _group(columns: Columns, cells: list[str], groups: dict[str, str]) -> str:
    """Return the identifier of a skill's first broader group; note what the group is called."""
    addresses = [part.strip() for part in columns.cell(cells, "broaderconcepturi").split("|")]
    names = [part.strip() for part in columns.cell(cells, "broaderconceptpt").split("|")]
    if not addresses[0]:
        return ""
    groups.setdefault(addresses[0], names[0] or addresses[0].rpartition("/")[2])
    return derived("esco", addresses[0])


def _add_groups(draft: FrameworkDraft, groups: dict[str, str], language: str) -> None:
    """Add the groups that are no skills of the file themselves."""
    known = {item.identifier for item in draft.items}
    for uri, name in groups.items():
        identifier = derived("esco", uri)
        if identifier not in known:
            draft.items.append(
                ItemDraft(identifier, "", {language: name}, kind="group", uri=uri, order=UNORDERED)
            )
