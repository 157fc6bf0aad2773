"""Making a tree of what a file tells of parents; saying exactly where it is none."""

from __future__ import annotations

from collections.abc import Callable

from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import ItemDraft, children_of

DEEPEST = 30
"""Levels of a tree; deeper ones are a mistake, and nobody could find anything in them."""
Complain = Callable[[str, str], None]
"""Takes the place in the file, and what is wrong there."""


def arranged(items: list[ItemDraft], complain: Complain) -> list[ItemDraft]:
    """Return ``items`` in the order of the tree, each parent before its children.

    Sets ``position`` and ``depth``. Complains of doubled identifiers, of parents that do not exist,
    of items that are their own ancestors, and of trees that are too deep.
    """
    known: dict[str, ItemDraft] = {}
    for item in items:
        first = known.setdefault(item.identifier, item)
        if first is not item:
            complain(item.place, _("The same identifier as at %(place)s.", place=first.place))
    orphans = {item.identifier for item in items if item.parent and item.parent not in known}
    for item in items:
        if item.parent and item.parent not in known:
            complain(item.place, _("Its parent “%(parent)s” is not there.", parent=item.parent))
    ordered = _walk(items, orphans, complain)
    reached = {item.identifier for item in ordered}
    for item in items:
        if item.identifier not in reached and _is_in_circle(item, known):
            complain(item.place, _("It is its own parent, directly or by others in between."))
    return ordered


def _walk(items: list[ItemDraft], orphans: set[str], complain: Complain) -> list[ItemDraft]:
    """Go through the tree from the top without recursion: a chain may be as long as the file."""
    below = children_of(items)
    for group in below.values():
        group.sort(key=lambda item: item.order)
    tops = below.get("", []) + [item for item in items if item.identifier in orphans]
    waiting = [(item, 0) for item in reversed(tops)]
    ordered: list[ItemDraft] = []
    seen: set[str] = set()
    while waiting:
        item, depth = waiting.pop()
        if item.identifier in seen:
            continue
        seen.add(item.identifier)
        if depth == DEEPEST:
            complain(item.place, _("More than %(most)s levels deep.", most=DEEPEST))
        item.depth, item.position = depth, len(ordered) + 1
        ordered.append(item)
        waiting += [(child, depth + 1) for child in reversed(below.get(item.identifier, []))]
    return ordered


def _is_in_circle(item: ItemDraft, known: dict[str, ItemDraft]) -> bool:
    """Return whether going up from ``item`` comes back to it (not only to a circle above)."""
    above, steps = item.parent, 0
    while above in known and steps <= len(known):
        if above == item.identifier:
            return True
        above, steps = known[above].parent, steps + 1
    return False
