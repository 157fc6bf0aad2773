"""Choosing competencies in the activity form: search, recently used, trees; no script is needed.

A competency stands in one place of the form only: what is chosen comes first, and nowhere else.
"""

from __future__ import annotations

import uuid
from typing import Any

from lti_tool.schemas.competency_targets import target_field
from lti_tool.services.frameworks.browsing import Found
from lti_tool.views.pages.studio.prompt_fields import Form
from lti_tool.views.session import services, viewer

SEARCH, SEARCHED = "competency_search", "competency_searched"
MOST_TYPED = 100


def picker(form: Form) -> dict[str, Any]:
    """Return what the form shows to choose from."""
    browsing, person = services().framework_browsing, viewer()
    words = form.get(SEARCH, "").strip()[:MOST_TYPED]
    chosen = browsing.named(person, _ids(form))
    known = {one.id for one in chosen}
    found = [one for one in browsing.search(person, words) if one.id not in known]
    known |= {one.id for one in found}
    recent = [one for one in browsing.recent(person) if one.id not in known]
    known |= {one.id for one in recent}
    trees = browsing.trees(person)
    levels = {tree.card.id: tree.card.levels for tree in trees}
    return {
        "levels_of": {one.id: levels.get(one.framework_id, ()) for one in chosen},
        "targets": {one.id: form.get(target_field(one.id), "") for one in chosen},
        "target_field": target_field,
        "chosen_competencies": chosen,
        "chosen": [str(one.id) for one in chosen],
        "search_words": words,
        "found_competencies": found,
        "recent_competencies": recent,
        "trees": trees,
        "elsewhere": known,
        "open_framework": _open(chosen, [tree.card.id for tree in trees]),
    }


def wants_search(form: Form) -> bool:
    """Return whether words were typed that nobody has searched for yet: Enter searches, too."""
    return form.get(SEARCH, "").strip() not in ("", form.get(SEARCHED, "").strip())


def _ids(form: Form) -> list[uuid.UUID]:
    found = []
    for text in form.getlist("competencies"):
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _open(chosen: list[Found], frameworks: list[uuid.UUID]) -> uuid.UUID | None:
    """Return the framework whose tree stands open: that of what is chosen, else the first."""
    return chosen[0].framework_id if chosen else next(iter(frameworks), None)
