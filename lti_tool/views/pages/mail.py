"""The links in mails: ending them without logging in, by a button or with one click (RFC 8058)."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.services.mailing.wishes import Subject
from lti_tool.views.render import page
from lti_tool.views.session import preferred_locale, services, speak

bp = Blueprint("mail", __name__)
LINK = "/mail/<string:what>/<string(length=97):token>"


@bp.get(LINK)
def wish(what: str, token: str) -> Response:
    """Show what the link ends, with a button: looking at it changes nothing, mail scanners do."""
    subject = _subject(what)
    found = services().wishes.look(subject, token)
    speak(found.locale or preferred_locale(), found.time_zone)
    response = make_response(page("home/mail.html", wish=found, what=what, token=token))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.post(LINK)
def choose(what: str, token: str) -> Response:
    """End such mails, or let them come again; the signature in the address is the right to it."""
    subject = _subject(what)
    services().wishes.choose(subject, token, on=request.form.get("on") == "1")
    if request.form.get("List-Unsubscribe") == "One-Click":
        return make_response("", 200)
    return redirect(url_for("mail.wish", what=what, token=token), 303)


def _subject(what: str) -> Subject:
    try:
        return Subject(what)
    except ValueError as error:
        raise NotFound("mail wish") from error
