"""Canvas's CSV of a framework, as its outcomes import reads it (Canvas API, "Outcomes CSV Format").

A row for each learning outcome and each group of some, a group before what is in it. The framework
and every competency with others under it become groups, which Canvas cannot rate; the competencies
without any become outcomes. The ratings are the last columns: points and words by turns, the
highest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lti_tool.exports.csv_cells import lines
from lti_tool.exports.moodle_csv import address, source_line, visible
from lti_tool.rules.frameworks import FrameworkDraft, ItemDraft, LevelDraft, Texts

HEADING = (
    "vendor_guid",
    "object_type",
    "title",
    "description",
    "display_name",
    "calculation_method",
    "calculation_int",
    "parent_guids",
    "workflow_state",
    "mastery_points",
    "ratings",
)
GROUP, OUTCOME = "group", "outcome"
LATEST = "latest"
"""The last rating counts: a level is confirmed anew, not averaged. It takes no number."""
ACTIVE = "active"
LONGEST = 255
"""Characters of a title or a display name."""


def canvas_csv(draft: FrameworkDraft) -> Iterator[bytes]:
    """Yield a framework as Canvas imports it; without a byte order mark, in UTF-8."""
    yield from lines(_rows(draft))


def mastery(levels: Sequence[LevelDraft]) -> int:
    """Return the points from which on a learner has mastered: of the first proficient level.

    Of the highest one if none is marked, as for Moodle.
    """
    marked = (place for place, level in enumerate(levels, start=1) if level.is_proficient)
    return next(marked, len(levels))


def _rows(draft: FrameworkDraft) -> Iterator[tuple[str, ...]]:
    ratings = _ratings(draft)
    yield (*HEADING, *("" for _ in ratings[1:]))
    top = visible(draft.title, draft.description, draft.language) + source_line(draft.source)
    yield _row(draft.identifier, GROUP, _line(draft.title, draft.language), top, "", ())
    parents = {item.parent for item in draft.items}
    for item in draft.items:
        kind = GROUP if item.identifier in parents else OUTCOME
        yield _item(draft, item, kind, ratings)


def _item(
    draft: FrameworkDraft, item: ItemDraft, kind: str, ratings: tuple[str, ...]
) -> tuple[str, ...]:
    name = _line(item.statement, draft.language)
    title = f"{item.code} {name}".strip()
    description = visible(item.statement, item.description, draft.language) + address(item.uri)
    is_group = kind == GROUP
    return _row(
        item.identifier,
        kind,
        title,
        description,
        item.parent or draft.identifier,
        () if is_group else ratings,
        display_name="" if is_group else name,
        mastery_points="" if is_group or not ratings else str(mastery(draft.levels)),
    )


def _row(
    guid: str,
    kind: str,
    title: str,
    description: str,
    parent: str,
    ratings: tuple[str, ...],
    display_name: str = "",
    mastery_points: str = "",
) -> tuple[str, ...]:
    """Return one row; what a group must leave empty is empty by default."""
    return (
        guid,
        kind,
        _cut(title) or guid,
        description,
        _cut(display_name),
        LATEST if kind == OUTCOME else "",
        "",
        parent,
        ACTIVE,
        mastery_points,
        *ratings,
    )


def _ratings(draft: FrameworkDraft) -> tuple[str, ...]:
    """Return the levels as points and words by turns, the highest first."""
    numbered = [*enumerate(draft.levels, start=1)]
    return tuple(
        cell
        for points, level in reversed(numbered)
        for cell in (str(points), _cut(_line(level.label, draft.language)))
    )


def _line(texts: Texts, language: str) -> str:
    """Return a text as one line without what Canvas would take for a tag."""
    text = texts.get(language) or next(iter(texts.values()), "")
    return " ".join(text.replace("<", "‹").split())


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
