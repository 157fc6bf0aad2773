"""Our own CSV (docs/competencies.md): a row for each competency, and for framework and levels."""

from __future__ import annotations

from collections.abc import Iterable

from lti_tool.exports.framework_csv import COLUMNS, COMPETENCY, FRAMEWORK, LEVEL, ROWS
from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import (
    LANGUAGE,
    MOST_LEVELS,
    UNORDERED,
    FrameworkDraft,
    ItemDraft,
    LevelDraft,
    as_identifier,
    derived,
)
from lti_tool.rules.scales import KEYS
from lti_tool.schemas.frameworks.case_document import attribution
from lti_tool.schemas.frameworks.choices import Choices
from lti_tool.schemas.frameworks.problems import Problems, fail
from lti_tool.schemas.frameworks.tables import Columns, Row, place_of

YES = ("1", "yes", "true", "x", "oui", "vrai", "نعم")
ALIASES = ("statement", "name", "competency")
"""Other headings for a title that people write."""


def read_plain(table: Iterable[Row], choices: Choices, problems: Problems) -> FrameworkDraft:
    """Return the framework of a table; its items are not yet arranged."""
    rows = iter(table)
    heading = next(rows, None)
    if heading is None:
        raise fail(_("The file is empty."))
    columns = Columns(heading[1], (*COLUMNS, *ALIASES))
    title = next((name for name in ("title", *ALIASES) if columns.has(name)), "")
    if not title:
        raise fail(_("Row 1: a column named “title” is missing. See the documentation."))
    draft = FrameworkDraft("", {}, language=choices.language or "en", tells_links=False)
    levels: list[LevelDraft] = []
    for number, cells in rows:
        row = columns.cell(cells, "row").lower() or COMPETENCY
        if row == FRAMEWORK:
            _framework(draft, columns, cells, title, number, problems)
        elif row == LEVEL:
            levels.append(_level(columns, cells, title, draft.language, number, problems))
        elif row == COMPETENCY:
            problems.check_count(len(draft.items))
            _item(draft, columns, cells, title, number, problems)
        else:
            told = ", ".join(ROWS)
            problems.add(place_of(number, "row"), _("One of these: %(told)s.", told=told))
    if len(levels) > MOST_LEVELS:
        problems.add("", _("A scale has at most %(most)s levels.", most=MOST_LEVELS))
    draft.levels = tuple(levels)
    _finish(draft, choices)
    _parents(draft.items, problems)
    return draft


def _framework(
    draft: FrameworkDraft,
    columns: Columns,
    cells: list[str],
    title: str,
    row: int,
    problems: Problems,
) -> None:
    if draft.title:
        problems.add(place_of(row), _("The framework is told twice."))
    language = columns.cell(cells, "language").lower() or draft.language
    if not LANGUAGE.fullmatch(language):
        problems.add(place_of(row, "language"), _("A language is told like “en” or “fr”."))
        language = "en"
    draft.language = language.split("-")[0]
    draft.title = columns.texts(cells, title, draft.language)
    if not draft.title:
        problems.add(place_of(row, title), _("It is missing."))
    draft.description = columns.texts(cells, "description", draft.language)
    draft.identifier = columns.cell(cells, "identifier")
    for name in ("uri", "creator", "version", "licence", "licence_url", "source"):
        setattr(draft, name, columns.cell(cells, name)[:4000])
    draft.unofficial = tuple(columns.cell(cells, "unofficial").split()[:50])
    draft.scale = columns.cell(cells, "scale").lower()
    if draft.scale and draft.scale not in (*KEYS, "own"):
        told = ", ".join(KEYS)
        problems.add(place_of(row, "scale"), _("One of these: %(told)s.", told=told))


def _level(
    columns: Columns, cells: list[str], title: str, language: str, row: int, problems: Problems
) -> LevelDraft:
    label = columns.texts(cells, title, language)
    if not label:
        problems.add(place_of(row, title), _("It is missing."))
    return LevelDraft(
        label,
        columns.texts(cells, "description", language),
        columns.cell(cells, "default").lower() in YES,
        columns.cell(cells, "proficient").lower() in YES,
    )


def _item(
    draft: FrameworkDraft,
    columns: Columns,
    cells: list[str],
    title: str,
    row: int,
    problems: Problems,
) -> None:
    statement = {
        language: problems.text(place_of(row, title), text)
        for language, text in columns.texts(cells, title, draft.language).items()
    }
    description = {
        language: problems.text(place_of(row, "description"), text)
        for language, text in columns.texts(cells, "description", draft.language).items()
    }
    if not statement:
        problems.add(place_of(row, title), _("It is missing."))
    draft.items.append(
        ItemDraft(
            identifier=columns.cell(cells, "identifier"),
            code=problems.text(place_of(row, "code"), columns.cell(cells, "code"), 500),
            statement=statement,
            parent=columns.cell(cells, "parent"),
            description=description,
            kind=columns.cell(cells, "kind")[:500],
            uri=columns.cell(cells, "uri")[:2000],
            place=place_of(row),
            order=UNORDERED,
        )
    )


def _finish(draft: FrameworkDraft, choices: Choices) -> None:
    """Fill in what the file left out; every identifier becomes a UUID that stays the same."""
    draft.title = draft.title or {draft.language: choices.stem}
    name = next(iter(draft.title.values()))
    draft.identifier = as_identifier(draft.identifier or derived("csv", name))
    draft.source = draft.source or attribution(draft.creator, name, draft.licence, draft.uri)
    for item in draft.items:
        text = item.code or f"{item.parent}\n{next(iter(item.statement.values()), '')}"
        told = item.identifier or derived(draft.identifier, text)
        item.identifier = as_identifier(told, draft.identifier)


def _parents(items: list[ItemDraft], problems: Problems) -> None:
    """Put identifiers in the place of the codes that name parents."""
    by_code: dict[str, list[str]] = {}
    for item in items:
        if item.code:
            by_code.setdefault(item.code, []).append(item.identifier)
    known = {item.identifier for item in items}
    for item in items:
        if not item.parent or item.parent.lower() in known:
            item.parent = item.parent.lower()
            continue
        found = by_code.get(item.parent, [])
        if len(found) > 1:
            problems.add(item.place, _("Several items have the code “%(code)s”.", code=item.parent))
        item.parent = found[0] if found else item.parent
