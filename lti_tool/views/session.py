"""The launch session of a request: found by the handle in ``/s/<handle>/…`` (DESIGN 5)."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, current_app, g, request

from lti_tool import i18n
from lti_tool.errors import Forbidden, NotFound
from lti_tool.rules import origin
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.secrecy import same
from lti_tool.services.container import Services
from lti_tool.views.browser import arrival

CSRF_PURPOSE = "csrf"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def services() -> Services:
    """Return the services of this installation."""
    return cast(Services, current_app.extensions["miroir"])


def viewer() -> Viewer:
    """Return the person of this request's launch session."""
    return cast(Viewer, g.viewer)


def frame_by_anybody() -> None:
    """Let any site frame this page: nothing on it can be pressed to somebody's harm.

    Until a launch is accepted, and once its session is over, the framing origin is unknown (on
    hosted platforms it is not the issuer's).
    """
    g.frame_ancestors = ["https:", "http:"] if services().platforms.allow_local else ["https:"]


def csrf_token() -> str:
    """Return the token that proves a form of ours; empty outside a launch session."""
    handle = g.get("handle")
    return services().secrets.sign(CSRF_PURPOSE, handle) if handle else ""


def session_blueprint(name: str, import_name: str) -> Blueprint:
    """Return a blueprint whose routes stand under ``/s/<handle>`` and need a live session."""
    blueprint = Blueprint(name, import_name, url_prefix="/s/<handle>")
    blueprint.url_value_preprocessor(_take_handle)
    blueprint.before_request(_open)
    blueprint.url_defaults(_add_handle)
    return blueprint


def _take_handle(_endpoint: str | None, values: dict[str, object] | None) -> None:
    g.handle = str((values or {}).pop("handle", ""))


def _add_handle(_endpoint: str, values: dict[str, object]) -> None:
    """Let ``url_for`` know the handle."""
    handle = g.get("handle")
    if handle is not None:
        values.setdefault("handle", handle)


def _open() -> None:
    """Find the session, put its language in force, check that a change comes from our own form.

    Raises SessionEnded for an unknown or ended session, ElsewhereOpened for one of another browser,
    Forbidden for a forged form.
    """
    try:
        g.viewer = services().launches.viewer(g.handle, arrival())
    finally:
        if "viewer" not in g:
            speak(preferred_locale())  # to whoever reads why
            frame_by_anybody()  # it is read in the course's frame, and holds nothing to press
    g.frame_ancestors = list(g.viewer.frame_ancestors)
    speak(g.viewer.locale or preferred_locale(), g.viewer.time_zone)
    g.origin = origin.use(request.remote_addr)
    g.origin.__enter__()
    _keep_to_review(g.viewer)
    _limit_body()
    if request.method in UNSAFE:
        sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
        if not same(sent, csrf_token()):
            raise Forbidden("csrf")


def _keep_to_review(person: Viewer) -> None:
    """Raise NotFound if a session that came from the gradebook asks for another activity."""
    if person.kind is SessionKind.SUBMISSION_REVIEW:
        asked = (request.view_args or {}).get("activity_id")
        if asked is not None and asked != person.activity_id:
            raise NotFound("activity")


def _limit_body() -> None:
    """Let those routes that take files read that much more than others; nothing is read before."""
    view = current_app.view_functions.get(request.endpoint or "")
    g.takes_files = view is not None and "takes_files" in view.__dict__
    if g.takes_files:
        form = request.max_content_length or 0
        request.max_content_length = form + services().attachments.limits.each


def preferred_locale() -> str:
    """Return the first of the browser's languages that we have."""
    return i18n.negotiate(tag for tag, _quality in request.accept_languages)


def speak(locale: str, time_zone: str = "") -> None:
    """Put a language in force until this request ends."""
    hush()
    g.language = i18n.use(locale, time_zone)
    g.language.__enter__()


def hush(_error: BaseException | None = None) -> None:
    """End what was in force for this request: its language, where it came from."""
    for name in ("language", "origin"):
        entered = g.pop(name, None)
        if entered is not None:
            entered.__exit__(None, None, None)


def init_app(app: Flask) -> None:
    """Make every request speak its reader's language."""

    @app.before_request
    def greet() -> None:
        if "handle" not in g:  # the session of a handle knows its language better
            speak(preferred_locale())

    app.teardown_request(hush)
