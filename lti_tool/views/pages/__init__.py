"""Server-rendered pages."""

from __future__ import annotations

from flask import Blueprint

from lti_tool.views.pages import desk, home, learner, studio


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of all page families."""
    return home.bp, learner.bp, desk.bp, studio.bp
