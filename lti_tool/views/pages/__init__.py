"""Server-rendered pages."""

from __future__ import annotations

from flask import Blueprint

from lti_tool.views.pages import about, calendar, desk, home, learner, mail, operator, studio


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of all page families."""
    return home.bp, about.bp, calendar.bp, mail.bp, learner.bp, desk.bp, studio.bp, operator.bp
