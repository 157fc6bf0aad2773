"""``flask operator …``: the way into the console, and the self-test without it."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from lti_tool.services.operator.operators import LINK_HOURS, MAX_LINK_HOURS
from lti_tool.views.session import services

operator = AppGroup("operator", help="The console for whoever runs this server.")


@operator.command("link")
@click.option(
    "--hours",
    type=click.FloatRange(0, MAX_LINK_HOURS, min_open=True),
    default=LINK_HOURS,
    show_default=True,
    help="How long the link is good.",
)
def link(hours: float) -> None:
    """Make a one-time link to the console (its last line)."""
    made = services().console.operators.link(hours)
    click.echo(f"Link to the operator's console, good once, for {hours:g} hours:")
    click.echo(made)
