"""The operator's commands, thin: each calls one service."""

from __future__ import annotations

from flask import Flask

from lti_tool.cli import (
    credentials,
    database,
    demo,
    frameworks,
    keys,
    operator,
    outbox,
    platforms,
    privacy,
    roster,
    sandbox,
    worker,
)


def register_commands(app: Flask) -> None:
    """Add all commands to ``flask --app wsgi``."""
    for command in (
        database.database,
        platforms.platforms,
        frameworks.frameworks,
        keys.keys,
        operator.operator,
        outbox.outbox,
        privacy.privacy,
        credentials.credentials,
        roster.roster,
        worker.worker,
        sandbox.sandbox,
        demo.demo,
    ):
        app.cli.add_command(command)
