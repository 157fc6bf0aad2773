"""Where a launch lands: on to the page for this person; their name and time zone."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.schemas.home import NameForm, TimeZoneForm
from lti_tool.views.forms import form_page, read_form, read_json
from lti_tool.views.guards import allow, everyone
from lti_tool.views.notices import see_other
from lti_tool.views.render import page
from lti_tool.views.session import services, session_blueprint, viewer

bp = session_blueprint("home", __name__)


@bp.get("/")
@allow(*everyone)
def index() -> Response | str:
    """Send the person on to what they came for."""
    person = viewer()
    if person.role.takes_part and not person.display_name:
        return see_other("home.name")
    return landing(person)


def landing(person: Viewer) -> Response | str:
    """Return the page that fits the message, the role and the link."""
    if person.kind is SessionKind.DEEP_LINKING:
        return see_other("studio.choose") if person.role.moderates else page("home/staff_only.html")
    if person.activity_id is None:
        if person.role.moderates:
            return see_other("studio.attach")
        return page("home/not_ready.html")
    endpoint = "desk.queue" if person.role.moderates else "learner.overview"
    return see_other(endpoint, activity_id=person.activity_id)


@bp.get("/name")
@allow(*everyone)
def name() -> str:
    """Ask what to call the person."""
    return page("home/name.html", value=viewer().display_name)


@bp.post("/name")
@allow(*everyone)
@form_page(name)
def choose_name() -> Response:
    """Keep the name that the person chose."""
    services().launches.choose_name(viewer(), read_form(NameForm)["name"])
    return see_other("home.index")


@bp.post("/time-zone")
@allow(*everyone)
def time_zone() -> tuple[dict[str, Any], int]:
    """Keep the browser's time zone, so that dates are the reader's."""
    if request.is_json:
        services().launches.set_time_zone(viewer(), read_json(TimeZoneForm)["zone"])
    return {}, 200
