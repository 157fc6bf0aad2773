"""Deep Linking 2.0: the return endpoint that turns a tool's response into activities."""

from typing import Any

import jwt
from flask import Blueprint, Response, render_template, request

from lti_tool.sandbox import course as courses
from lti_tool.sandbox import gradebook, log, toolkeys
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.records import Course, DeepLinkingRequest, Link, Tool
from lti_tool.sandbox.state import Sandbox, sandbox

bp = Blueprint("deep_linking", __name__)

_LEEWAY = 30
_MAX_SECONDS = 3600
_PROGRESS = {"Initialized", "Started", "InProgress", "Submitted", "Completed"}


class ResponseRefused(Exception):
    """A deep linking response that is not valid, with the reason."""


@bp.post("/lti/deep-linking/return/<dialog_id>")
def take_response(dialog_id: str) -> Response:
    """Check the tool's response and create what it offers (a JWT in one form field)."""
    log.describe("Deep linking response")
    here = sandbox()
    made: list[Link] = []
    claims: dict[str, Any] = {}
    problem = ""
    try:
        dialog, tool, course = _dialog(here, dialog_id)
        token = request.form.get("JWT", "")
        log.show_token("JWT", token)
        claims = _verified(here, tool, dialog, token)
        made = [_create(here, tool, course, item) for item in _items(claims, dialog)]
        dialog.done = True
        here.store.deep_linking.put(dialog.id, dialog)
    except ResponseRefused as refused:
        problem = str(refused)
    page = render_template(
        "sandbox/deep_linking_done.html",
        made=made,
        problem=problem,
        message=claims.get(v.DL + "msg", ""),
        error=claims.get(v.DL + "errormsg", ""),
        log=claims.get(v.DL + "log", "") or claims.get(v.DL + "errorlog", ""),
        course_id=dialog.course_id if not problem else "",
    )
    return Response(page, status=400 if problem else 200)


def _dialog(here: Sandbox, dialog_id: str) -> tuple[DeepLinkingRequest, Tool, Course]:
    dialog = here.store.deep_linking.get(dialog_id)
    if dialog is None:
        raise ResponseRefused("this deep linking dialog was never opened")
    if dialog.done:
        raise ResponseRefused("this deep linking dialog was already answered")
    tool = here.store.tools.get(dialog.client_id)
    course = here.store.courses.get(dialog.course_id)
    if tool is None or course is None:
        raise ResponseRefused("the tool or the course was removed meanwhile")
    return dialog, tool, course


def _verified(here: Sandbox, tool: Tool, dialog: DeepLinkingRequest, token: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            toolkeys.key_for(here, tool, token),
            algorithms=["RS256"],
            audience=here.issuer,
            issuer=tool.client_id,
            leeway=_LEEWAY,
            options={"require": ["iss", "aud", "exp", "iat", "nonce"]},
        )
    except (jwt.InvalidTokenError, toolkeys.KeyNotFound) as error:
        raise ResponseRefused(f"the response is not valid: {error}") from error
    if claims["exp"] - claims["iat"] > _MAX_SECONDS:
        raise ResponseRefused("the response lives for more than an hour")
    _use_nonce(here, tool, claims)
    expected = {
        v.LTI + "message_type": "LtiDeepLinkingResponse",
        v.LTI + "version": "1.3.0",
        v.LTI + "deployment_id": tool.deployment_id,
    }
    if dialog.data:
        expected[v.DL + "data"] = dialog.data
    elif v.DL + "data" in claims:
        raise ResponseRefused(f"{v.DL}data was not asked for")
    for name, value in expected.items():
        if claims.get(name) != value:
            raise ResponseRefused(f"{name} must be {value}")
    return claims


def _use_nonce(here: Sandbox, tool: Tool, claims: dict[str, Any]) -> None:
    key = f"nonce {tool.client_id} {claims['nonce']}"
    with here.lock:
        if key in here.memory.used_assertions:
            raise ResponseRefused("this nonce was used before")
        here.memory.used_assertions[key] = float(claims["exp"])


def _items(claims: dict[str, Any], dialog: DeepLinkingRequest) -> list[dict[str, Any]]:
    items, settings = claims.get(v.DL + "content_items", []), dialog.settings
    if not isinstance(items, list):
        raise ResponseRefused("content_items must be an array")
    if len(items) > 1 and not settings.get("accept_multiple"):
        raise ResponseRefused("only one item is accepted")
    for item in items:
        _check_item(item, settings)
    return items


def _check_item(item: Any, settings: dict[str, Any]) -> None:
    if not isinstance(item, dict) or item.get("type") not in settings.get("accept_types", []):
        raise ResponseRefused(f"only items of type {settings.get('accept_types')} are accepted")
    for target in ("iframe", "window"):
        if target in item and target not in settings["accept_presentation_document_targets"]:
            raise ResponseRefused(f"{target} is not among the document targets")
    icon = item.get("icon")
    if icon is not None and not str(icon.get("url", "")).startswith(("https://", "http://")):
        raise ResponseRefused("icon needs an absolute url")
    custom = item.get("custom", {})
    if not isinstance(custom, dict) or not all(isinstance(x, str) for x in custom.values()):
        raise ResponseRefused("custom values must be strings")
    line_item = item.get("lineItem")
    if line_item is None:
        return
    maximum = line_item.get("scoreMaximum") if isinstance(line_item, dict) else None
    if not isinstance(maximum, int | float) or isinstance(maximum, bool) or maximum <= 0:
        raise ResponseRefused("lineItem needs a scoreMaximum above 0")
    if settings.get("accept_lineitem") is False:
        raise ResponseRefused("lineItem is not accepted")
    _check_review(line_item.get("submissionReview"))


def _check_review(review: Any) -> None:
    if review is None:
        return
    if not isinstance(review, dict) or not set(review.get("reviewableStatus", [])) <= _PROGRESS:
        raise ResponseRefused("submissionReview needs a reviewableStatus of known values")
    custom = review.get("custom", {})
    if not isinstance(custom, dict) or not all(isinstance(x, str) for x in custom.values()):
        raise ResponseRefused("custom values of submissionReview must be strings")


def _create(here: Sandbox, tool: Tool, course: Course, item: dict[str, Any]) -> Link:
    custom = item.get("custom", {})
    if here.personality.name == "moodle":
        # Moodle keeps one key=value a line: whatever follows a line break is lost.
        custom = {key: value.splitlines()[0] if value else "" for key, value in custom.items()}
    link = courses.add_link(
        here,
        course,
        tool,
        title=str(item.get("title") or tool.name),
        url=str(item.get("url") or tool.target_link_uri),
        description=str(item.get("text") or ""),
        custom=custom,
        origin="deep_linking",
        available=_dates(item.get("available")),
        submission=_dates(item.get("submission")),
        new_window="window" in item and "iframe" not in item,
    )
    column = item.get("lineItem")
    if column is not None and any(scope in v.AGS_SCOPES for scope in tool.scopes):
        _couple(here, link, column)
    return link


def _couple(here: Sandbox, link: Link, column: dict[str, Any]) -> None:
    if here.personality.name == "openedx":
        return  # Open edX checks a lineItem and then ignores it
    review = column.get("submissionReview")
    gradebook.couple(
        here,
        link,
        str(column.get("label") or link.title),
        float(column["scoreMaximum"]),
        resource_id=str(column.get("resourceId") or ""),
        tag=str(column.get("tag") or ""),
        submission_review=review if isinstance(review, dict) else {},
    )


def _dates(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {name: str(value[name]) for name in ("startDateTime", "endDateTime") if name in value}
