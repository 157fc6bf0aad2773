"""``db upgrade|downgrade|current``: the database's schema."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from lti_tool.models import schema
from lti_tool.services.container import Services


def _services() -> Services:
    services: Services = current_app.extensions["miroir"]
    return services


@click.group("db")
def database() -> None:
    """Bring the database's schema up to date, or back."""


@database.command()
@click.argument("revision", default="head")
@with_appcontext
def upgrade(revision: str) -> None:
    """Migrate to the newest schema (or REVISION) and install what is built in."""
    services = _services()
    schema.upgrade(services.db, revision)
    if schema.is_current(services.db):
        services.frameworks.install_builtin()
    click.echo(f"The database is at {schema.current(services.db)}.")


@database.command()
@click.argument("revision")
@click.confirmation_option(prompt="This deletes what the older schema cannot hold. Go on?")
@with_appcontext
def downgrade(revision: str) -> None:
    """Take the schema back to REVISION; ``base`` is the empty database."""
    schema.downgrade(_services().db, revision)
    click.echo(f"The database is at {schema.current(_services().db)}.")


@database.command()
@with_appcontext
def current() -> None:
    """Tell the schema's revision, and whether a migration is pending."""
    pending = "" if schema.is_current(_services().db) else " (a migration is pending)"
    click.echo(f"{schema.current(_services().db)}{pending}")
