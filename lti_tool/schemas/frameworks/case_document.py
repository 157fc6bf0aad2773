"""The document of a CASE package: title, licence, scale (CASE 1.1, 6.2.3)."""

from __future__ import annotations

import re
from typing import Any

from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import MOST_LEVELS, FrameworkDraft, LevelDraft, as_identifier
from lti_tool.schemas.frameworks.case_fields import EXTENSION, address, language_key
from lti_tool.schemas.frameworks.choices import Choices
from lti_tool.schemas.frameworks.problems import Problems, tidied

_MODELLED = (
    "identifier",
    "uri",
    "title",
    "description",
    "creator",
    "version",
    "extensions",
    "CFPackageURI",
)
_ADDRESS = re.compile(r"https?://[^\s\"'<>)]+")


def as_framework(document: dict[str, Any], choices: Choices, problems: Problems) -> FrameworkDraft:
    """Return the framework that a CFDocument tells, without items."""
    place = "CFDocument"
    uri = address(document)
    told = document.get("identifier")
    title = problems.text(f"{place}, title", document.get("title"), 1000) or choices.stem
    language = language_key(str(document.get("language") or choices.language or "en"))
    description = problems.text(f"{place}, description", document.get("description"))
    ours = _ours(document)
    licence, licence_url = _licence(document, problems)
    creator = problems.text(f"{place}, creator", document.get("creator"), 1000)
    draft = FrameworkDraft(
        identifier=as_identifier(told if isinstance(told, str) and told.strip() else uri or title),
        title={language: title, **_texts(ours.get("title"))},
        description={
            **({language: description} if description else {}),
            **_texts(ours.get("description")),
        },
        uri=uri,
        creator="" if creator and creator == ours.get("creator") else creator,
        version=problems.text(f"{place}, version", document.get("version"), 100),
        language=language,
        unofficial=tuple(str(tag)[:20] for tag in ours.get("unofficial", [])[:50]),
        licence=licence,
        licence_url=licence_url,
        source=str(ours.get("source") or attribution(creator, title, licence, uri))[:4000],
        levels=_levels(ours.get("levels"), problems),
        scale=str(ours.get("scale") or "")[:20],
    )
    rest = {name: value for name, value in document.items() if name not in _MODELLED}
    extensions = dict(found) if isinstance(found := document.get("extensions"), dict) else {}
    extensions.pop(EXTENSION, None)
    package_uri = document.get("CFPackageURI")
    if extensions:
        rest["extensions"] = extensions
    if package_uri:
        rest["CFPackageURI"] = package_uri
    draft.extra["case"] = {"document": tidied(rest)}
    return draft


def attribution(creator: str, title: str, licence: str, uri: str) -> str:
    """Return the line that names where a framework comes from."""
    return ". ".join(part.strip().rstrip(".") for part in (creator, title, licence, uri) if part)


def _ours(document: dict[str, Any]) -> dict[str, Any]:
    extensions = document.get("extensions")
    found = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    return (
        {
            name: value
            for name, value in (found or {}).items()
            if isinstance(value, list if name in ("levels", "unofficial") else (dict, str))
        }
        if isinstance(found, dict)
        else {}
    )


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {language_key(tag): text for tag, text in value.items() if isinstance(text, str)}


def _licence(document: dict[str, Any], problems: Problems) -> tuple[str, str]:
    """Return name and address of the licence; a plain text may be either."""
    told = document.get("licenseURI")
    if isinstance(told, dict):
        name = problems.text("CFDocument, licenseURI", told.get("title"), 500)
        return name, address(told)
    text = problems.text("CFDocument, licenseURI", told if isinstance(told, str) else "", 500)
    found = _ADDRESS.search(text)
    return text, found[0] if found else ""


def _levels(value: Any, problems: Problems) -> tuple[LevelDraft, ...]:
    levels = [one for one in value or [] if isinstance(one, dict) and _texts(one.get("label"))]
    if len(levels) > MOST_LEVELS:
        problems.add("CFDocument", _("A scale has at most %(most)s levels.", most=MOST_LEVELS))
        return ()
    return tuple(
        LevelDraft(
            _texts(one["label"]),
            _texts(one.get("description")),
            one.get("default") is True,
            one.get("proficient") is True,
        )
        for one in levels
    )
