"""What is kept of one person as a file of theirs: JSON for machines, a page for reading."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from markupsafe import Markup

from lti_tool import i18n
from lti_tool.exports.streamed_archive import PIECE, streamed_archive
from lti_tool.i18n import gettext as _
from lti_tool.rules.rich_text import clean

Row = dict[str, Any]
README = "README.html"
PAGE = Markup(
    '<!doctype html>\n<html lang="{locale}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    "<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    "<p>{intro}</p>\n{sections}</body>\n</html>\n"
)
SECTION = Markup("<section>\n<h2>{title} ({number})</h2>\n{rows}</section>\n")
ROW = Markup("<dl>\n{cells}</dl>\n")
CELL = Markup('<div><dt>{name}</dt><dd dir="auto">{value}</dd></div>\n')
STYLE = Markup(
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
    "dl{border-top:1px solid #999;padding:.5rem 0;margin:0}dl>div{display:flex;gap:1rem}"
    "dt{flex:0 0 11rem;color:#545c6b;overflow-wrap:anywhere}"
    "dd{margin:0;min-width:0;overflow-wrap:anywhere}dd p:first-child{margin-top:0}"
)


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one kind: ``name`` in the JSON, ``title`` on the page."""

    name: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PersonData:
    """All that is told of one person; values are what JSON can hold."""

    name: str
    platform: str
    made_at: datetime
    person: Row
    sections: tuple[Section, ...]
    files: Mapping[str, Path] = field(default_factory=dict)
    """What they added to their texts: the name in the archive, and where it lies."""


def person_archive(data: PersonData) -> Iterator[bytes]:
    """Return a ZIP with ``data.json``, the files and, in the language in force, a page to read.

    It is made while it is taken: a piece of one file is in memory at a time. A file that is gone
    by then, since its owner was erased meanwhile, is left out.
    """
    told = ((README, [_page(data).encode()]), ("data.json", [_json(data).encode()]))
    return streamed_archive(chain(told, _opened(data.files)), data.made_at)


def _opened(files: Mapping[str, Path]) -> Iterator[tuple[str, Iterable[bytes]]]:
    for name, path in files.items():
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            yield name, iter(partial(file.read, PIECE), b"")


def _json(data: PersonData) -> str:
    told = {
        "platform": data.platform,
        "made_at": data.made_at.isoformat(),
        "person": data.person,
        **{section.name: list(section.rows) for section in data.sections},
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _page(data: PersonData) -> str:
    locale = i18n.current()
    person = Section("person", _("The person"), (data.person,))
    title = _("Data of %(name)s", name=data.name or _("a person without a name"))
    intro = _(
        "Everything that Miroir keeps of this person, as of %(when)s, as the platform"
        " “%(platform)s” knows them. The same is in data.json.",
        when=i18n.exact(data.made_at),
        platform=data.platform,
    )
    sections = (_section(one) for one in (person, *data.sections) if one.rows)
    return PAGE.format(
        locale=locale.replace("_", "-"),
        direction=i18n.direction(locale),
        title=title,
        style=STYLE,
        intro=intro,
        sections=Markup("").join(sections),
    )


def _section(section: Section) -> Markup:
    rows = Markup("").join(ROW.format(cells=_cells(row)) for row in section.rows)
    return SECTION.format(title=section.title, number=len(section.rows), rows=rows)


def _cells(row: Row) -> Markup:
    shown: Iterable[tuple[str, Any]] = row.items()
    return Markup("").join(
        CELL.format(name=name.replace("_", " "), value=_shown(value))
        for name, value in shown
        if value not in (None, "", [], {})
    )


def _shown(value: Any) -> str | Markup:
    """Return a value for reading; what people wrote keeps its paragraphs."""
    if isinstance(value, str):
        # Cleaned when it was stored; cleaned again, since this page is opened outside our policy.
        return Markup(clean(value)) if "<" in value else value  # noqa: S704  (cleaned here)
    if isinstance(value, dict):
        return Markup("").join(_shown(one) for one in value.values())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
