"""Files of a reflection as its author, peers and staff see them: lists, names, and one to open.

``handed_in`` and ``working`` are what other parts read; who may read what they decide themselves.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.i18n import gettext as _
from lti_tool.i18n import number
from lti_tool.models.attachments import Attachment
from lti_tool.models.reflections import ReflectionRevision
from lti_tool.rules.files import FileKind, ending_of

PUT_BACK_WITHIN = timedelta(days=1)
ALT_FIELD = "file-alt-"


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as one reader sees it; ``name`` says nothing of an author who is hidden from them."""

    id: uuid.UUID
    name: str
    kind: FileKind
    media_type: str
    size: int
    """Bytes."""
    alt: str
    is_decorative: bool
    width: int | None
    height: int | None
    sha256: str
    """Of the bytes, as they lie in the store."""
    is_withheld: bool = False
    """Whether a tutor keeps it from peers; its author and tutors go on seeing it."""
    is_closed: bool = False
    """Whether this reader only learns that it is withheld."""

    @property
    def is_image(self) -> bool:
        """Whether it is shown in its place."""
        return self.kind is FileKind.IMAGE

    @property
    def alt_field(self) -> str:
        """The name of the form field in which its author says what it shows."""
        return f"{ALT_FIELD}{self.id}"

    @property
    def is_described(self) -> bool:
        """Whether readers who do not see it know what it is, or that they miss nothing."""
        return not self.is_image or self.is_decorative or bool(self.alt)


Files = Mapping[str, tuple[FileView, ...]]
"""By the id of the prompt, as text: the files of an answer, in order."""
NONE: Files = {}


def working(session: Session, reflection_id: uuid.UUID) -> Files:
    """Return the files of the working text, under their author's names."""
    rows = rows_of(session, reflection_id)
    return _by_prompt((str(row.prompt_id), file_view(row, row.name)) for row in rows)


def at_hand(session: Session, reflection_id: uuid.UUID) -> tuple[Files, Files]:
    """Return the files of the working text, and those that can still be put back into it."""
    since = clock.now() - PUT_BACK_WITHIN
    there = Attachment.removed_at.is_(None) | (Attachment.removed_at > since)
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.reflection_id == reflection_id, there)
        .order_by(Attachment.position, Attachment.id)
    ).all()
    told = [(row.removed_at, str(row.prompt_id), file_view(row, row.name)) for row in rows]
    kept = _by_prompt((prompt, view) for removed, prompt, view in told if removed is None)
    return kept, _by_prompt((prompt, view) for removed, prompt, view in told if removed)


def rows_of(session: Session, reflection_id: uuid.UUID) -> Sequence[Attachment]:
    """Return the files of the working text, in order."""
    return session.scalars(
        select(Attachment)
        .where(Attachment.reflection_id == reflection_id, Attachment.removed_at.is_(None))
        .order_by(Attachment.position, Attachment.id)
    ).all()


def handed_in(
    session: Session, revisions: Sequence[ReflectionRevision], neutral: bool
) -> list[Files]:
    """Return the files of each revision of one reflection.

    With ``neutral`` under names that tell their kind and number only, the same in each revision.
    """
    wanted = {uuid.UUID(told["id"]) for one in revisions for told in one.files}
    if not wanted:
        return [NONE for _one in revisions]
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.id.in_(wanted))
        .order_by(Attachment.position, Attachment.id)
    ).all()
    known = {row.id.hex: row for row in rows}
    names = _neutral(rows) if neutral else {row.id: row.name for row in rows}
    return [
        _by_prompt(
            (told["prompt"], file_view(row, names[row.id], told["alt"]))
            for told in one.files
            if (row := known.get(told["id"])) is not None
        )
        for one in revisions
    ]


def with_withheld(files: Files, withheld: Collection[uuid.UUID], to_peers: bool) -> Files:
    """Return files with those marked that a tutor keeps from peers; peers learn no more of them."""
    if not withheld:
        return files
    marked = _closed if to_peers else _marked
    return {
        prompt: tuple(marked(one) if one.id in withheld else one for one in views)
        for prompt, views in files.items()
    }


def _marked(view: FileView) -> FileView:
    return replace(view, is_withheld=True)


def _closed(view: FileView) -> FileView:
    return replace(view, name="", alt="", size=0, sha256="", is_withheld=True, is_closed=True)


def frozen(rows: Iterable[Attachment], prompts: Iterable[uuid.UUID]) -> list[dict[str, str]]:
    """Return what a revision keeps of the files of the questions that it answers."""
    asked = set(prompts)
    return [
        {"id": row.id.hex, "prompt": str(row.prompt_id), "alt": row.alt}
        for row in rows
        if row.prompt_id in asked
    ]


def _neutral(rows: Sequence[Attachment]) -> dict[uuid.UUID, str]:
    """Return names that tell the kind and a number, in the reader's language."""
    counts: Counter[FileKind] = Counter()
    names = {}
    for row in rows:
        counts[row.kind] += 1
        told = number(counts[row.kind])
        said = (
            _("Picture %(number)s", number=told)
            if row.kind is FileKind.IMAGE
            else _("Document %(number)s", number=told)
        )
        names[row.id] = f"{said}.{ending_of(row.media_type)}"
    return names


def file_view(row: Attachment, name: str, alt: str | None = None) -> FileView:
    """Return a file under the name that its reader is told."""
    return FileView(
        row.id,
        name,
        row.kind,
        row.media_type,
        row.size,
        row.alt if alt is None else alt,
        row.is_decorative,
        row.width,
        row.height,
        row.sha256,
    )


def _by_prompt(pairs: Iterable[tuple[str, FileView]]) -> Files:
    found: dict[str, list[FileView]] = defaultdict(list)
    for prompt, view in pairs:
        found[prompt].append(view)
    return {prompt: tuple(views) for prompt, views in found.items()}
