"""The blueprint of the learner's pages, and what its handlers share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lti_tool.errors import InvalidInput, Stale
from lti_tool.i18n import gettext as _
from lti_tool.views.session import session_blueprint

bp = session_blueprint("learner", __name__)

ACTIVITY = "/activities/<uuid:activity_id>"


@contextmanager
def conflict_in_words() -> Iterator[None]:
    """Turn a conflict between two tabs into a message above the form, which keeps what was sent."""
    try:
        yield
    except Stale as conflict:
        message = _(
            "You, in another tab or on another device, changed this text meanwhile. Below is what"
            " you have just sent; above each question stands what was saved elsewhere. Nothing is"
            " lost: put together what you want to keep, and send it again."
        )
        raise InvalidInput({"": [message]}) from conflict
