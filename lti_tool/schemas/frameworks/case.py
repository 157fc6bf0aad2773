"""CASE 1.0 and 1.1 packages (1EdTech Competencies and Academic Standards Exchange 1.1, 6).

Lenient where real servers differ from the specification: UUIDs in any case, addresses given as
plain texts, no ``lastChangeDateTime``, a package within ``CFPackage``, lists that are null.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext
from lti_tool.rules.frameworks import (
    UNORDERED,
    FrameworkDraft,
    ItemDraft,
    LinkDraft,
    derived,
    packed,
)
from lti_tool.schemas.frameworks.case_document import as_framework
from lti_tool.schemas.frameworks.case_fields import (
    CHILD_OF,
    TRANSLATION_OF,
    association,
    item,
    language_key,
)
from lti_tool.schemas.frameworks.choices import Choices
from lti_tool.schemas.frameworks.json_parts import parts
from lti_tool.schemas.frameworks.problems import Problems, fail, tidied

WRAPPER = "CFPackage"
LISTS = ("CFItems", "CFAssociations", "CFRubrics", "CFDocuments")


@dataclass(slots=True)
class Package:
    """What was read of a package so far."""

    document: dict[str, Any] | None = None
    definitions: dict[str, Any] = field(default_factory=dict)
    rubrics: list[Any] = field(default_factory=list)
    others: dict[str, Any] = field(default_factory=dict)
    items: dict[str, ItemDraft] = field(default_factory=dict)
    links: list[LinkDraft] = field(default_factory=list)
    doubled: list[ItemDraft] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    """Titles and addresses, if this is a server's list of frameworks."""


def read_case(content: bytes, choices: Choices, problems: Problems) -> FrameworkDraft:
    """Return the framework of a package; its items are not yet arranged.

    Raises InvalidInput for what is no package at all; smaller mistakes go to ``problems``.
    """
    package = Package()
    for name, number, value in parts(content, WRAPPER):
        _take(package, problems, name, number, value)
    if package.document is None:
        raise fail(_no_package(package))
    draft = as_framework(package.document, choices, problems)
    draft.extra["case"] = {
        **draft.extra.get("case", {}),
        "definitions": tidied(package.definitions),
        "rubrics": tidied(package.rubrics),
        "package": tidied(package.others),
    }
    placed = _place(draft, package)
    _translate(draft, package)
    _tell_lost(draft, [one for one in package.items if one not in placed])
    draft.items = [*package.items.values(), *package.doubled]
    return draft


def package_address(content: bytes) -> str:
    """Return where the package is, if this is only its document; else nothing."""
    address = ""
    for name, _number, value in parts(content, "CFDocument"):
        if name == "CFItems":
            return ""
        if name == "CFPackageURI":
            found = value.get("uri") if isinstance(value, dict) else value
            address = found if isinstance(found, str) else ""
    return address


def _take(package: Package, problems: Problems, name: str, number: int | None, value: Any) -> None:
    """Take one member of the file, or one element of a list."""
    if number is not None and name in LISTS:
        _take_element(package, problems, name, number, value)
    elif name == "CFDocument" and isinstance(value, dict):
        package.document = value
    elif name == "CFDefinitions" and isinstance(value, dict):
        package.definitions = value
    elif value is not None and name not in LISTS:
        package.others[name] = value if number is None else [*package.others.get(name, []), value]


def _take_element(package: Package, problems: Problems, name: str, number: int, value: Any) -> None:
    if name == "CFItems":
        problems.check_count(number)
        read = item(value, _("CFItems, item %(number)s", number=number + 1), problems)
        if read is not None and package.items.setdefault(read.identifier, read) is not read:
            package.doubled.append(read)
    elif name == "CFAssociations":
        problems.check_count(number // 10)
        link = association(value, _("CFAssociations, item %(number)s", number=number + 1), problems)
        if link is not None:
            package.links.append(link)
    elif name == "CFRubrics":
        package.rubrics.append(value)
    elif isinstance(value, dict) and len(package.offered) < 10:
        told = value.get("CFPackageURI")
        address = told.get("uri") if isinstance(told, dict) else told
        package.offered.append(f"{value.get('title')}: {address}")


def _no_package(package: Package) -> str:
    if package.offered:
        listed = "\n".join(package.offered)
        return _("This is a list of frameworks. Import one of them:\n%(listed)s", listed=listed)
    return _("This is no CASE package: it has no CFDocument.")


def _place(draft: FrameworkDraft, package: Package) -> set[str]:
    """Give each item its parent, return which have one; other associations stay beside them."""
    others: list[LinkDraft] = []
    placed: set[str] = set()
    package.links.sort(key=lambda one: one.order)
    package.links.reverse()
    for place in range(len(package.links)):
        link = package.links.pop()  # its text goes over to the item
        child = package.items.get(link.origin)
        leads_up = link.destination in package.items or link.destination == draft.identifier
        if link.kind != CHILD_OF or child is None or child.identifier in placed or not leads_up:
            others.append(link)
            continue
        placed.add(child.identifier)
        child.parent = link.destination if link.destination in package.items else ""
        child.order = link.order if link.order < UNORDERED else UNORDERED + place
        child.extra = packed({**child.loaded(), "link": link.told()})
    draft.links = _distinct(others)
    return placed


def _tell_lost(draft: FrameworkDraft, lost: list[str]) -> None:
    if lost:
        draft.warnings.append(
            ngettext(
                "%(num)s item has no parent in this framework; it will stand at the top.",
                "%(num)s items have no parent in this framework; they will stand at the top.",
                len(lost),
            )
        )


def _distinct(links: list[LinkDraft]) -> list[LinkDraft]:
    """Give associations that share an identifier one of their own."""
    seen: set[str] = set()
    for link in links:
        if link.identifier in seen:
            link.identifier = derived(link.identifier, link.kind, link.origin, link.destination)
        seen.add(link.identifier)
    return list({link.identifier: link for link in links}.values())


def _translate(draft: FrameworkDraft, package: Package) -> None:
    """Make one item of an item and its translations (CASE 1.1, isTranslationOf)."""
    for one in package.items.values():
        language = language_key(next(iter(one.statement)) or draft.language)
        one.statement = {language: next(iter(one.statement.values())), **_more(one, "statement")}
        if one.description:
            text = next(iter(one.description.values()))
            one.description = {language: text, **_more(one, "description")}
    for link in draft.links:
        if link.kind != TRANSLATION_OF:
            continue
        other, original = package.items.get(link.origin), package.items.get(link.destination)
        if other is None or original is None or other is original:
            continue
        language = next(iter(other.statement))
        if language not in original.statement:
            original.statement[language] = other.statement[language]
            kept = original.loaded()
            kept["translations"] = [*kept.get("translations", []), other.told()]
            original.extra = packed(kept)
            del package.items[other.identifier]


def _more(one: ItemDraft, name: str) -> dict[str, str]:
    """Return the texts in other languages that an export of ours carries."""
    if '"texts"' not in one.extra:
        return {}
    found = one.loaded().get("texts", {}).get(name, {})
    return {language: text for language, text in found.items() if isinstance(text, str)}
