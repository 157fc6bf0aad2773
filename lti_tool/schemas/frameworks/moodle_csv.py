"""Moodle's CSV of a framework (Moodle 4.5, ``admin/tool/lpimportcsv``): fourteen columns.

Columns are told by their position; the heading may be in any language. Where an export of ours went
through Moodle, the invisible element in the descriptions gives back what Moodle has no place for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lti_tool.exports.csv_cells import unguarded
from lti_tool.exports.moodle_csv import (
    HEADING,
    HTML,
    RELATED,
    TAXONOMY,
    address,
    short_name,
    source_line,
    visible,
)
from lti_tool.exports.moodle_mark import revealed
from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import (
    UNORDERED,
    FrameworkDraft,
    ItemDraft,
    LinkDraft,
    as_identifier,
    derived,
    is_uuid,
    packed,
)
from lti_tool.rules.rich_text import clean, to_text
from lti_tool.schemas.frameworks.choices import Choices
from lti_tool.schemas.frameworks.moodle_scale import levels_of
from lti_tool.schemas.frameworks.problems import Problems, fail, tidied
from lti_tool.schemas.frameworks.tables import Row, place_of

COLUMNS = (
    "parent",
    "idnumber",
    "name",
    "description",
    "format",
    "scale_values",
    "scale_configuration",
    "rule_type",
    "rule_outcome",
    "rule_config",
    "related",
    "exported_id",
    "is_framework",
    "taxonomy",
)
Cells = dict[str, str]


def is_moodle(table: Sequence[Row]) -> bool:
    """Return whether the first rows of a table are Moodle's."""
    if not table or len(table[0][1]) != len(HEADING):
        return False
    return any(len(row) == len(HEADING) and row[6].lstrip().startswith("[{") for _n, row in table)


def read_moodle(table: Iterable[Row], choices: Choices, problems: Problems) -> FrameworkDraft:
    """Return the framework of a table; its items are not yet arranged."""
    rows = [(number, _cells(number, cells, problems)) for number, cells in table][1:]
    ours = [cells for _n, cells in rows if _is_framework(cells)]
    if len(ours) != 1:
        raise fail(_("Exactly one row must have a 1 in the column “Is framework”."))
    draft = _framework(ours[0], choices, problems)
    numbers: dict[str, str] = {}
    for number, cells in rows:
        if _is_framework(cells):
            continue
        problems.check_count(len(draft.items))
        item = _item(cells, number, draft, problems)
        draft.items.append(item)
        numbers.setdefault(cells["idnumber"], item.identifier)
    others = [(number, cells) for number, cells in rows if not _is_framework(cells)]
    for (number, cells), item in zip(others, draft.items, strict=True):
        item.parent = numbers.get(cells["parent"], cells["parent"])
        _relate(draft, item, cells, numbers, number, problems)
    return draft


def _cells(number: int, cells: list[str], problems: Problems) -> Cells:
    if len(cells) != len(COLUMNS):
        problems.add(
            place_of(number),
            _("%(found)s columns instead of %(wanted)s.", found=len(cells), wanted=len(COLUMNS)),
        )
        cells = [*cells, *[""] * len(COLUMNS)][: len(COLUMNS)]
    return {
        name: unguarded(cell.strip()).strip() for name, cell in zip(COLUMNS, cells, strict=True)
    }


def _is_framework(cells: Cells) -> bool:
    return cells["is_framework"] not in ("", "0")


def _framework(cells: Cells, choices: Choices, problems: Problems) -> FrameworkDraft:
    told, rest = _told(cells["description"])
    language = _text(told, "language") or choices.language or "en"
    source = _text(told, "source")
    spoken = _Spoken(told, "title", language, source_line(source))
    title, description, is_ours = spoken.texts(cells, rest)
    name = cells["idnumber"] or next(iter(title.values()), choices.stem)
    draft = FrameworkDraft(
        identifier=as_identifier(_text(told, "identifier") or name, "moodle"),
        title=title or {language: choices.stem},
        description=description,
        language=language,
        unofficial=tuple(str(tag) for tag in told.get("unofficial") or [] if tag),
        levels=levels_of(cells, told.get("levels"), language, problems),
    )
    for field in ("uri", "creator", "version", "licence", "licence_url", "scale"):
        setattr(draft, field, _text(told, field))
    draft.source = source or cells["name"]
    kept = {"taxonomy": cells["taxonomy"]} if cells["taxonomy"] != TAXONOMY else {}
    if cells["idnumber"] != draft.identifier:
        kept["idnumber"] = cells["idnumber"]
    kept |= {} if is_ours else _raw(rest, cells)
    draft.extra = {"moodle": kept} if kept else {}
    return draft


def _item(cells: Cells, row: int, draft: FrameworkDraft, problems: Problems) -> ItemDraft:
    told, rest = _told(cells["description"])
    uri = _text(told, "uri")
    spoken = _Spoken(told, "statement", draft.language, address(uri))
    statement, description, is_ours = spoken.texts(cells, rest)
    for name in ("idnumber", "name"):
        if not cells[name]:
            problems.add(place_of(row, HEADING[COLUMNS.index(name)]), _("It is missing."))
    code = (
        _text(told, "code") if told else ("" if is_uuid(cells["idnumber"]) else cells["idnumber"])
    )
    names = ("rule_type", "rule_outcome", "rule_config", "scale_values", "scale_configuration")
    kept = {name: cells[name] for name in names if cells[name] not in ("", "0", "null")}
    if told == {} and cells["exported_id"]:
        kept["exported_id"] = cells["exported_id"]
    return ItemDraft(
        identifier=as_identifier(
            _text(told, "identifier") or cells["idnumber"], "moodle", draft.identifier
        ),
        code=code,
        statement=statement,
        description=description,
        kind=_text(told, "kind"),
        uri=uri,
        extra=packed({"moodle": {**kept, **({} if is_ours else _raw(rest, cells))}}),
        place=place_of(row),
        order=UNORDERED,
    )


def _relate(
    draft: FrameworkDraft,
    item: ItemDraft,
    cells: Cells,
    numbers: dict[str, str],
    row: int,
    problems: Problems,
) -> None:
    """Take the related items; Moodle writes a comma within an id number as ``%2C``."""
    for told in filter(None, cells["related"].split(",")):
        other = numbers.get(told.replace("%2C", ","))
        if other is None:
            place = place_of(row, HEADING[10])
            problems.add(place, _("“%(number)s” is not there.", number=told))
        elif other != item.identifier:
            identifier = derived(RELATED, item.identifier, other)
            draft.links.append(LinkDraft(identifier, RELATED, item.identifier, other))


def _told(description: str) -> tuple[dict[str, Any], str]:
    """Return what an export of ours hid in a description, and the description without it."""
    told, rest = revealed(description)
    try:
        return tidied(told), rest
    except RecursionError:
        return {}, rest


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Texts by language that an export of ours hid; ``tail`` is what it wrote below them."""

    told: dict[str, Any]
    name: str
    language: str
    tail: str

    def texts(self, cells: Cells, rest: str) -> tuple[dict[str, str], dict[str, str], bool]:
        """Return name and description by language, and whether nobody changed them in Moodle.

        Moodle writes its HTML in its own way: only what readers see is compared.
        """
        statement = _spoken(self.told.get(self.name))
        description = _spoken(self.told.get("description"))
        seen = _plain(rest) if cells["format"] in ("0", HTML) else rest.strip()
        ours = visible(statement, description, self.language) + self.tail
        rewritten = not self.told or seen != _plain(ours)
        if not statement or short_name(statement, self.language) != cells["name"]:
            statement = {self.language: cells["name"]} if cells["name"] else {}
        if rewritten:
            seen = seen.removesuffix(_plain(self.tail)).strip()
            description = {self.language: seen} if seen else {}
        return statement, description, not rewritten


def _plain(html: str) -> str:
    return to_text(clean(html))


def _spoken(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {str(tag)[:20]: text for tag, text in value.items() if isinstance(text, str) and text}


def _text(told: dict[str, Any], name: str) -> str:
    found = told.get(name)
    return found.strip()[:4000] if isinstance(found, str) else ""


def _raw(rest: str, cells: Cells) -> Cells:
    """Return the description as Moodle has it, for the way back."""
    return {"description": rest, "format": cells["format"]} if rest else {}
