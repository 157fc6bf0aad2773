"""Which item of a Moodle scale stands for one of our levels: the one that is called the same.

Moodle rates by the number of an item, 1 the first. Numbers alone prove nothing (its own scales are
often shorter than ours), so that a level is only sent where both sides call it the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LONGEST = 100
"""Characters of an item's name that an import keeps (``exports.moodle_csv``)."""


def item_of(label: Mapping[str, str], items: Sequence[str]) -> int | None:
    """Return the number of the item that is named as a level is, in any of its languages.

    None where no item is, or several are.
    """
    names = {_folded(text) for text in label.values()} - {""}
    found = [number for number, item in enumerate(items, start=1) if _folded(item) in names]
    return found[0] if len(found) == 1 else None


def _folded(text: str) -> str:
    """Return a name without what an import changes in it.

    Commas, tags' brackets, its end, an apostrophe before what a spreadsheet would compute.
    """
    plain = " ".join(
        text.lstrip("'").replace(",", ";").replace("<", "‹").replace("\\", "∖").split()
    )
    cut = plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1].rstrip()}…"
    return cut.casefold()
