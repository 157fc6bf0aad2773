"""Who may frame the pages around a launch, before a session says it exactly."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g

from lti_tool.views.session import services


def frame_by_anybody() -> None:
    """Let any site frame this page: nothing on it can be pressed to somebody's harm.

    Until a launch is accepted the framing origin is unknown (on hosted platforms it is not the
    issuer's).
    """
    g.frame_ancestors = ["https:", "http:"] if services().platforms.allow_local else ["https:"]


def frame_by(origins: Iterable[str]) -> None:
    """Let only these origins frame this page."""
    g.frame_ancestors = list(origins)
