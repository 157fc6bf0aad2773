"""Picking among the activities that a course has: one, or several where the LMS takes several."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.i18n import ngettext
from lti_tool.services.launches.deep_linking import MOST_ITEMS
from lti_tool.views.guards import allow, educators, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.pages.studio.making import allow_choosing, context, placed, window
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

MOST_TYPED = 100


@bp.get("/studio/existing")
@allow(*staff)
def existing() -> Response | str:
    """List the course's activities; what is chosen stays chosen from page to page."""
    allow_choosing()
    opened = window()
    if opened is not None and opened.trouble is not None:
        return see_other("studio.choose")
    several = opened is not None and opened.wishes.several
    chosen = _ids("activity")[:MOST_ITEMS] if several else []
    search, after = request.args.get("q", "").strip()[:MOST_TYPED], next(iter(_ids("after")), None)
    return page(
        "studio/existing.html",
        page=services().activity_lists.page(viewer(), search, after, chosen),
        several=several,
        search=search,
        paged=after is not None,
        chosen=chosen,
        labels=_labels() if several else [],
        removed=next(iter(_ids("removed")), None),
        **context(opened),
    )


@bp.post("/studio/pick")
@allow(*educators)
def pick() -> Response:
    """Let this plain link open an activity that the course has already."""
    activity_id = _posted()
    services().activities.attach(viewer(), activity_id)
    return placed(activity_id)


@bp.post("/studio/archive")
@allow(*staff)
def archive() -> Response:
    """Offer a draft no more; it can be brought back at once."""
    allow_choosing()
    activity_id = _posted()
    services().activity_lists.archive(viewer(), activity_id)
    return see_other("studio.existing", removed=activity_id, **_kept())


@bp.post("/studio/restore")
@allow(*staff)
def restore() -> Response:
    """Offer an archived draft again."""
    allow_choosing()
    services().activity_lists.restore(viewer(), _posted())
    return see_other("studio.existing", notice="undone", **_kept())


def _posted() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("activity", ""))
    except ValueError as error:
        raise NotFound("activity") from error


def _kept() -> dict[str, Any]:
    """Return what was searched for and chosen, as it stands in the address."""
    search, chosen = request.args.get("q", ""), request.args.getlist("activity")
    return {name: value for name, value in (("q", search), ("activity", chosen)) if value}


def _ids(name: str) -> list[uuid.UUID]:
    """Return identifiers from the address, each once; raise NotFound for what is none."""
    try:
        found = [uuid.UUID(one) for one in request.args.getlist(name)]
    except ValueError as error:
        raise NotFound(name) from error
    return list(dict.fromkeys(found))


def _labels() -> list[str]:
    """Return the button's words for any number of chosen activities, from one on."""
    counts = range(1, MOST_ITEMS + 1)
    return [ngettext("Add %(num)s activity", "Add %(num)s activities", count) for count in counts]
