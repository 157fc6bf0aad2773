"""Where a launch lands: on to the page for this person; their name and time zone."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lti_tool.rules.landing import Landing, landing
from lti_tool.schemas.home import LanguageForm, NameForm, TimeZoneForm
from lti_tool.views.forms import form_page, read_form, read_json
from lti_tool.views.guards import allow, everyone
from lti_tool.views.landing import address
from lti_tool.views.notices import see_other
from lti_tool.views.render import page
from lti_tool.views.session import services, session_blueprint, viewer

bp = session_blueprint("home", __name__)


@bp.get("/")
@allow(*everyone)
def index() -> Response | str:
    """Send the person on to what they came for, or say why there is nothing for them yet."""
    person = viewer()
    where = landing(person.kind, person.role, bool(person.display_name), person.activity_id)
    if where is Landing.STAFF_ONLY:
        return page("home/staff_only.html", window=services().deep_linking.window(person))
    if where is Landing.NOT_READY:
        return page("home/not_ready.html")
    endpoint, values = address(where, person.activity_id)
    return see_other(endpoint, notice="begun_anew" if person.begins_anew else "", **values)


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


@bp.post("/language")
@allow(*everyone)
def language() -> Response:
    """Keep the language that the person chose; it wins over what the LMS says."""
    services().launches.choose_language(viewer(), read_form(LanguageForm)["locale"])
    return see_other("home.index")
