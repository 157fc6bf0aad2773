"""Whether levels that tutors confirm go to Moodle's competencies: explained, looked at, decided."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound, PlatformError
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import words
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

MOODLE = "/activities/<uuid:activity_id>/moodle"


@bp.get(MOODLE)
@allow(*educators)
def moodle(activity_id: uuid.UUID) -> str:
    """Show how it stands."""
    return _show(activity_id)


@bp.post(MOODLE + "/look")
@allow(*educators)
def look_in_moodle(activity_id: uuid.UUID) -> str | tuple[str, int]:
    """Ask Moodle what it has of the activity's competencies."""
    _check(activity_id)
    try:
        looks = services().companion.sharing.look_in_moodle(viewer(), activity_id)
    except PlatformError as error:
        who = getattr(error, "who", "lms_admin")
        return _show(activity_id, fault=words.reason(error.reason), who=words.who(str(who)))
    return _show(activity_id, looks=looks)


@bp.post(MOODLE)
@allow(*educators)
def share_levels(activity_id: uuid.UUID) -> Response:
    """Switch it on, off, or have told what Moodle was not told yet."""
    _check(activity_id)
    wanted = request.form.get("do", "")
    if wanted not in ("on", "off", "again"):
        raise NotFound("choice")
    services().companion.sharing.switch(viewer(), activity_id, wanted != "off")
    services().wake()
    said = {"on": "levels_shared", "off": "levels_kept", "again": "levels_promised"}[wanted]
    return see_other("studio.moodle", notice=said, activity_id=activity_id)


def _check(activity_id: uuid.UUID) -> None:
    """Raise NotFound for an activity of another course, and where there is no companion."""
    services().activities.get(viewer(), activity_id)
    if not services().companion.sharing.is_offered(viewer()):
        raise NotFound("companion")


def _show(activity_id: uuid.UUID, **context: Any) -> str:
    _check(activity_id)
    activity = services().activities.get(viewer(), activity_id)
    sharing = services().companion.sharing.look(viewer(), activity_id)
    return page(
        "studio/moodle.html",
        activity=activity,
        activity_title=activity.title,
        sharing=sharing,
        told=sharing.counts.get(OutboxState.SENT, 0),
        refused=sharing.counts.get(OutboxState.REFUSED, 0),
        waiting=sharing.counts.get(OutboxState.QUEUED, 0)
        + sharing.counts.get(OutboxState.SENDING, 0),
        words=words,
        **context,
    )
