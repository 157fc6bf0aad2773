"""The frameworks that Miroir brings along, with their licences: data in ``builtin/``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lti_tool.rules.frameworks import FrameworkDraft, ItemDraft, LevelDraft

FOLDER = Path(__file__).parent / "builtin"
FILES = ("library_development", "ifla_lis_education", "digcomp", "eqf")
"""In the order in which educators see them."""
ABOUT = (
    "identifier",
    "title",
    "description",
    "creator",
    "version",
    "language",
    "licence",
    "licence_url",
    "uri",
    "scale",
    "source",
)


def builtin_drafts() -> Iterator[FrameworkDraft]:
    """Yield the frameworks that are built in."""
    for name in FILES:
        data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        yield _draft(data)


def _draft(data: dict[str, Any]) -> FrameworkDraft:
    draft = FrameworkDraft(**{name: data[name] for name in ABOUT}, tells_links=False)
    draft.unofficial = tuple(data["unofficial"])
    draft.levels = tuple(
        LevelDraft(one["label"], one["description"], one["default"], one["proficient"])
        for one in data["levels"]
    )
    draft.items = list(_items(data["competencies"], "", 0))
    for position, item in enumerate(draft.items, start=1):
        item.position = position
    return draft


def _items(told: list[dict[str, Any]], parent: str, depth: int) -> Iterator[ItemDraft]:
    for one in told:
        yield ItemDraft(
            identifier=one["identifier"],
            code=one["code"],
            statement=one["statement"],
            parent=parent,
            description=one.get("description", {}),
            kind=one.get("kind", ""),
            depth=depth,
        )
        yield from _items(one.get("children", []), one["identifier"], depth + 1)
