"""Places in lists, told to programs as text that only we can read.

A place may hold what its reader must not know, as the time to the second at which somebody wrote
under a pseudonym; so it is encrypted.
"""

from __future__ import annotations

import json
import uuid

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.secrecy import Secrets


def sealed(secrets: Secrets, of: str, within: uuid.UUID, place: object) -> str | None:
    """Return a cursor for ``place`` in one list; None if there is no place."""
    if place is None:
        return None
    return secrets.encrypt(json.dumps([of, str(within), str(place)]))


def opened(secrets: Secrets, of: str, within: uuid.UUID, cursor: str) -> str:
    """Return the place behind a cursor, empty for none; raise InvalidInput for another list's."""
    if not cursor:
        return ""
    try:
        kind, parent, place = json.loads(secrets.decrypt(cursor))
    except ValueError as error:
        raise unusable() from error
    if (kind, parent) != (of, str(within)):
        raise unusable()
    return str(place)


def unusable() -> InvalidInput:
    """Return the error of a cursor that leads nowhere (any more)."""
    message = _("This is no “next” of this list. Begin again without a cursor.")
    return InvalidInput({"cursor": [message]})
