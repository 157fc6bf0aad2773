"""``/lti/launch`` and the steps that bind a launch to a browser (LTI security 1.0, 5.1.1.3)."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from flask import Blueprint, g, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lti_tool.rules.vocabulary import BoundBy
from lti_tool.schemas.lti.binding import BindForm, ConfirmForm, TicketForm
from lti_tool.secrecy import new_token
from lti_tool.views.browser import browser_secrets, remember
from lti_tool.views.errors import wants_json
from lti_tool.views.forms import read_form
from lti_tool.views.landing import address
from lti_tool.views.notices import see_other
from lti_tool.views.render import page
from lti_tool.views.session import frame_by_anybody, preferred_locale, services, speak

bp = Blueprint("lti", __name__, url_prefix="/lti")
OF_ERRORS = ("error", "error_description", "state")
log = structlog.get_logger(__name__)


@bp.route("/launch", methods=["GET", "POST"], strict_slashes=False)
def launch() -> Response:
    """Accept a launch; on to its session, or to a page that finds out whose browser this is.

    A launch is posted; only an error of the platform may come in the address.
    """
    frame_by_anybody()
    told = request.form if request.method == "POST" else _error_in(request.args)
    launched = services().launches.accept(dict(told), browser_secrets())
    log.info("launch_accepted", bound=bool(launched.handle), **launched.facts)
    if launched.handle:
        endpoint, values = address(launched.landing, launched.activity_id)
        said = "begun_anew" if launched.begins_anew else ""
        return see_other(endpoint, said, handle=launched.handle, **values)
    g.frame_ancestors = list(launched.frame_ancestors)
    speak(launched.locale or preferred_locale())
    return make_response(page("lti/check.html", launched=launched))


@bp.post("/bind")
def bind() -> Response:
    """Bind a launch by what the browser had stored at login."""
    frame_by_anybody()
    form = read_form(BindForm)
    handle = services().launches.bind(form["ticket"], form["secret"], BoundBy(form["source"]))
    log.info("launch_bound", by=form["source"])
    return _enter(handle)


@bp.post("/confirm")
def confirm() -> Response:
    """In a new tab: show whose launch this is, and ask."""
    secret = next(iter(browser_secrets()), "") or new_token()
    ticket = read_form(TicketForm)["ticket"]
    asked = services().launches.confirmation(ticket, secret)
    speak(asked.locale or preferred_locale())
    response = make_response(page("lti/confirm.html", asked=asked, ticket=ticket))
    remember(response, secret)
    return response


@bp.post("/confirmed")
def confirmed() -> Response:
    """Bind a launch that the person has confirmed in this tab."""
    form, secret = read_form(ConfirmForm), next(iter(browser_secrets()), "")
    handle = services().launches.confirm(form["ticket"], secret, form["proof"])
    log.info("launch_bound", by=BoundBy.CONFIRMATION.value)
    return _enter(handle)


def _error_in(query: Mapping[str, str]) -> dict[str, str]:
    """Return the platform's error in an address, and nothing of an address that tells none."""
    return {name: query.get(name, "") for name in OF_ERRORS} if query.get("error") else {}


def _enter(handle: str) -> Response:
    """Lead into the session.

    A script is told the address, so that it can put the session in this page's place: going back
    must not lead to a page that was posted and cannot be shown again.
    """
    url = url_for("home.index", handle=handle)
    return jsonify(url=url) if wants_json() else redirect(url, code=303)
