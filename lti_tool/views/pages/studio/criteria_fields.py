"""The rows of the criteria form, and the buttons that only rearrange them.

They send ``do``, with the number of a row behind a dot: ``up.2``, ``level.0``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lti_tool import i18n
from lti_tool.rules.criteria import (
    LEAST_LEVELS,
    MOST_CRITERIA,
    MOST_LEVELS,
    CriterionValues,
    ready_set,
)
from lti_tool.rules.rubrics import RubricSet
from lti_tool.views.pages.studio.prompt_fields import Fields, Form, put, take

FIRST_LEVELS = 3
"""Levels that a new criterion begins with."""


def criterion_fields(criterion: CriterionValues, locale: str) -> Fields:
    """Return one criterion as fields, worded in the activity's language."""
    with i18n.use(locale):
        worded = criterion.worded()
    row = {
        "root": str(criterion.root or ""),
        "template_key": criterion.template_key,
        "competency": str(criterion.competency_id or ""),
        "name": worded.name,
        "asks": worded.asks,
    }
    for place, level in enumerate(worded.levels, start=1):
        row |= {f"label_{place}": level.label, f"description_{place}": level.description}
    return row


def place_names(form: Form, number: int) -> list[int]:
    """Return the places of the levels that a row shows, at least as many as are asked for."""
    shown = _places(key.removeprefix(f"criteria.{number}.") for key in form)
    return shown or list(range(1, LEAST_LEVELS + 1))


def rearranged(form: Form, act: str, locale: str, rubrics: Mapping[str, RubricSet]) -> Form:
    """Return the form after what a button asked for; an unknown one changes nothing."""
    verb, _dot, number = act.partition(".")
    rows = take(form, "criteria")
    if verb in ("set", "paste"):
        chosen = form.get("set", "") if verb == "set" else ""
        found = rubrics[chosen].criteria if chosen in rubrics else ready_set(chosen, locale)
        rows += [criterion_fields(one, locale) for one in found]
        if verb == "paste":
            form.pop("rubric", None)
    elif verb == "add":
        rows.append({f"label_{place}": "" for place in range(1, FIRST_LEVELS + 1)})
    elif verb in ACTS and number.isdecimal() and int(number) < len(rows):
        ACTS[verb](rows, int(number))
    put(form, "criteria", rows[:MOST_CRITERIA])
    return form


def _places(names: Iterable[str]) -> list[int]:
    starts = (name.removeprefix("label_") for name in names if name.startswith("label_"))
    return sorted(int(place) for place in starts if place.isdecimal())


def _remove(rows: list[Fields], place: int) -> None:
    rows.pop(place)


def _up(rows: list[Fields], place: int) -> None:
    if place > 0:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]


def _down(rows: list[Fields], place: int) -> None:
    if place < len(rows) - 1:
        rows[place], rows[place + 1] = rows[place + 1], rows[place]


def _level(rows: list[Fields], place: int) -> None:
    """Give a criterion one more level, above the others."""
    there = _places(rows[place])
    following = max(there, default=0) + 1
    if following <= MOST_LEVELS:
        rows[place] |= {f"label_{following}": "", f"description_{following}": ""}


def _unlevel(rows: list[Fields], place: int) -> None:
    """Take a criterion's highest level away."""
    there = _places(rows[place])
    if len(there) > LEAST_LEVELS:
        for name in ("label", "description"):
            rows[place].pop(f"{name}_{there[-1]}", None)


ACTS: dict[str, Callable[[list[Fields], int], None]] = {
    "remove": _remove,
    "up": _up,
    "down": _down,
    "level": _level,
    "unlevel": _unlevel,
}
