"""A competency framework between a file and the database: plain data without either.

Whatever a file is written in (CASE, Moodle's CSV, ours, ESCO's), reading it gives a
``FrameworkDraft``; whatever is exported is made of one. What we have no place for travels along in
``extra``, so that what came in goes out again.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_ITEMS = 100_000
LONGEST_TEXT = 100_000
"""Characters of one text."""
MOST_LEVELS = 20
NAMESPACE = uuid.UUID("5b0ba4e5-2f0c-5d3c-8d6d-5d2d6f2c1a77")
"""Of identifiers that we derive where a file gives none."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0670\u0640]")
"""Accents, Arabic vowel signs and the stretching line: nobody types them to search."""
_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "’": "'"})
UNORDERED = 1e18
"""Sorts behind all that have a number."""
Texts = Mapping[str, str]


@dataclass(slots=True)
class LevelDraft:
    """One level of a scale; the lowest comes first in its framework."""

    label: dict[str, str]
    description: dict[str, str] = field(default_factory=dict)
    is_default: bool = False
    is_proficient: bool = False


@dataclass(slots=True)
class ItemDraft:
    """One competency, or a group; ``place`` says where in the file it stands."""

    identifier: str
    code: str
    statement: dict[str, str]
    parent: str = ""
    """Identifier of the item above; empty at the top."""
    description: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    uri: str = ""
    extra: str = ""
    """JSON text: fifty thousand of them fit where objects would not."""
    place: str = ""
    order: float = 0
    """Sorts items under the same parent; equal ones stay as they come."""
    position: int = 0
    depth: int = 0

    @property
    def fingerprint(self) -> str:
        """Digests of all that a re-import may change, but for the place among its siblings.

        Two, with a dot between: of what readers see, and of ``extra``.
        """
        told = (
            self.code,
            sorted(self.statement.items()),
            self.parent,
            sorted(self.description.items()),
            self.kind,
            self.uri,
        )
        return f"{_digest(repr(told))}.{_digest(self.extra) if self.extra else ''}"

    @property
    def words(self) -> str:
        """What a search looks through."""
        return folded(" ".join((self.code, *self.statement.values())))

    def loaded(self) -> dict[str, Any]:
        """Return ``extra`` as values."""
        return unpacked(self.extra)

    def link_identifier(self, framework: str) -> str:
        """Return the identifier of the CFAssociation that places it; ``framework`` is the top's."""
        above, told = self.parent or framework, self.loaded().get("link", {})
        if _end_of(told.get("case", {}).get("destinationNodeURI")) == above:
            return str(told["identifier"])
        return derived("isChildOf", self.identifier, above)

    def told(self) -> dict[str, Any]:
        """Return the item as values that JSON takes."""
        names = ("identifier", "code", "statement", "description", "kind", "uri")
        return {**{name: getattr(self, name) for name in names}, "extra": self.loaded()}


@dataclass(slots=True)
class LinkDraft:
    """A relation between two items other than parent and child."""

    identifier: str
    kind: str
    origin: str
    destination: str
    extra: str = ""
    order: float = UNORDERED

    def told(self) -> dict[str, Any]:
        """Return the link as values that JSON takes."""
        return {"identifier": self.identifier, **unpacked(self.extra)}


@dataclass(slots=True)
class FrameworkDraft:
    """A whole framework as a file tells it, its items in order, each parent before its children."""

    identifier: str
    title: dict[str, str]
    items: list[ItemDraft] = field(default_factory=list)
    links: list[LinkDraft] = field(default_factory=list)
    levels: tuple[LevelDraft, ...] = ()
    """Empty if the file tells no scale."""
    scale: str = ""
    description: dict[str, str] = field(default_factory=dict)
    uri: str = ""
    creator: str = ""
    version: str = ""
    language: str = "en"
    unofficial: tuple[str, ...] = ()
    licence: str = ""
    licence_url: str = ""
    source: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    tells_links: bool = True
    """Whether the file could tell links at all; if not, those that are there stay."""
    warnings: list[str] = field(default_factory=list)
    """What the reader of the file must tell, in the language in force."""


def derived(*names: str) -> str:
    """Return the identifier of something that is known by its names only; always the same."""
    return str(uuid.uuid5(NAMESPACE, "\n".join(names)))


def as_identifier(told: str, *context: str) -> str:
    """Return ``told`` as a lower-case UUID; what is none gives a derived one."""
    lowered = told.strip().lower()
    return lowered if _UUID.fullmatch(lowered) else derived(*context, told.strip())


def is_uuid(text: str) -> bool:
    """Return whether a text is a UUID as CASE 1.1 writes it."""
    return bool(_UUID.fullmatch(text))


def folded(text: str) -> str:
    """Return what a search compares: without case, accents or vowel signs."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text.translate(_LETTERS)))
    return " ".join(plain.casefold().split())


def merged(before: str, now: str) -> str:
    """Return the fingerprint after an import: a file that tells no ``extra`` leaves the old one."""
    seen, _dot, extra = now.partition(".")
    return f"{seen}.{extra or before.partition('.')[2]}"


def packed(values: Mapping[str, Any]) -> str:
    """Return JSON for ``extra``, always the same for the same values; empty for none."""
    kept = {name: value for name, value in values.items() if value not in (None, "", {}, [])}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""


def unpacked(extra: str) -> dict[str, Any]:
    """Return what ``packed`` made."""
    found: dict[str, Any] = json.loads(extra) if extra else {}
    return found


def _end_of(node: Any) -> str:
    """Return the identifier at an association's end, given as an object or as an address."""
    told = node.get("identifier") or node.get("uri") if isinstance(node, dict) else node
    return str(told or "").lower().rstrip("/").rpartition("/")[2]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def children_of(items: Iterable[ItemDraft]) -> dict[str, list[ItemDraft]]:
    """Return the items under each parent's identifier, in their order."""
    found: dict[str, list[ItemDraft]] = {}
    for item in items:
        found.setdefault(item.parent, []).append(item)
    return found


def texts_of(draft: FrameworkDraft) -> Iterator[Texts]:
    """Return all texts of a framework."""
    yield draft.title
    yield draft.description
    for level in draft.levels:
        yield level.label
        yield level.description
    for item in draft.items:
        yield item.statement
        yield item.description
