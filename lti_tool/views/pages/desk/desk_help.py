"""What helps a tutor to decide fast: saved replies, shortcuts, the last bulk decision."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request

from lti_tool.i18n import gettext as _
from lti_tool.services.activities.activities import ActivityView
from lti_tool.services.desk.bulk import BulkDone
from lti_tool.services.desk.work import WorkView
from lti_tool.views.session import services, viewer


def context(activity: ActivityView, opened: WorkView | None) -> dict[str, Any]:
    """Return what the desk's page shows beside its list and its work."""
    replies = services().replies
    name = opened.author.name if opened else ""
    language = opened.language if opened else ""
    return {
        "replies": replies.offered(viewer(), activity, name, language) if opened else (),
        "shortcuts": replies.shortcuts(viewer()),
        "keys": keys(),
        "many": many(activity.id),
        "left_alone": request.args.get("left", 0, type=int),
    }


def keys() -> list[tuple[str, str]]:
    """Return the single keys of the desk with what they do."""
    return [
        ("n", _("Open the next one")),
        ("p", _("Open the one before")),
        ("s", _("Share it, or leave it as it is")),
        ("r", _("Return it to its author; without words yet, go to the words")),
        ("w", _("Withhold it; without words yet, go to the words")),
        ("c", _("Go to the words to the author")),
        ("u", _("Undo what was just decided")),
        ("Esc", _("Leave a field, so that keys work again")),
        ("?", _("Show this list")),
    ]


def many(activity_id: uuid.UUID) -> BulkDone | None:
    """Return the bulk decision that the URL says was just taken, or None."""
    try:
        batch_id = uuid.UUID(request.args.get("many", ""))
    except ValueError:
        return None
    return services().moderation.taken_many(viewer(), activity_id, batch_id)
