"""Response headers: what browsers may load, frame, keep and tell others."""

from __future__ import annotations

import secrets

from flask import Flask, g, request
from werkzeug.wrappers import Response

STATIC_MAX_AGE = 365 * 24 * 3600
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Windows that an LMS opens for registration or deep linking must reach their opener.
    "Cross-Origin-Opener-Policy": "unsafe-none",
}
"""No view sets one of these itself, nor the policy: they are added without a look for others."""


FOREIGN = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""For what people handed in as files: shown, it may do nothing at all."""


def content_security_policy(frame_ancestors: list[str] | None, form_action: list[str]) -> str:
    """Return the policy; nothing from elsewhere, nothing inline, framed by the platform only.

    With None for ``frame_ancestors`` nobody may frame the page, not even we ourselves.
    """
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *form_action],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"] if frame_ancestors is None else ["'self'", *frame_ancestors],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())


def _set(response: Response) -> Response:
    headers = response.headers
    policy = content_security_policy(g.get("frame_ancestors", []), g.get("form_action", []))
    if g.get("is_foreign"):
        policy = FOREIGN
    headers.extend({**ALWAYS, "Content-Security-Policy": policy})
    if request.endpoint == "static":
        versioned = "v" in request.args
        headers["Cache-Control"] = (
            f"public, max-age={STATIC_MAX_AGE}, immutable" if versioned else "no-cache"
        )
    elif "Cache-Control" not in headers:
        headers.add("Cache-Control", "no-store")
    return response


def init_app(app: Flask) -> None:
    """Give each request an id and each response its headers."""

    @app.before_request
    def identify() -> None:
        g.request_id = secrets.token_hex(8)

    app.after_request(_set)
