"""What programs read: REST, by published standards."""

from __future__ import annotations

from flask import Blueprint

from lti_tool.views.api import badges, case, description, reading, xapi


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of all interfaces for programs."""
    return (badges.bp, case.bp, xapi.bp, reading.bp, description.bp)
