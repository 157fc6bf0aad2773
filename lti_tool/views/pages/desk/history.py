"""The moderation history of the course as a page, and as a file for a spreadsheet."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.rules.vocabulary import Step
from lti_tool.schemas.fields import YEARS
from lti_tool.services.desk.audit import Place, Wanted
from lti_tool.views import downloads
from lti_tool.views.guards import allow, educators
from lti_tool.views.pages.desk import history_words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page, unsealed
from lti_tool.views.session import services, viewer

HISTORY = "/activities/<uuid:activity_id>/history"


@bp.get(HISTORY)
@allow(*educators)
def history(activity_id: uuid.UUID) -> str:
    """Show who did what, to what, when, from where and why; the newest first."""
    activity = services().activities.get(viewer(), activity_id)
    after = Place.parse(unsealed(request.args.get("after", "")))
    wanted = _wanted(activity_id)
    return page(
        "desk/audit.html",
        activity=activity,
        activity_title=activity.title,
        page=services().audit.page(viewer(), wanted, after),
        wanted=wanted,
        asked=_asked(),
        steps=list(Step),
        words=history_words,
        paged=after is not None,
    )


@bp.get(f"{HISTORY}.{downloads.FORM}")
@allow(*educators)
def history_file(activity_id: uuid.UUID, form: str) -> Response:
    """Give the lines that the filter lets through as a file."""
    activity = services().activities.get(viewer(), activity_id)
    found = services().audit.lines(viewer(), _wanted(activity_id))
    rows = downloads.spoken(found, history_words.row)
    table = downloads.sheet(history_words.title(), history_words.headings(), rows)
    return downloads.table_file(form, activity.title, table)


def _asked() -> dict[str, str]:
    """Return the filter as it stands in the address."""
    names = ("scope", "person", "step", "since", "until")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _wanted(activity_id: uuid.UUID) -> Wanted:
    """Return the filter of the address; without one, all of this activity."""
    asked: dict[str, Any] = _asked()
    try:
        return Wanted(
            activity_id=None if asked.get("scope") == "course" else activity_id,
            person_id=uuid.UUID(asked["person"]) if "person" in asked else None,
            step=Step(asked["step"]) if "step" in asked else None,
            since=_day(asked["since"]) if "since" in asked else None,
            until=_day(asked["until"]) if "until" in asked else None,
        )
    except ValueError as error:
        raise NotFound("filter") from error


def _day(text: str) -> date:
    """Return a day of our time; raise ValueError for others, with which nobody can reckon."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day
