"""Gathering what a learner may show: a function per kind of thing; another kind is one more.

It takes a tuple in ``Things``, of what a page shows of each with the ``Key`` that names it; a
function here; and its place in ``templates/components/shared.html`` and in the form.

Live, from what stands in the database now. Only what is the learner's own or was said of them:
never a response, a tutor's note, a peer, or a text that peers may not read.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.services.sharing.levels import levels_of, ratings_of
from lti_tool.services.sharing.own import Own, own_of
from lti_tool.services.sharing.texts import steps_of, texts_of
from lti_tool.services.sharing.things import Things

GATHERERS: dict[str, Callable[[Session, Own], tuple[Any, ...]]] = {
    "levels": levels_of,
    "ratings": ratings_of,
    "texts": texts_of,
    "steps": steps_of,
}
"""Who gathers what, by the field of ``Things`` in which it stands."""


def things_of(session: Session, user_id: uuid.UUID) -> Things:
    """Return all that a person may show now."""
    own = own_of(session, user_id)
    found = {name: gather(session, own) for name, gather in GATHERERS.items()}
    return Things(frameworks=own.frameworks, **found)
