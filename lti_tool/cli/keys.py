"""``flask keys …``: the keys with which we sign."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import AppGroup

from lti_tool.services.platforms.keys import PUBLISHED_AHEAD
from lti_tool.views.session import services

keys = AppGroup("keys", help="The keys with which Miroir signs what it tells platforms.")


@keys.command("rotate")
@click.option(
    "--days",
    type=float,
    default=PUBLISHED_AHEAD.days,
    show_default=True,
    help="How long the new key is published before it signs; 0 after a leak.",
)
def rotate(days: float) -> None:
    """Make the next key; the present one retires two days after the new one signs."""
    made = services().keys.rotate(timedelta(days=days))
    click.echo(f"Key {made.kid} is published; it signs from {made.active_from:%Y-%m-%d %H:%M} UTC.")


@keys.command("list")
def listing() -> None:
    """List all keys, oldest first."""
    services().keys.current()
    for key in services().keys.listing():
        retired = f"  retires {key.retired_at:%Y-%m-%d %H:%M}" if key.retired_at else ""
        click.echo(f"{key.kid}  signs from {key.active_from:%Y-%m-%d %H:%M}{retired}")
