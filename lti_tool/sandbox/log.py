"""The log of every message between platform and tool, decoded for people to read."""

import json
import time
from typing import Any

import jwt
from flask import Response, g, request

from lti_tool.sandbox.records import LogEntry
from lti_tool.sandbox.state import Sandbox

_KEPT_HEADERS = ("Accept", "Content-Type", "Authorization", "User-Agent", "Link", "Location")
_BODY_LIMIT = 20_000


def record(sandbox: Sandbox, entry: dict[str, Any]) -> LogEntry:
    """Write one entry (fields of LogEntry without number and time); the oldest fall off."""
    number = sandbox.store.next_number("log")
    saved = LogEntry(number=number, time=time.time(), **entry)
    sandbox.store.log.put(str(number), saved)
    excess = number - sandbox.settings.log_limit
    if excess > 0:
        sandbox.store.log.pop(str(excess))
    return saved


def record_exchange(sandbox: Sandbox, area: str, response: Response) -> None:
    """Write the current request and its answer; handlers may have set a title and tokens."""
    record(
        sandbox,
        {
            "area": area,
            "title": g.get("log_title") or f"{request.method} {request.path}",
            "direction": g.get("log_direction", "tool to platform"),
            "method": request.method,
            "url": request.url,
            "status": response.status_code,
            "request": {
                "headers": _headers(dict(request.headers)),
                **_parameters(),
                **_body(request.get_data(as_text=True), request.mimetype),
            },
            "response": {
                "headers": _headers(dict(response.headers)),
                **({"form": g.log_form} if "log_form" in g else _answer(response)),
            },
            "tokens": g.get("log_tokens", []),
        },
    )


def describe(title: str, direction: str = "tool to platform") -> None:
    """Name the current exchange for the log."""
    g.log_title = title
    g.log_direction = direction


def show_token(name: str, token: str) -> None:
    """Add a JWT, decoded without any check, to the current exchange's entry."""
    g.log_tokens = [*g.get("log_tokens", []), {"name": name, **decoded(token)}]


def show_form(form: dict[str, str]) -> None:
    """Show the fields that the answer's page will send on, instead of its HTML."""
    g.log_form = form


def decoded(token: str) -> dict[str, Any]:
    """Return header and claims of a JWT, or the raw text where it is none."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        return {"header": jwt.get_unverified_header(token), "claims": claims}
    except jwt.InvalidTokenError:
        return {"raw": token[:_BODY_LIMIT]}


def _headers(headers: dict[str, str]) -> dict[str, str]:
    kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
    if "Authorization" in kept:
        kept["Authorization"] = kept["Authorization"][:16] + "…"
    return kept


def _parameters() -> dict[str, Any]:
    query = {"query": request.args.to_dict()} if request.args else {}
    form = {"form": request.form.to_dict()} if request.form else {}
    return {**query, **form}


def _body(text: str, media_type: str) -> dict[str, Any]:
    if not text or request.form:
        return {}
    return {"body": _readable(text, media_type)}


def _answer(response: Response) -> dict[str, Any]:
    if response.direct_passthrough or response.mimetype == "text/html":
        return {}
    return {"body": _readable(response.get_data(as_text=True), response.mimetype)}


def _readable(text: str, media_type: str | None) -> Any:
    if "json" in (media_type or "") and len(text) <= _BODY_LIMIT:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text[:_BODY_LIMIT]
