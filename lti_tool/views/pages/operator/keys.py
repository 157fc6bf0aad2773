"""Our signing keys: which signs, which is published ahead, which are over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from werkzeug.wrappers import Response

from lti_tool import clock
from lti_tool.services.platforms.keys import PUBLISHED_AHEAD, KeyFacts
from lti_tool.views.notices import see_other
from lti_tool.views.pages.operator.blueprint import bp, console_page
from lti_tool.views.session import services


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key and its state: ahead, in_use, after (published still) or retired."""

    key: KeyFacts
    state: str


def lines(keys: list[KeyFacts], current: str) -> list[KeyLine]:
    """Return the keys with their states, the newest first; ``current`` is the one that signs."""
    now = clock.now()

    def state(key: KeyFacts) -> str:
        if key.kid == current:
            return "in_use"
        if key.retired_at is not None and key.retired_at <= now:
            return "retired"
        return "ahead" if key.active_from > now else "after"

    return [KeyLine(key, state(key)) for key in reversed(keys)]


def _all() -> list[KeyLine]:
    service = services().keys
    current = service.current().kid  # makes the first key where there is none
    return lines(service.listing(), current)


@bp.get("/keys")
def keys() -> str:
    """Show all keys, and offer the next step of a rotation."""
    found = _all()
    is_ahead = any(line.state == "ahead" for line in found)
    return console_page(
        "operator/keys.html",
        "keys",
        keys=found,
        is_ahead=is_ahead,
        days=PUBLISHED_AHEAD.days,
        jwks_url=f"{services().platforms.base_url}/lti/jwks",
    )


@bp.post("/keys/next")
def next_key() -> Response:
    """Publish the next key ahead of its use, unless one is waiting already."""
    if any(line.state == "ahead" for line in _all()):
        return see_other("operator.keys", notice="key_waits")
    services().keys.rotate()
    return see_other("operator.keys", notice="key_published")


@bp.post("/keys/now")
def rotate_now() -> Response:
    """Make a key that signs at once: after a leak, when waiting is worse than failed requests."""
    services().keys.rotate(timedelta(0))
    return see_other("operator.keys", notice="key_rotated")
