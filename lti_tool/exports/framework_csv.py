"""Our own CSV of a framework: what people read, change in a spreadsheet and import again."""

from __future__ import annotations

from collections.abc import Iterator

from lti_tool.exports.csv_cells import lines
from lti_tool.rules.frameworks import FrameworkDraft, Texts, texts_of

FRAMEWORK, LEVEL, COMPETENCY = "framework", "level", "competency"
ROWS = (FRAMEWORK, LEVEL, COMPETENCY)
PLAIN = (
    "row",
    "identifier",
    "code",
    "parent",
    "kind",
    "uri",
    "default",
    "proficient",
    "language",
    "unofficial",
    "scale",
    "version",
    "creator",
    "licence",
    "licence_url",
    "source",
)
"""Columns without a language."""
SPOKEN = ("title", "description")
"""Columns of which there is one for each language."""
COLUMNS = (*PLAIN, *SPOKEN)


def framework_csv(draft: FrameworkDraft) -> Iterator[bytes]:
    """Yield a framework as CSV in UTF-8 with a byte order mark, which Excel needs."""
    languages = sorted({tag for texts in texts_of(draft) for tag in texts} | {draft.language})
    languages.sort(key=lambda tag: tag != draft.language)
    spoken = [f"{name}_{tag}" for tag in languages for name in SPOKEN]
    yield "\ufeff".encode()
    yield from lines(_rows(draft, [*PLAIN, *spoken]))


def _rows(draft: FrameworkDraft, columns: list[str]) -> Iterator[list[str]]:
    yield columns
    for values in _values(draft):
        yield [values.get(column, "") for column in columns]


def _values(draft: FrameworkDraft) -> Iterator[dict[str, str]]:
    """Yield each row as its values by column."""
    names = ("uri", "language", "scale", "version", "creator", "licence", "licence_url", "source")
    yield {
        "row": FRAMEWORK,
        "identifier": draft.identifier,
        "unofficial": " ".join(draft.unofficial),
        **{name: getattr(draft, name) for name in names},
        **_spoken(draft.title, draft.description),
    }
    for level in draft.levels:
        yield {
            "row": LEVEL,
            "default": "1" if level.is_default else "",
            "proficient": "1" if level.is_proficient else "",
            **_spoken(level.label, level.description),
        }
    for item in draft.items:
        yield {
            "row": COMPETENCY,
            **{
                name: getattr(item, name)
                for name in ("identifier", "code", "parent", "kind", "uri")
            },
            **_spoken(item.statement, item.description),
        }


def _spoken(title: Texts, description: Texts) -> dict[str, str]:
    texts = {f"title_{tag}": text for tag, text in title.items()}
    return texts | {f"description_{tag}": text for tag, text in description.items()}
