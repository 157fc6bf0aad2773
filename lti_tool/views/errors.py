"""Errors to HTTP: the one table, a page for people and problem+json (RFC 9457) for scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Flask, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from lti_tool import errors
from lti_tool.i18n import gettext as _
from lti_tool.rules.files import MEGABYTE
from lti_tool.views.render import page
from lti_tool.views.session import services

log = structlog.get_logger()

NOT_TYPED = ("csrf_token", "id_token", "state", "ticket", "proof")
SESSION_PATH = re.compile(r"/s/[^/]+/")
API = "/api/v1"
"""Where only programs ask."""
WORTH_KEEPING = 20
"""Characters; shorter values are names of choices, or quickly typed again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, and what the page says: what happened, and what to do now."""

    status: HTTPStatus
    title: str
    advice: str


def answer_to(error: Exception) -> Answer:
    """Return the answer to an error, in the language in force."""
    return next(
        (answer for kind, answer in table().items() if isinstance(error, kind)),
        Answer(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            _("Something went wrong on our side"),
            _("What you saved is safe. Please try again in a moment."),
        ),
    )


def table() -> dict[type[Exception], Answer]:
    """Return the answer for each class of error; the first that fits counts."""
    return {**_about_sessions(), **_about_people(), **_about_platforms()}


def _about_sessions() -> dict[type[Exception], Answer]:
    """Return the answers to who has no session, or no longer."""
    return {
        errors.TokenRefused: Answer(
            HTTPStatus.UNAUTHORIZED,
            _("This needs an access token that is good"),
            _(
                "Tokens end, can be withdrawn, and work only while the person who made one is an"
                " educator of the course. Educators make them under “Check and publish”."
            ),
        ),
        errors.ElsewhereOpened: Answer(
            HTTPStatus.GONE,
            _("This page belongs to another window"),
            _(
                "The address of a page works only where your course opened it."
                " Go back to your course and open the activity again."
                " What was saved is there."
            ),
        ),
        errors.SessionEnded: Answer(
            HTTPStatus.GONE,
            _("This session has ended"),
            _(
                "Go back to your course and open the activity again."
                " What was saved is there; what you just typed is kept on this device."
            ),
        ),
    }


def _about_people() -> dict[type[Exception], Answer]:
    """Return the answers to what somebody did or asked for."""
    return {
        errors.NotFound: Answer(
            HTTPStatus.NOT_FOUND,
            _("There is nothing here"),
            _("The page may have moved. Go back to the activity and try from there."),
        ),
        errors.Forbidden: Answer(
            HTTPStatus.FORBIDDEN,
            _("This is not open to you"),
            _("Your role in this course does not include this page. Ask your educator."),
        ),
        errors.InvalidInput: Answer(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            _("Something in the form needs your attention"),
            _("Go back: what you typed is still there."),
        ),
        errors.IllegalTransition: Answer(
            HTTPStatus.CONFLICT,
            _("That step is no longer possible"),
            _("Somebody, perhaps you in another tab, has already moved this on."),
        ),
        errors.Stale: Answer(
            HTTPStatus.CONFLICT,
            _("Somebody else was faster"),
            _("This was changed meanwhile. Open it again to see how it stands now."),
        ),
    }


def _about_platforms() -> dict[type[Exception], Answer]:
    """Return the answers to what an LMS did."""
    return {
        errors.LaunchRefused: Answer(
            HTTPStatus.BAD_REQUEST,
            _("This activity could not be opened"),
            _("Go back to your course and open it again."),
        ),
        errors.RegistrationRefused: Answer(
            HTTPStatus.BAD_REQUEST,
            _("The tool could not be registered"),
            _("Ask the operator of Miroir for a new registration link."),
        ),
        errors.PlatformUnavailable: Answer(
            HTTPStatus.BAD_GATEWAY,
            _("Your learning platform does not answer"),
            _("Please try again in a few minutes."),
        ),
        errors.PlatformRefusal: Answer(
            HTTPStatus.BAD_GATEWAY,
            _("Your learning platform refused"),
            _("Its answer is in the log under the reference below."),
        ),
    }


def wants_json() -> bool:
    """Return whether the caller is a script of ours or of the API."""
    if request.path.startswith(API):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


def typed_texts() -> list[str]:
    """Return what somebody wrote in a form that came too late, so that they can copy it."""
    texts = [text for name, text in request.form.items(multi=True) if name not in NOT_TYPED]
    return [text for text in texts if len(text) >= WORTH_KEEPING]


def _way_back() -> str:
    """Return the home of the session in an address that leads nowhere; else nothing."""
    found = SESSION_PATH.match(request.path) if request.routing_exception else None
    return found[0] if found else ""


def respond(error: Exception, answer: Answer) -> tuple[Response | str, int]:
    """Return the page, or problem+json."""
    if not wants_json():
        kept = typed_texts() if isinstance(error, errors.SessionEnded) else []
        return page("errors/error.html", answer=answer, kept=kept, back=_way_back()), answer.status
    body: dict[str, object] = {
        "type": f"urn:miroir:{type(error).__name__}",
        "title": answer.title,
        "detail": answer.advice,
        "status": int(answer.status),
    }
    if isinstance(error, errors.Stale):
        body |= error.current
    if isinstance(error, errors.InvalidInput):
        body["errors"] = error.fields
    response = jsonify(body)
    response.content_type = "application/problem+json"
    if isinstance(error, errors.TokenRefused):  # RFC 6750, 3
        told = ', error="invalid_token"' if error.sent else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="Miroir"{told}'
    return response, answer.status


def on_expected(error: errors.MiroirError) -> tuple[Response | str, int]:
    """Answer an error that the product raises on purpose."""
    answer = answer_to(error)
    log.info("refused", error=type(error).__name__, why=str(error), request_id=g.get("request_id"))
    return respond(error, answer)


def on_http(error: HTTPException) -> tuple[Response | str, int]:
    """Answer Flask's own errors (no such route, wrong method, too large)."""
    if error.response is not None:
        return error.response, error.response.status_code  # type: ignore[return-value]  # never empty here
    status = HTTPStatus(error.code or 500)
    known = answer_to(errors.NotFound())
    if status is HTTPStatus.NOT_FOUND:
        return respond(error, known)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return respond(error, answer_to(error))
    return respond(error, _about_requests(status))


def _about_requests(status: HTTPStatus) -> Answer:
    """Return the answer to a request that could not be read."""
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE and g.get("takes_files"):
        return Answer(
            status,
            _("That file is too big"),
            _(
                "It was not added: at most %(most)s MB each. Go back: what you typed is there."
                " A picture of fewer points, or a PDF, is often smaller.",
                most=services().attachments.limits.each // MEGABYTE,
            ),
        )
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Answer(
            status,
            _("That is too much at once"),
            _("It was not saved. Go back, make the text shorter, and send it again."),
        )
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return Answer(
            status,
            _("This address shows nothing by itself"),
            _("It takes what a form sends. Go back to the activity and try from there."),
        )
    return Answer(
        status,
        _("This request cannot be answered"),
        _("Something in it was not right. Go back to the activity and try from there."),
    )


def on_unexpected(error: Exception) -> tuple[Response | str, int]:
    """Answer a fault of ours; the log has all of it under the request's id."""
    log.exception("fault", request_id=g.get("request_id"))
    return respond(error, answer_to(error))


def init_app(app: Flask) -> None:
    """Answer every error in words."""
    app.register_error_handler(errors.MiroirError, on_expected)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_unexpected)
