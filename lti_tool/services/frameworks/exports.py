"""Frameworks on their way out: read whole, for files that others import."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import NotFound
from lti_tool.exports.canvas_csv import canvas_csv
from lti_tool.exports.case import CaseWriter
from lti_tool.exports.case_package import case_package
from lti_tool.exports.framework_csv import framework_csv
from lti_tool.exports.moodle_csv import moodle_csv
from lti_tool.models import Database
from lti_tool.models.frameworks import Competency, CompetencyFramework, CompetencyLink
from lti_tool.rules.frameworks import FrameworkDraft, ItemDraft, LevelDraft, LinkDraft, packed
from lti_tool.rules.licences import Verdict, judge
from lti_tool.rules.viewer import Viewer

CASE, MOODLE, CANVAS, CSV = "case", "moodle", "canvas", "csv"
ENDINGS = {CASE: "json", MOODLE: "csv", CANVAS: "csv", CSV: "csv"}
READ_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Export:
    """A file: its name, and its bytes piece by piece."""

    name: str
    media_type: str
    pieces: Iterator[bytes]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FrameworkExports:
    """Use cases of exporting; ``base_url`` is where our own objects are found."""

    db: Database
    base_url: str

    def export(self, framework_id: uuid.UUID, form: str, viewer: Viewer | None = None) -> Export:
        """Return a framework as a file of ``form``: ``case``, ``moodle``, ``canvas`` or ``csv``.

        With ``viewer``, only what that person may choose from; raises NotFound.
        """
        with self.db.read() as session:
            framework = _find(session, framework_id, viewer)
            draft = whole(session, framework)
            moment = framework.updated_at or framework.created_at
        return Export(
            f"{_file_name(draft)}-{form}.{ENDINGS[form]}",
            "application/json" if form == CASE else "text/csv; charset=utf-8",
            self._pieces(draft, form, moment),
            judge(
                draft.licence, draft.licence_url, *draft.title.values(), draft.creator, draft.uri
            ),
        )

    def _pieces(self, draft: FrameworkDraft, form: str, moment: datetime) -> Iterator[bytes]:
        if form == MOODLE:
            return moodle_csv(draft)
        if form == CANVAS:
            return canvas_csv(draft)
        if form == CSV:
            return framework_csv(draft)
        return case_package(CaseWriter(draft, self.base_url, moment))


def whole(session: Session, framework: CompetencyFramework) -> FrameworkDraft:
    """Return a framework with its current competencies, in order, and its links."""
    draft = head(framework)
    identifiers = dict(
        session.execute(
            select(Competency.id, Competency.identifier).where(
                Competency.framework_id == framework.id, Competency.retired_at.is_(None)
            )
        ).all()
    )
    query = (
        select(*(getattr(Competency, name) for name in ITEM))
        .where(Competency.framework_id == framework.id, Competency.retired_at.is_(None))
        .order_by(Competency.position, Competency.id)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for row in session.execute(query):
        told = dict(zip(ITEM, row, strict=True))
        parent = identifiers.get(told.pop("parent_id"), "")
        extra = packed(told.pop("extra") or {})
        draft.items.append(ItemDraft(**told, parent=parent, extra=extra))
    links = select(CompetencyLink).where(CompetencyLink.framework_id == framework.id)
    draft.links = [link_draft(link) for link in session.scalars(links)]
    return draft


ITEM = (
    "identifier",
    "code",
    "statement",
    "parent_id",
    "description",
    "kind",
    "uri",
    "extra",
    "position",
    "depth",
)


def head(framework: CompetencyFramework) -> FrameworkDraft:
    """Return a framework without its competencies."""
    names = (
        "identifier",
        "title",
        "description",
        "uri",
        "creator",
        "version",
        "language",
        "licence",
        "licence_url",
        "source",
        "scale",
    )
    return FrameworkDraft(
        **{name: getattr(framework, name) for name in names},
        unofficial=tuple(framework.unofficial),
        levels=tuple(
            LevelDraft(level.label, level.description, level.is_default, level.is_proficient)
            for level in framework.levels
        ),
        extra=framework.extra or {},
    )


def item_draft(competency: Competency, parent: str = "") -> ItemDraft:
    """Return one competency; ``parent`` is the identifier of the one above."""
    return ItemDraft(
        identifier=competency.identifier,
        code=competency.code,
        statement=competency.statement,
        parent=parent,
        description=competency.description,
        kind=competency.kind,
        uri=competency.uri,
        extra=packed(competency.extra or {}),
        position=competency.position,
        depth=competency.depth,
    )


def link_draft(link: CompetencyLink) -> LinkDraft:
    """Return one link."""
    extra = packed(link.extra or {})
    return LinkDraft(link.identifier, link.kind, link.origin, link.destination, extra)


def _find(session: Session, framework_id: uuid.UUID, viewer: Viewer | None) -> CompetencyFramework:
    query = (
        select(CompetencyFramework)
        .where(CompetencyFramework.id == framework_id)
        .options(selectinload(CompetencyFramework.levels))
    )
    if viewer is not None:
        ours = CompetencyFramework.registration_id == viewer.registration_id
        query = query.where(or_(ours, CompetencyFramework.registration_id.is_(None)))
    framework = session.scalar(query)
    if framework is None:
        raise NotFound("framework")
    return framework


def _file_name(draft: FrameworkDraft) -> str:
    """Return a name of plain letters for a file."""
    title = next(iter(draft.title.values()), "")
    letters = "".join(one if one.isascii() and one.isalnum() else "-" for one in title.lower())
    return "-".join(filter(None, letters.split("-")))[:60] or draft.identifier
