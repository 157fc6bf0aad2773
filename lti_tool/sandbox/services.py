"""What the services share: who calls, media types, JSON answers and paging."""

import base64
import json
import time
from collections.abc import Sequence
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlencode

from flask import Response, abort, request

from lti_tool.sandbox.records import Course, Tool
from lti_tool.sandbox.state import sandbox

Item = TypeVar("Item")


def calling_tool(*scopes: str) -> Tool:
    """Return the tool whose access token carries one of the scopes, or end the request.

    A missing, unknown or expired token gets 401 (Open edX: 403), a missing scope 403.
    """
    here = sandbox()
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    token = here.store.access_tokens.get(value.strip())
    if scheme.lower() != "bearer" or token is None or token.expires < time.time():
        fail(here.personality.bad_token_status, "invalid_token")
    tool = here.store.tools.get(token.client_id)
    if tool is None or not tool.active:
        fail(here.personality.bad_token_status, "the tool is not active")
    if not set(scopes) & set(token.scopes):
        fail(403, "insufficient_scope")
    return tool


def course_or_fail(course_id: str) -> Course:
    """Return the course of the URL, or end the request with 404."""
    course = sandbox().store.courses.get(course_id)
    if course is None:
        fail(404, "no such course")
    return course


def fail(status: int, reason: str) -> NoReturn:
    """End the request with an error as this personality words it."""
    answer = json_answer({"status": status, "reason": reason, "error": reason}, "application/json")
    answer.status_code = status
    abort(answer)


def check_accept(media_type: str) -> None:
    """Refuse an Accept header that the personality cannot serve."""
    style = sandbox().personality.media_types
    accept = request.headers.get("Accept", "")
    if style == "moodle" and accept and "*/*" not in accept and accept != media_type:
        fail(400, f"No handler found for {request.path} {accept}")
    if style == "strict" and media_type not in accept and "*/*" not in accept:
        fail(406, "not acceptable")


def check_content_type(media_type: str, always_lax: bool = False) -> None:
    """Refuse a request body of another media type where the personality is strict."""
    style = sandbox().personality.media_types
    if request.mimetype == media_type:
        return
    if style == "moodle":
        fail(400, f"No handler found for {request.path} {request.mimetype}")
    if style == "strict" and not always_lax:
        fail(415, "unsupported media type")


def json_body() -> dict[str, Any]:
    """Return the request's JSON object, or end the request with 400."""
    try:
        body = json.loads(request.get_data(as_text=True))
    except ValueError:
        fail(400, "the body is not JSON")
    if not isinstance(body, dict):
        fail(400, "the body must be a JSON object")
    return body


def json_answer(body: Any, media_type: str, status: int = 200) -> Response:
    """Return a JSON answer with its exact media type."""
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type=media_type)


def page_of(items: Sequence[Item], size: int, style: str) -> tuple[list[Item], str]:
    """Return one page of items and the Link header's value ("" on the last page).

    ``size`` 0 means no paging unless the request has a limit. Styles: curly (Moodle's line items,
    unreadable quotes and ``&amp;``), from (Moodle's members), bookmark (opaque, as Canvas), none.
    """
    limit = request.args.get("limit", type=int) or size
    if style == "none" or limit <= 0:
        return list(items), ""
    limit = min(limit, size) if size else limit
    start = _start(style)
    page = list(items[start : start + limit])
    if start + limit >= len(items):
        return page, ""
    return page, _link(style, start + limit, limit)


def _start(style: str) -> int:
    if style in ("curly", "from"):
        return max(0, request.args.get("from", default=0, type=int))
    bookmark = request.args.get("page", "")
    if not bookmark:
        return 0
    try:
        return int(json.loads(base64.b64decode(bookmark.removeprefix("bookmark:")))[1])
    except (ValueError, IndexError, TypeError):
        fail(400, "this page does not exist")


def _link(style: str, start: int, limit: int) -> str:
    kept = request.args.to_dict()
    kept["limit"] = str(limit)
    if style == "bookmark":
        opaque = base64.b64encode(json.dumps(["Next", start]).encode()).decode()
        kept["page"] = f"bookmark:{opaque}"
    else:
        kept["from"] = str(start)
    if style == "from":
        kept.pop("role", None)  # Moodle forgets the filter in its next link
    url = f"{sandbox().url(request.path)}?{urlencode(kept)}"
    if style == "curly":
        # HTTP headers are Latin-1: Moodle writes the UTF-8 bytes of its typographic quotes.
        broken = f"<{url.replace('&', '&amp;')}>; rel=“next”"
        return broken.encode().decode("latin-1")
    return f'<{url}>; rel="next"'
