"""The pages of the administrator: tools, behaviour, and the log."""

import json
import re
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.sandbox.personalities import PERSONALITIES
from lti_tool.sandbox.records import LogEntry
from lti_tool.sandbox.registration import registration_link
from lti_tool.sandbox.state import sandbox
from lti_tool.sandbox.switches import AREAS, FAULTS

bp = Blueprint("admin", __name__)

_PAGE = 50
_JWT = re.compile(r"(eyJ[\w-]{20})[\w-]*\.[\w-]+\.[\w-]*")
_FAULT_WORDS = {
    "": "Works",
    "rate_limit": "Too many requests (429)",
    "error": "Error (500)",
    "down": "Down (connection closed)",
    "html": "A web page instead of JSON",
    "nonsense": "JSON, but not what was asked for",
    "redirect": "Redirects into a private network",
    "reject_token": "Rejects the access token",
    "lose_answer": "Does it, but the answer is lost",
}
_AREA_WORDS = {
    "groups": "Groups",
    "launch": "Launches",
    "jwks": "Key set",
    "token": "Access tokens",
    "ags": "Grades (AGS)",
    "nrps": "Members (NRPS)",
    "registration": "Registration",
}


@bp.get("/admin")
def admin() -> str:
    """Show the tools and how the platform behaves."""
    here = sandbox()
    return render_template(
        "sandbox/admin.html",
        tools=here.store.tools.all(),
        personalities=PERSONALITIES.values(),
        storage=here.platform_storage,
        switches=here.switches.all(),
        faults=[(fault, _FAULT_WORDS[fault]) for fault in FAULTS],
        areas=_AREA_WORDS,
        keys=[key for key in here.store.keys.all() if key.published],
        issuer=here.issuer,
        base_url=here.base_url,
    )


@bp.get("/admin/register")
def register() -> AnyResponse | str:
    """Open a tool's registration page in a frame, with a one-time token."""
    link = request.args.get("link", "").strip()
    if not link.startswith(("http://", "https://")):
        return redirect(url_for("admin.admin"))
    return render_template(
        "sandbox/frame.html",
        course=None,
        tool=None,
        title="Add a tool",
        start=registration_link(sandbox(), link),
        close_to=url_for("admin.admin"),
        origins="",
        storage=False,
    )


@bp.post("/admin/tools/<client_id>")
def change_tool(client_id: str) -> AnyResponse:
    """Activate, deactivate or remove a tool."""
    here = sandbox()
    tool = here.store.tools.get(client_id)
    if tool is None:
        abort(404)
    action = request.form.get("action")
    if action == "remove":
        here.store.tools.pop(client_id)
    else:
        tool.active = action == "activate"
        here.store.tools.put(client_id, tool)
    return _back()


@bp.post("/admin/personality")
def personality() -> AnyResponse:
    """Behave like another platform."""
    name = request.form.get("personality", "")
    if name not in PERSONALITIES:
        abort(400)
    sandbox().set_personality(name)
    return _back()


@bp.post("/admin/storage")
def storage() -> AnyResponse:
    """Switch platform storage on or off."""
    sandbox().store.set_value("platform_storage", "on" in request.form)
    return _back()


@bp.post("/admin/keys")
def keys() -> AnyResponse:
    """Sign with a new key; keep the old ones published or withdraw them."""
    sandbox().keyring.rotate(keep_old=request.form.get("old") == "keep")
    return _back()


@bp.post("/admin/switches")
def switches() -> AnyResponse:
    """Set the fault of every area from one form."""
    for area in AREAS:
        remaining = request.form.get(f"{area}-remaining", type=int)
        sandbox().switches.set(
            area=area,
            fault=request.form.get(f"{area}-fault", ""),
            delay_ms=request.form.get(f"{area}-delay_ms", default=0, type=int),
            remaining=remaining,
        )
    return _back()


@bp.get("/log")
def messages() -> str:
    """Show the messages between platform and tools, newest first."""
    area, words = request.args.get("area", ""), request.args.get("q", "").strip().lower()
    found = [
        entry
        for entry in reversed(sandbox().store.log.all())
        if area in ("", entry.area) and (not words or words in _searchable(entry))
    ]
    page = request.args.get("page", default=1, type=int)
    start = (max(1, page) - 1) * _PAGE
    return render_template(
        "sandbox/log.html",
        entries=[_readable(entry) for entry in found[start : start + _PAGE]],
        count=len(found),
        areas=_AREA_WORDS,
        area=area,
        words=request.args.get("q", ""),
        page=max(1, page),
        more=start + _PAGE < len(found),
    )


@bp.post("/log/clear")
def clear_messages() -> AnyResponse:
    """Forget the log."""
    sandbox().store.log.clear()
    return redirect(url_for("admin.messages"), 303)


def _searchable(entry: LogEntry) -> str:
    parts = [entry.title, entry.url, entry.request, entry.response, entry.tokens]
    return json.dumps(parts, ensure_ascii=False).lower()


def _readable(entry: LogEntry) -> dict[str, Any]:
    moment = datetime.fromtimestamp(entry.time).astimezone()
    return {
        "entry": entry,
        "time": f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03}",
        "moment": moment.isoformat(),
        "request": pretty(entry.request),
        "response": pretty(entry.response),
        "tokens": [(token.get("name", "JWT"), pretty(token)) for token in entry.tokens],
    }


def pretty(value: Any) -> str:
    """Return a value as indented JSON for people to read; JWTs are cut, they are shown decoded."""
    return _JWT.sub(r"\1…", json.dumps(value, indent=2, ensure_ascii=False))


def _back() -> AnyResponse:
    return redirect(url_for("admin.admin"), 303)
