"""``flask credentials …``: what learners took along."""

from __future__ import annotations

import uuid

import click
from flask.cli import AppGroup

from lti_tool.errors import IllegalTransition, NotFound
from lti_tool.views.session import services

credentials = AppGroup("credentials", help="Confirmed levels that learners took along.")


@credentials.command("withdraw")
@click.argument("credential", type=click.UUID)
def withdraw(credential: uuid.UUID) -> None:
    """Let a credential hold no more, for good: the last part of its address names it."""
    try:
        services().public_credentials.withdraw(credential)
    except NotFound as error:
        raise click.ClickException("There is no such credential.") from error
    except IllegalTransition as error:
        raise click.ClickException("It holds no more already.") from error
    click.echo(f"Credential {credential} shows as no longer valid.")
