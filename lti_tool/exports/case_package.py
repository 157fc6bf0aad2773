"""A whole CASE package, written object by object: fifty thousand are never in memory at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lti_tool.exports.case import CaseWriter
from lti_tool.exports.case_values import Json, kept_of


def case_package(writer: CaseWriter) -> Iterator[bytes]:
    """Yield a whole CFPackage as JSON, object by object."""
    draft = writer.draft
    by_id = {item.identifier: item for item in draft.items}
    yield b'{"CFDocument":' + _dumped(writer.document())
    items = (one for item in draft.items for one in (writer.item(item), *writer.translations(item)))
    yield from _array("CFItems", items)
    placed = (writer.child_of(item, by_id.get(item.parent)) for item in draft.items)
    further = (writer.association(link) for link in draft.links)
    yield from _array("CFAssociations", (one for some in (placed, further) for one in some))
    kinds = {item.kind for item in draft.items}
    yield b',"CFDefinitions":' + _dumped(writer.definitions(kinds))
    yield from _array("CFRubrics", iter(writer.rubrics()))
    for name, value in kept_of(draft.extra).get("package", {}).items():
        yield b"," + _dumped(name) + b":" + _dumped(value)
    yield b"}\n"


def _array(name: str, values: Iterator[Json]) -> Iterator[bytes]:
    yield b',"' + name.encode() + b'":['
    for number, value in enumerate(values):
        yield (b",\n" if number else b"\n") + _dumped(value)
    yield b"]"


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
