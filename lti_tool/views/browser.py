"""The secret that a browser keeps in cookies, so that a launch can be tied to it.

Two cookies hold one secret, whichever comes back counts: a plain one for top-level use and lax
browsers, a partitioned one for frames. Both are SameSite=None, because launches are posted by the
LMS's site; neither is a session.
"""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from lti_tool.services.launches.binding import Arrival

PLAIN, PARTITIONED = "__Host-ltib", "__Host-ltibp"


def browser_secrets() -> list[str]:
    """Return the secrets that the browser sent, the unpartitioned one first."""
    sent = (request.cookies.get(name, "") for name in (PLAIN, PARTITIONED))
    return [secret for secret in sent if secret]


def arrival() -> Arrival:
    """Return what this request tells of its browser (W3C Fetch Metadata, where it is sent)."""
    return Arrival(
        secrets=tuple(browser_secrets()),
        at_top_level=request.headers.get("Sec-Fetch-Dest") == "document",
        from_our_pages=request.headers.get("Sec-Fetch-Site") == "same-origin",
    )


def remember(response: Response, secret: str) -> None:
    """Let the browser keep ``secret``, unless it has it already."""
    for name in (PLAIN, PARTITIONED):
        if request.cookies.get(name) != secret:
            response.set_cookie(
                name,
                secret,
                secure=True,
                httponly=True,
                samesite="None",
                path="/",
                partitioned=name == PARTITIONED,
            )
