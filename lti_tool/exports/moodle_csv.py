"""Moodle's CSV of a framework, as ``admin/tool/lpimportcsv`` reads and writes it (Moodle 4.5).

Fourteen columns by position. What Moodle has no place for (identifiers, languages, levels'
descriptions, licence) travels in an invisible element at the end of the description; what is in it
is only believed as long as Moodle's own column still says the same.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from lti_tool.exports.csv_cells import guarded, lines
from lti_tool.exports.moodle_mark import hidden
from lti_tool.rules.frameworks import FrameworkDraft, ItemDraft, LevelDraft, Texts

HEADING = (
    "Parent ID number",
    "ID number",
    "Short name",
    "Description",
    "Description format",
    "Scale values",
    "Scale configuration",
    "Rule type (optional)",
    "Rule outcome (optional)",
    "Rule config (optional)",
    "Cross-referenced competency ID numbers",
    "Exported ID (optional)",
    "Is framework",
    "Taxonomy",
)
LONGEST = 100
"""Characters of a name or an id number; Moodle cuts off what is longer."""
HTML = "1"
RELATED = "isRelatedTo"
"""The kind of link that Moodle knows, too."""
TAXONOMY = "competency,competency,competency,competency"
_SAFE_CODE = re.compile(r"[A-Za-z][^\s\\<>&\"',%]{0,98}")
"""Begins with a letter: PHP takes ``1.10`` and ``1.1`` for the same number (MDL, ``==``)."""


def moodle_csv(draft: FrameworkDraft) -> Iterator[bytes]:
    """Yield a framework as Moodle imports it; without a byte order mark, in UTF-8."""
    yield from lines(_rows(draft))


def id_numbers(draft: FrameworkDraft) -> dict[str, str]:
    """Return each item's id number: its code where that is safe and nobody else's, else its UUID.

    A code that begins with a digit gets a C before it.
    """
    return numbered((item.identifier, item.code) for item in draft.items)


def numbered(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the id numbers of all items of a framework, given by identifier and code."""
    codes = {identifier: _code(code) for identifier, code in items}
    wished = Counter(code.casefold() for code in codes.values())
    return {
        identifier: code if code and wished[code.casefold()] == 1 else identifier
        for identifier, code in codes.items()
    }


def framework_number(identifier: str, extra: Mapping[str, Any]) -> str:
    """Return a framework's id number: the one it came from Moodle with, else its identifier."""
    return str(extra.get("moodle", {}).get("idnumber") or identifier)


def short_name(texts: Texts, language: str) -> str:
    """Return a name as Moodle keeps it: one line, no tags, at most a hundred characters.

    The apostrophe before what a spreadsheet would compute is one of the hundred.
    """
    text = texts.get(language) or next(iter(texts.values()), "")
    plain = " ".join(text.replace("<", "‹").replace("\\", "∖").split())
    most = LONGEST - len(guarded(plain)) + len(plain)
    return plain if len(plain) <= most else f"{plain[: most - 1].rstrip()}…"


def scale_values(levels: tuple[LevelDraft, ...], language: str) -> str:
    """Return the labels of a scale; a comma within one would make two of it."""
    return ",".join(short_name(level.label, language).replace(",", ";") for level in levels)


def visible(statement: Texts, description: Texts, language: str) -> str:
    """Return what readers in Moodle see below the name: all languages, one after the other."""
    name, parts = short_name(statement, language), []
    for tag in sorted({*statement, *description}, key=lambda tag: (tag != language, tag)):
        texts = [description.get(tag, "")]
        if tag != language or name != statement.get(tag):
            texts.insert(0, statement.get(tag, ""))
        parts += [f'<p lang="{_html(tag)}">{_lined(text)}</p>' for text in texts if text]
    return "".join(parts)


def source_line(source: str) -> str:
    """Return the paragraph that says where a framework comes from."""
    return f"<p>{_lined(source)}</p>" if source else ""


def address(uri: str) -> str:
    """Return a link to the publisher's page of an item, if it has one."""
    is_web = uri.startswith(("http://", "https://"))
    return f'<p><a href="{_html(uri)}">{_html(uri)}</a></p>' if is_web else ""


def _rows(draft: FrameworkDraft) -> Iterator[tuple[str, ...]]:
    numbers = id_numbers(draft)
    related: dict[str, list[str]] = {}
    for link in draft.links:
        if link.kind == RELATED and link.destination in numbers:
            related.setdefault(link.origin, []).append(numbers[link.destination])
    yield HEADING
    yield _framework(draft)
    for item in draft.items:
        yield _item(draft, item, numbers, ",".join(related.get(item.identifier, [])))


def _framework(draft: FrameworkDraft) -> tuple[str, ...]:
    names = ("uri", "creator", "version", "language", "licence", "licence_url", "source", "scale")
    told = {
        "identifier": draft.identifier,
        "title": draft.title,
        "description": draft.description,
        "unofficial": list(draft.unofficial),
        "levels": [
            {"label": level.label, "description": level.description} for level in draft.levels
        ],
        **{name: getattr(draft, name) for name in names},
    }
    shown = visible(draft.title, draft.description, draft.language) + source_line(draft.source)
    kept = draft.extra.get("moodle", {})
    return (
        "",
        framework_number(draft.identifier, draft.extra),
        short_name(draft.title, draft.language),
        kept.get("description") or shown + hidden(told),
        kept.get("format") or HTML,
        scale_values(draft.levels, draft.language),
        _configuration(draft.levels),
        *[""] * 5,
        "1",
        kept.get("taxonomy") or TAXONOMY,
    )


def _item(
    draft: FrameworkDraft, item: ItemDraft, numbers: dict[str, str], related: str
) -> tuple[str, ...]:
    told = {
        name: getattr(item, name)
        for name in ("identifier", "code", "statement", "description", "kind", "uri")
    }
    kept = item.loaded().get("moodle", {})
    if not kept.get("description"):
        shown = visible(item.statement, item.description, draft.language) + address(item.uri)
        description = shown + hidden(told)
    elif numbers[item.identifier] == item.code:
        description = kept["description"]
    else:
        description = kept["description"] + hidden(told)
    return (
        numbers.get(item.parent, ""),
        numbers[item.identifier],
        short_name(item.statement, draft.language),
        description,
        kept.get("format") or HTML,
        kept.get("scale_values", ""),
        kept.get("scale_configuration", ""),
        kept.get("rule_type", ""),
        kept.get("rule_outcome") or "0",
        kept.get("rule_config") or "null",
        related,
        kept.get("exported_id", ""),
        "",
        "",
    )


def _configuration(levels: tuple[LevelDraft, ...]) -> str:
    """Return Moodle's scale configuration; it wants one default and one proficient level."""
    default = any(level.is_default for level in levels)
    proficient = any(level.is_proficient for level in levels)
    rows: list[dict[str, Any]] = [{"scaleid": "0"}]
    for number, level in enumerate(levels, start=1):
        is_last = number == len(levels)
        rows.append(
            {
                "id": number,
                "scaledefault": int(level.is_default or (is_last and not default)),
                "proficient": int(level.is_proficient or (is_last and not proficient)),
            }
        )
    return json.dumps(rows, separators=(",", ":"))


def _code(told: str) -> str:
    code = f"C{told}" if told[:1].isdigit() else told
    return code if _SAFE_CODE.fullmatch(code) else ""


def _lined(text: str) -> str:
    return _html(text).replace("\n", "<br>")


def _html(text: str) -> str:
    """Escape text; a backslash, too: PHP's reader takes one before a quote for an escape."""
    return escape(text).replace("\\", "&#92;")
