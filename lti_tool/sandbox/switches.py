"""Faults on order: each area of the platform can be made slow, busy, broken, down or absurd."""

import socket
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, request

PRIVATE = "http://169.254.169.254/latest/meta-data/"
"""Where cloud machines keep their secrets: the address that forged redirects lead to."""
AREAS = ("launch", "jwks", "token", "ags", "nrps", "groups", "registration", "webservices")
FAULTS = (
    "",
    "rate_limit",
    "error",
    "down",
    "html",
    "nonsense",
    "redirect",
    "reject_token",
    "lose_answer",
)


@dataclass
class Switch:
    """What one area does wrong; ``remaining`` None means for ever.

    ``fault`` is one of FAULTS: "" (only slow), rate_limit (429 with Retry-After), error (500),
    down (the connection is closed, or 503), html (200 with a page instead of JSON), nonsense
    (200 with JSON that is none of what was asked), redirect (302 to an address of the private
    network), reject_token (401, or 403 where the platform says so), lose_answer (the request is
    done, the answer lost).
    """

    area: str
    fault: str = ""
    delay_ms: int = 0
    retry_after: int = 1
    remaining: int | None = None

    @property
    def on(self) -> bool:
        """Tell whether this switch does anything."""
        return bool(self.fault or self.delay_ms) and self.remaining != 0


class Switches:
    """The switches of all areas; safe among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._switches = {area: Switch(area) for area in AREAS}

    def set(self, **values: Any) -> Switch:
        """Set one switch anew; raises ValueError for an unknown area or fault."""
        switch = Switch(**values)
        if switch.area not in AREAS or switch.fault not in FAULTS:
            raise ValueError(f"areas are {', '.join(AREAS)}; faults are {', '.join(FAULTS)}")
        with self._lock:
            self._switches[switch.area] = switch
        return switch

    def clear(self) -> None:
        """Make everything work again."""
        with self._lock:
            self._switches = {area: Switch(area) for area in AREAS}

    def all(self) -> list[dict[str, Any]]:
        """Return every switch as a dict, ``on`` included."""
        with self._lock:
            return [{**asdict(switch), "on": switch.on} for switch in self._switches.values()]

    def take(self, area: str) -> Switch | None:
        """Return the switch for one request of an area and count the request; None if off."""
        with self._lock:
            switch = self._switches.get(area)
            if switch is None or not switch.on:
                return None
            if switch.remaining is not None:
                switch.remaining -= 1
            return switch


def faulty_answer(switch: Switch, bad_token_status: int) -> Response | None:
    """Wait as ordered and return the wrong answer, or None when the request may go on."""
    if switch.delay_ms:
        time.sleep(switch.delay_ms / 1000)
    if switch.fault == "down":
        return drop_connection()
    answers = {
        "rate_limit": (429, '{"errors": [{"message": "Rate limit exceeded"}]}', "application/json"),
        "error": (500, "<h1>Internal error</h1>", "text/html"),
        "html": (200, "<!doctype html><title>Log in</title><h1>Log in</h1>", "text/html"),
        "nonsense": (200, '"yes"', "application/json"),
        "redirect": (302, "", "text/plain"),
        "reject_token": (bad_token_status, '{"error": "invalid_token"}', "application/json"),
    }
    if switch.fault not in answers:
        return None
    status, body, media_type = answers[switch.fault]
    response = Response(body, status=status, content_type=media_type)
    if status == 302:
        response.headers["Location"] = PRIVATE
    if status == 429:
        response.headers["Retry-After"] = str(switch.retry_after)
    return response


def drop_connection() -> Response:
    """Close the connection under the request, where the server lets us; else answer 503."""
    for name in ("werkzeug.socket", "gunicorn.socket"):
        connection = request.environ.get(name)
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)
    return Response("Service unavailable", status=503, content_type="text/plain")
