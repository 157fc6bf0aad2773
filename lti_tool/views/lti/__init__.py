"""The LTI endpoints that platforms call, and the few pages around a launch."""

from __future__ import annotations

from flask import Blueprint, Flask

from lti_tool.errors import LaunchRefused, RegistrationRefused
from lti_tool.views.lti import (
    configuration,
    course,
    deep_linking,
    frame_test,
    launch,
    login,
    privacy,
    registration,
)
from lti_tool.views.lti.refusals import on_launch_refused, on_registration_refused


def init_app(app: Flask) -> None:
    """Explain refused launches and registrations, wherever they are raised."""
    app.register_error_handler(LaunchRefused, on_launch_refused)
    app.register_error_handler(RegistrationRefused, on_registration_refused)


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of all LTI endpoints."""
    return (
        login.bp,
        launch.bp,
        registration.bp,
        configuration.bp,
        deep_linking.bp,
        privacy.bp,
        course.bp,
        frame_test.bp,
    )
