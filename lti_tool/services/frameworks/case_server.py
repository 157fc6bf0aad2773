"""What is served by CASE: frameworks that are the installation's or public, and may be shared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import NotFound
from lti_tool.exports.case import CaseWriter
from lti_tool.exports.case_package import case_package
from lti_tool.exports.case_values import Json
from lti_tool.exports.rubrics import rubric
from lti_tool.models import Database
from lti_tool.models.frameworks import Competency, CompetencyFramework, CompetencyLink
from lti_tool.rules.frameworks import ItemDraft
from lti_tool.rules.licences import Sharing, judge
from lti_tool.services.frameworks.exports import head, item_draft, link_draft, whole
from lti_tool.services.frameworks.published_criteria import published_criteria

MOST_LINKS = 1000
DEFINITIONS = ("CFConcepts", "CFSubjects", "CFLicenses", "CFItemTypes", "CFAssociationGroupings")


@dataclass(frozen=True, slots=True)
class CaseServer:
    """Use cases of reading by CASE 1.1; everything not served is NotFound."""

    db: Database
    base_url: str

    def documents(self) -> list[Json]:
        """Return all CFDocuments."""
        with self.db.read() as session:
            return [self._writer(one).document() for one in _served(session)]

    def document(self, identifier: str) -> Json:
        """Return one CFDocument."""
        with self.db.read() as session:
            return self._writer(_framework(session, identifier)).document()

    def package(self, identifier: str) -> Iterator[bytes]:
        """Return a whole CFPackage as JSON, piece by piece."""
        with self.db.read() as session:
            framework = _framework(session, identifier)
            writer = self._writer(framework, whole(session, framework))
            writer = replace(writer, criteria=self._criteria(session, framework))
        return case_package(writer)

    def item(self, identifier: str) -> Json:
        """Return one CFItem; a retired one has a day on which that happened."""
        with self.db.read() as session:
            framework, competency = _competency(session, Competency.identifier == identifier)
            return self._item(session, framework, competency)

    def item_associations(self, identifier: str) -> Json:
        """Return one CFItem with all CFAssociations that begin or end there."""
        with self.db.read() as session:
            framework, competency = _competency(session, Competency.identifier == identifier)
            writer = self._writer(framework)
            item, parent = _with_parent(session, competency)
            below = session.scalars(
                select(Competency)
                .where(Competency.parent_id == competency.id, Competency.retired_at.is_(None))
                .order_by(Competency.position, Competency.id)
                .limit(MOST_LINKS)
            )
            links = session.scalars(
                select(CompetencyLink)
                .where(
                    CompetencyLink.framework_id == framework.id,
                    or_(
                        CompetencyLink.origin == identifier,
                        CompetencyLink.destination == identifier,
                    ),
                )
                .limit(MOST_LINKS)
            )
            told = [writer.child_of(item, parent)]
            told += [writer.child_of(item_draft(one, item.identifier), item) for one in below]
            told += [writer.association(link_draft(link)) for link in links]
            document = {"CFDocumentURI": writer.document_link}
            return {
                "CFItem": self._item(session, framework, competency),
                "CFAssociations": [{**one, **document} for one in told],
            }

    def association(self, identifier: str) -> Json:
        """Return one CFAssociation."""
        with self.db.read() as session:
            for framework in _served(session):
                link = session.scalar(
                    select(CompetencyLink).where(
                        CompetencyLink.framework_id == framework.id,
                        CompetencyLink.identifier == identifier,
                    )
                )
                if link is not None:
                    writer = self._writer(framework)
                    told = writer.association(link_draft(link))
                    return {**told, "CFDocumentURI": writer.document_link}
            found = _competency(session, Competency.link_identifier == identifier)
            writer = self._writer(found[0])
            told = writer.child_of(*_with_parent(session, found[1]))
            return {**told, "CFDocumentURI": writer.document_link}

    def rubric(self, identifier: str) -> Json:
        """Return one CFRubric: a scale, an activity's criteria, or one that came along."""
        with self.db.read() as session:
            for framework in _served(session):
                criteria = self._criteria(session, framework)
                for rubric in replace(self._writer(framework), criteria=criteria).rubrics():
                    if _is(rubric, identifier):
                        return rubric
        raise NotFound("rubric")

    def definition(self, kind: str, identifier: str) -> Json:
        """Return one definition of a kind in ``DEFINITIONS``."""
        with self.db.read() as session:
            for framework in _served(session):
                ours = Competency.framework_id == framework.id
                kinds = set(session.scalars(select(Competency.kind).where(ours).distinct()))
                for one in self._writer(framework).definitions(kinds).get(kind, []):
                    if _is(one, identifier):
                        found: Json = one
                        return found
        raise NotFound(kind)

    def _writer(self, framework: CompetencyFramework, draft: Any = None) -> CaseWriter:
        moment = framework.updated_at or framework.created_at
        return CaseWriter(draft or head(framework), self.base_url, moment)

    def _criteria(self, session: Session, framework: CompetencyFramework) -> tuple[Json, ...]:
        """Return the criteria that educators publish with a framework."""
        writer = self._writer(framework)
        return tuple(
            rubric(one, writer) for one in published_criteria(session, framework, self.base_url)
        )

    def _item(
        self, session: Session, framework: CompetencyFramework, competency: Competency
    ) -> Json:
        item, _parent = _with_parent(session, competency)
        told = self._writer(framework).item(item, with_document=True)
        if competency.retired_at is not None:
            told["statusEndDate"] = competency.retired_at.date().isoformat()
        return told


def _served(session: Session) -> list[CompetencyFramework]:
    """Return the frameworks that everybody may read, the installation's first."""
    query = (
        select(CompetencyFramework)
        .where(
            or_(
                CompetencyFramework.registration_id.is_(None),
                CompetencyFramework.is_public.is_(True),
            )
        )
        .order_by(
            CompetencyFramework.registration_id.is_not(None),
            CompetencyFramework.created_at,
            CompetencyFramework.id,
        )
        .options(selectinload(CompetencyFramework.levels))
    )
    served: dict[str, CompetencyFramework] = {}
    for one in session.scalars(query):
        if is_served(one):
            served.setdefault(one.identifier, one)
    return list(served.values())


def is_served(framework: CompetencyFramework) -> bool:
    """Return whether everybody may read a framework here."""
    named = (*framework.title.values(), framework.creator, framework.uri)
    verdict = judge(framework.licence, framework.licence_url, *named)
    is_ours = framework.registration_id is None or framework.is_public
    return is_ours and verdict.sharing is Sharing.OPEN


def _framework(session: Session, identifier: str) -> CompetencyFramework:
    for one in _served(session):
        if one.identifier == identifier:
            return one
    raise NotFound("framework")


def _competency(session: Session, condition: Any) -> tuple[CompetencyFramework, Competency]:
    served = {one.id: one for one in _served(session)}
    query = select(Competency).where(condition, Competency.framework_id.in_(served))
    found = {one.framework_id: one for one in session.scalars(query)}
    for framework_id, framework in served.items():
        if framework_id in found:
            return framework, found[framework_id]
    raise NotFound("competency")


def _with_parent(session: Session, competency: Competency) -> tuple[ItemDraft, ItemDraft | None]:
    """Return a competency and the one above it."""
    if competency.parent_id is None:
        return item_draft(competency), None
    parent = session.get_one(Competency, competency.parent_id)
    return item_draft(competency, parent.identifier), item_draft(parent)


def _is(one: Any, identifier: str) -> bool:
    return isinstance(one, dict) and str(one.get("identifier", "")).lower() == identifier
