"""Check and publish: what is missing or risky, opening, scheduling, extending, archiving."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from flask import g, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from lti_tool import i18n
from lti_tool.errors import InvalidInput, Stale
from lti_tool.i18n import gettext as _
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.schemas.fields import LocalMoment, local_text
from lti_tool.services.activities.publishing import MOST_DAYS
from lti_tool.views.forms import form_page
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.pages.studio.findings import told
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

MANAGE = "/activities/<uuid:activity_id>/manage"


@bp.get(MANAGE)
@allow(*educators)
def manage(activity_id: uuid.UUID, conflict: bool = False) -> str:
    """Show where the activity stands, and what to look at before learners meet it."""
    publication = services().publishing.look(viewer(), activity_id)
    dates = publication.activity.values.dates
    return page(
        "studio/manage.html",
        publication=publication,
        activity=publication.activity,
        activity_title=publication.activity.title,
        findings=[told(one) for one in publication.findings],
        has_dates=any((dates.now_due_at, dates.new_due_at, dates.next_due_at)),
        opens_at=local_text(dates.opens_at),
        in_window=viewer().kind is SessionKind.DEEP_LINKING,
        offers_moodle=bool(publication.activity.competencies)
        and services().companion.sharing.is_offered(viewer()),
        conflict=conflict,
        zone=str(i18n.zone()),
        most_days=MOST_DAYS,
    )


@bp.post(f"{MANAGE}/open")
@allow(*educators)
@form_page(manage)
def open_at(activity_id: uuid.UUID) -> Response | tuple[str, int]:
    """Let learners begin at once, or at a moment."""
    at_once, seen = request.form.get("do") == "now", request.form.get("seen", "")
    moment = None if at_once else _moment()
    return _done(
        lambda: services().publishing.open_at(viewer(), activity_id, moment, seen),
        "opened_now" if at_once else "scheduled",
        activity_id,
    )


@bp.post(f"{MANAGE}/extend")
@allow(*educators)
@form_page(manage)
def extend(activity_id: uuid.UUID) -> Response | tuple[str, int]:
    """Move everything that is due by a number of days."""
    text = request.form.get("days", "").strip()
    days = int(text) if text.isdecimal() and len(text) < 4 else 0
    if not 1 <= days <= MOST_DAYS:
        message = _("A whole number from %(least)s to %(most)s.", least=1, most=MOST_DAYS)
        raise InvalidInput({"days": [message]})
    seen = request.form.get("seen", "")
    return _done(
        lambda: services().publishing.extend(viewer(), activity_id, days, i18n.zone(), seen),
        "extended",
        activity_id,
    )


@bp.post(f"{MANAGE}/archive")
@allow(*educators)
def archive_activity(activity_id: uuid.UUID) -> Response | tuple[str, int]:
    """Close the activity; it can be opened again at once."""
    seen = request.form.get("seen", "")
    return _done(
        lambda: services().publishing.archive(viewer(), activity_id, seen), "archived", activity_id
    )


@bp.post(f"{MANAGE}/reopen")
@allow(*educators)
def reopen(activity_id: uuid.UUID) -> Response | tuple[str, int]:
    """Open an archived activity again."""
    seen = request.form.get("seen", "")
    return _done(
        lambda: services().publishing.reopen(viewer(), activity_id, seen), "reopened", activity_id
    )


def _moment() -> datetime:
    """Return the date and time that the form says; raise InvalidInput where it says none."""
    message = _("Write a date and a time, like 2030-05-31 17:00.")
    try:
        moment = LocalMoment().deserialize(request.form.get("opens_at", ""))
    except ValidationError as error:
        raise InvalidInput({"opens_at": [message]}) from error
    if not isinstance(moment, datetime):
        raise InvalidInput({"opens_at": [message]})
    return moment


def _done(
    act: Callable[[], None], notice: str, activity_id: uuid.UUID
) -> Response | tuple[str, int]:
    """Do it, and say so; where somebody was faster, show how it stands now."""
    try:
        act()
    except Stale:
        g.typed = request.form
        return manage(activity_id=activity_id, conflict=True), 409
    return see_other("studio.manage", notice=notice, activity_id=activity_id)
