"""Server-rendered pages."""

from __future__ import annotations

from flask import Blueprint

from lti_tool.views.pages import (
    about,
    calendar,
    credentials,
    desk,
    home,
    learner,
    mail,
    operator,
    shared,
    studio,
)


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of all page families."""
    public = (calendar.bp, credentials.bp, mail.bp, shared.bp)
    return home.bp, about.bp, *public, learner.bp, desk.bp, studio.bp, operator.bp
