"""Items and associations of a CASE package (CASE 1.1, 6.2.4 and 6.2.1)."""

from __future__ import annotations

import re
from typing import Any

from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import (
    LANGUAGE,
    UNORDERED,
    ItemDraft,
    LinkDraft,
    as_identifier,
    derived,
    is_uuid,
    packed,
)
from lti_tool.schemas.frameworks.problems import Problems, tidied

CHILD_OF = "isChildOf"
TRANSLATION_OF = "isTranslationOf"
EXTENSION = "miroir"
"""Our name within ``extensions``: texts in other languages, the scale."""
_KINDS = {
    kind.lower(): kind
    for kind in (
        CHILD_OF,
        "isPeerOf",
        "isPartOf",
        "exactMatchOf",
        "precedes",
        "isRelatedTo",
        "replacedBy",
        "exemplar",
        "hasSkillLevel",
        TRANSLATION_OF,
    )
}
_UUID_WITHIN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MODELLED = (
    "identifier",
    "uri",
    "fullStatement",
    "humanCodingScheme",
    "CFItemType",
    "notes",
    "extensions",
)


def item(value: Any, place: str, problems: Problems) -> ItemDraft | None:
    """Return an item; its language is the text's key, empty if it tells none."""
    if not isinstance(value, dict):
        problems.add(place, _("An object is expected here."))
        return None
    uri = address(value)
    told = _id_text(value, uri)
    statement = problems.text(f"{place}, fullStatement", value.get("fullStatement"))
    code = problems.text(f"{place}, humanCodingScheme", value.get("humanCodingScheme"), 500)
    statement = statement or problems.text(place, value.get("abbreviatedStatement")) or code
    if not told:
        problems.add(f"{place}, identifier", _("It is missing."))
    if not statement:
        problems.add(f"{place}, fullStatement", _("It is missing."))
    if not told or not statement:
        return None
    language = value.get("language") if isinstance(value.get("language"), str) else ""
    notes = problems.text(f"{place}, notes", value.get("notes"))
    return ItemDraft(
        identifier=as_identifier(told, uri),
        code=code,
        statement={language or "": statement},
        description={language or "": notes} if notes else {},
        kind=problems.text(f"{place}, CFItemType", value.get("CFItemType"), 500),
        uri=uri,
        extra=_extra(value, place, problems),
        place=place,
        order=UNORDERED,
    )


def association(value: Any, place: str, problems: Problems) -> LinkDraft | None:
    """Return an association; both its ends may be addresses instead of objects."""
    if not isinstance(value, dict):
        problems.add(place, _("An object is expected here."))
        return None
    kind = problems.text(f"{place}, associationType", value.get("associationType"), 100)
    origin, destination = node(value.get("originNodeURI")), node(value.get("destinationNodeURI"))
    for name, found in (
        ("associationType", kind),
        ("originNodeURI", origin),
        ("destinationNodeURI", destination),
    ):
        if not found:
            problems.add(f"{place}, {name}", _("It is missing."))
    kind = _KINDS.get(kind.lower(), kind)
    told = _id_text(value, address(value))
    identifier = as_identifier(told) if told else derived(kind, origin, destination)
    sequence: Any = value.get("sequenceNumber")
    rest = {
        name: inner
        for name, inner in value.items()
        if name not in ("identifier", "associationType")
    }
    return LinkDraft(
        identifier,
        kind,
        origin,
        destination,
        _packed({"case": rest}, place, problems),
        float(sequence) if _is_number(sequence) else UNORDERED,
    )


def node(value: Any) -> str:
    """Return the identifier of an association's end, given as an object or as an address."""
    if isinstance(value, dict):
        told = _id_text(value, address(value))
        return as_identifier(told) if told else ""
    return as_identifier(_last_uuid(value) or value) if isinstance(value, str) and value else ""


def address(value: dict[str, Any]) -> str:
    """Return the ``uri`` of an object, if it is a web address or a URN."""
    found = value.get("uri")
    return found.strip()[:2000] if isinstance(found, str) else ""


def language_key(tag: str) -> str:
    """Return the key of a text in this language: ``en`` for ``en-US``."""
    found = LANGUAGE.fullmatch(tag.strip().lower().replace("_", "-"))
    return tag.strip().lower().replace("_", "-").split("-")[0] if found else "en"


def _id_text(value: dict[str, Any], uri: str) -> str:
    told = value.get("identifier")
    return told.strip() if isinstance(told, str) and told.strip() else _last_uuid(uri)


def _last_uuid(text: str) -> str:
    found = _UUID_WITHIN.findall(text)
    return found[-1].lower() if found else ""


def _extra(value: dict[str, Any], place: str, problems: Problems) -> str:
    rest = {name: inner for name, inner in value.items() if name not in _MODELLED}
    told = value.get("identifier")
    if isinstance(told, str) and not is_uuid(told.strip().lower()):
        rest["identifier"] = told
    extensions = dict(found) if isinstance(found := value.get("extensions"), dict) else {}
    ours = extensions.pop(EXTENSION, None)
    rest["extensions"] = extensions
    kept = {"case": {name: inner for name, inner in rest.items() if inner not in (None, {}, [])}}
    return _packed({**kept, "texts": ours if isinstance(ours, dict) else {}}, place, problems)


def _packed(values: dict[str, Any], place: str, problems: Problems) -> str:
    try:
        return packed(tidied(values))
    except RecursionError:
        problems.add(place, _("This is nested too deep."))
        return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
