"""Extract texts into the catalogues, or check that every language has them all.

``python tools/translations.py`` rewrites messages.pot and merges it into each catalogue;
``--check`` changes nothing and fails if a text is missing, fuzzy or its places differ.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lti_tool"
TRANSLATIONS = PACKAGE / "translations"
LANGUAGES = ("fr", "ar")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
METHODS = [
    ("sandbox/**", "ignore"),
    ("**.py", "python"),
    ("templates/**.html", "jinja2"),
]
OPTIONS = {"templates/**.html": {"trimmed": "true"}}
PLACE = re.compile(r"%(?:\(\w+\))?[sd]")


def extract() -> Catalog:
    """Return all texts of the product."""
    catalogue = Catalog(project="Miroir", charset="utf-8")
    found = extract_from_dir(PACKAGE, METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",))
    for path, _line, message, comments, context in found:
        # No line numbers: they would change with every edit of the code.
        catalogue.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
    return catalogue


def catalogue_path(language: str) -> Path:
    """Return where a language's catalogue lies."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def load(language: str) -> Catalog:
    """Read a language's catalogue; an empty one if there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="Miroir", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Merge the extracted texts into each catalogue."""
    template = extract()
    for language in LANGUAGES:
        catalogue = load(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=100, sort_output=True, no_location=True)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


def faults(language: str, template: Catalog) -> list[str]:
    """Return what is wrong with a language's catalogue."""
    catalogue = load(language)
    found = []
    for message in template:
        if not message.id:
            continue
        translated: Message | None = catalogue.get(_texts(message.id)[0], message.context)
        if translated is None or not all(_texts(translated.string)):
            found.append(f"{language}: no translation of {message.id!r}")
        elif translated.fuzzy:
            found.append(f"{language}: unsure translation of {message.id!r}")
        elif not _same_places(message, translated):
            found.append(f"{language}: other places than {message.id!r}")
    return found


def _same_places(message: Message, translated: Message) -> bool:
    """Return whether no form names a place that the message lacks, and singular ones fit."""
    wanted = {place for text in _texts(message.id) for place in PLACE.findall(text)}
    forms = [set(PLACE.findall(text)) for text in _texts(translated.string)]
    if len(_texts(message.id)) == 1:
        return forms[0] == wanted
    return all(form <= wanted for form in forms)


def main() -> int:
    """Run as the module's documentation says."""
    if "--check" not in sys.argv:
        update()
        return 0
    template = extract()
    found = [fault for language in LANGUAGES for fault in faults(language, template)]
    for fault in found:
        sys.stderr.write(fault + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
