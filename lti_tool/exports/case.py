"""CASE 1.1 objects of a framework (1EdTech Competencies and Academic Standards Exchange 1.1).

What came in by CASE goes out as it came; the rest is made from what we know. Texts in further
languages, and the scale, stand in ``extensions``, which 1.1 allows everywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lti_tool.exports.case_values import Json, filled, kept_of, main, others, scale_rubric
from lti_tool.rules.frameworks import FrameworkDraft, ItemDraft, LinkDraft, derived, unpacked

PATH = "/ims/case/v1p1"
CHILD_OF = "isChildOf"
NOBODY = "Miroir"
"""The creator of a framework that tells none: the specification wants one."""
EXTENSION = "miroir"
_NO_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?")


@dataclass(frozen=True, slots=True)
class CaseWriter:
    """Writes one framework; ``items`` of ``draft`` are only needed for a whole package.

    ``base_url`` is ours; ``moment`` stands for changes whose time nobody told.
    """

    draft: FrameworkDraft
    base_url: str
    moment: datetime
    criteria: tuple[Json, ...] = ()
    """CFRubrics of activities that use the framework (``exports.rubrics``)."""

    def document(self, with_package: bool = True) -> Json:
        """Return the CFDocument; within a package its own address is left out."""
        draft = self.draft
        kept = dict(kept_of(draft.extra).get("document", {}))
        package = kept.pop("CFPackageURI", None)
        kept["extensions"] = {**kept.get("extensions", {}), EXTENSION: self._about()}
        told: Json = {
            "identifier": draft.identifier,
            "uri": self.document_uri,
            "creator": draft.creator or NOBODY,
            "title": main(draft.title, draft.language),
            "description": main(draft.description, draft.language),
            "language": draft.language,
            "version": draft.version,
            "caseVersion": "1.1",
            **({"licenseURI": self._licence_uri()} if draft.licence else {}),
            **self._dated(kept),
        }
        if with_package:
            told["CFPackageURI"] = package or self.link(
                "CFPackages", draft.identifier, told["title"]
            )
        return filled(told)

    def item(self, item: ItemDraft, with_document: bool = False) -> Json:
        """Return a CFItem; alone, it names its document."""
        extra = item.loaded()
        kept = dict(extra.get("case", {}))
        kept.pop("identifier", None)
        language = self.draft.language
        more = {
            name: rest
            for name, texts in (("statement", item.statement), ("description", item.description))
            if (rest := others(texts, language))
        }
        translated = {next(iter(one["statement"])) for one in extra.get("translations", [])}
        more = {
            name: {tag: text for tag, text in texts.items() if tag not in translated}
            for name, texts in more.items()
        }
        if any(more.values()):
            kept["extensions"] = {**kept.get("extensions", {}), EXTENSION: filled(more)}
        told = {
            "identifier": item.identifier,
            "uri": item.uri or self.uri("CFItems", item.identifier),
            "fullStatement": main(item.statement, language),
            "humanCodingScheme": item.code,
            "CFItemType": item.kind,
            "notes": main(item.description, language),
            "language": language,
            **self._dated(kept),
        }
        if item.kind and "CFItemTypeURI" not in told:
            identifier = self._kind_id(item.kind)
            told["CFItemTypeURI"] = self.link("CFItemTypes", identifier, item.kind)
        if with_document:
            told["CFDocumentURI"] = self.document_link
        return filled(told)

    def child_of(self, item: ItemDraft, parent: ItemDraft | None) -> Json:
        """Return the CFAssociation that places an item below its parent, or below the document."""
        above = parent.identifier if parent else self.draft.identifier
        told = item.loaded().get("link", {})
        identifier = item.link_identifier(self.draft.identifier)
        if told.get("identifier") == identifier:
            kept = {**told["case"], **self._dated(told["case"])}
            return {"identifier": identifier, "associationType": CHILD_OF, **kept}
        title = main(parent.statement if parent else self.draft.title, self.draft.language)
        uri = (parent.uri or self.uri("CFItems", above)) if parent else self.document_uri
        return self._association(
            identifier,
            CHILD_OF,
            self.node(item),
            {"title": title, "identifier": above, "uri": uri},
            item.position,
        )

    def association(self, link: LinkDraft) -> Json:
        """Return another CFAssociation."""
        kept = unpacked(link.extra).get("case")
        if kept:
            told = {"identifier": link.identifier, "associationType": link.kind, **kept}
            return {**told, **self._dated(kept)}
        return self._association(
            link.identifier,
            link.kind,
            self.link("CFItems", link.origin, link.origin),
            self.link("CFItems", link.destination, link.destination),
        )

    def translations(self, item: ItemDraft) -> Iterator[Json]:
        """Yield the CFItems that were read as translations of this one."""
        for told in item.loaded().get("translations", []):
            other = ItemDraft(
                **{name: value for name, value in told.items() if name != "extra"},
                extra=json.dumps(told["extra"]),
            )
            language = next(iter(other.statement))
            yield {**self.item(other), **filled(self._in_language(other, language))}

    def rubrics(self) -> list[Json]:
        """Return the scale, criteria of activities, and the rubrics that came along."""
        ours = (
            [scale_rubric(self.draft, self.uri("CFRubrics", ""), self.now)]
            if self.draft.levels
            else []
        )
        ours += self.criteria
        known = {one["identifier"] for one in ours}
        kept = kept_of(self.draft.extra).get("rubrics", [])
        return ours + [one for one in kept if one.get("identifier") not in known]

    def definitions(self, kinds: Iterable[str]) -> Json:
        """Return the CFDefinitions: what came in, and the kinds of items and the licence."""
        kept = dict(kept_of(self.draft.extra).get("definitions", {}))
        types = list(kept.get("CFItemTypes") or [])
        known = {one.get("title") for one in types}
        types += [self._kind(kind) for kind in sorted({*kinds} - known) if kind]
        licences = list(kept.get("CFLicenses") or [])
        if self.draft.licence and not licences:
            licences = [self.licence()]
        return filled({**kept, "CFItemTypes": types, "CFLicenses": licences})

    def licence(self) -> Json:
        """Return the CFLicense."""
        link = self._licence_uri()
        text = ". ".join(filter(None, (self.draft.licence_url, self.draft.source)))
        return {
            **{name: link[name] for name in ("identifier", "uri", "title")},
            "licenseText": text or self.draft.licence,
            "lastChangeDateTime": self.now,
        }

    def node(self, item: ItemDraft) -> Json:
        """Return the end of an association at an item."""
        title = main(item.statement, self.draft.language)
        uri = item.uri or self.uri("CFItems", item.identifier)
        return {"title": item.code or title, "identifier": item.identifier, "uri": uri}

    def uri(self, kind: str, identifier: str) -> str:
        """Return our address of an object."""
        return f"{self.base_url}{PATH}/{kind}/{identifier}"

    def link(self, kind: str, identifier: str, title: str) -> Json:
        """Return a link to an object of ours."""
        return {"title": title, "identifier": identifier, "uri": self.uri(kind, identifier)}

    @property
    def document_uri(self) -> str:
        """The publisher's address of the document, else ours."""
        return self.draft.uri or self.uri("CFDocuments", self.draft.identifier)

    @property
    def document_link(self) -> Json:
        """A link to the document."""
        title = main(self.draft.title, self.draft.language)
        return {"title": title, "identifier": self.draft.identifier, "uri": self.document_uri}

    @property
    def now(self) -> str:
        """When something changed whose time nobody told."""
        return self.moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    def _dated(self, kept: Json) -> Json:
        """Return what was kept, with the time of its last change, which has a zone."""
        told = kept.get("lastChangeDateTime")
        if not isinstance(told, str) or not told:
            return {**kept, "lastChangeDateTime": self.now}
        return {**kept, "lastChangeDateTime": f"{told}Z" if _NO_ZONE.fullmatch(told) else told}

    def _about(self) -> Json:
        draft = self.draft
        return filled(
            {
                "title": others(draft.title, draft.language),
                "description": others(draft.description, draft.language),
                "unofficial": list(draft.unofficial),
                "source": draft.source,
                "scale": draft.scale,
                "creator": "" if draft.creator else NOBODY,
                "levels": [
                    {
                        "label": level.label,
                        "description": level.description,
                        "default": level.is_default,
                        "proficient": level.is_proficient,
                    }
                    for level in draft.levels
                ],
            }
        )

    def _licence_uri(self) -> Json:
        draft = self.draft
        identifier = derived("licence", draft.licence, draft.licence_url)
        uri = draft.licence_url or self.uri("CFLicenses", identifier)
        return {"title": draft.licence, "identifier": identifier, "uri": uri}

    def _kind_id(self, kind: str) -> str:
        for one in kept_of(self.draft.extra).get("definitions", {}).get("CFItemTypes") or []:
            if one.get("title") == kind:
                return str(one.get("identifier"))
        return derived("kind", self.draft.identifier, kind)

    def _kind(self, kind: str) -> Json:
        return {
            **self.link("CFItemTypes", self._kind_id(kind), kind),
            "description": kind,
            "hierarchyCode": "1",
            "lastChangeDateTime": self.now,
        }

    def _in_language(self, item: ItemDraft, language: str) -> Json:
        return {
            "fullStatement": item.statement[language],
            "notes": item.description.get(language, ""),
            "language": item.loaded().get("case", {}).get("language", language),
            "extensions": item.loaded().get("case", {}).get("extensions", {}),
        }

    def _association(
        self, identifier: str, kind: str, origin: Json, destination: Json, sequence: int = 0
    ) -> Json:
        return filled(
            {
                "identifier": identifier,
                "uri": self.uri("CFAssociations", identifier),
                "associationType": kind,
                "sequenceNumber": sequence or None,
                "originNodeURI": origin,
                "destinationNodeURI": destination,
                "lastChangeDateTime": self.now,
            }
        )
