"""``flask platforms companion …``: the token for a Moodle's web services, and its self-test."""

from __future__ import annotations

import sys
from itertools import chain

import click

from lti_tool.errors import IllegalTransition, InvalidInput, NotFound
from lti_tool.services.platforms.records import PlatformListing
from lti_tool.views.pages.operator import companion_words
from lti_tool.views.session import services


def set_up(platform: PlatformListing, groups: bool) -> None:
    """Set the token, which is typed or piped in: arguments of commands are there to read."""
    typed = sys.stdin.isatty()
    token = click.prompt("Token", hide_input=True) if typed else sys.stdin.readline()
    try:
        services().companion.settings.set(platform.id, token.strip(), groups)
    except NotFound as error:
        raise click.ClickException(f"{platform.name} is no Moodle.") from error
    except InvalidInput as error:
        raise click.ClickException(" ".join(chain(*error.fields.values()))) from error
    click.echo(f"The companion of {platform.name} is set up.")


def switch_off(platform: PlatformListing) -> None:
    """Forget the token."""
    try:
        services().companion.settings.remove(platform.id)
    except (NotFound, IllegalTransition) as error:
        raise click.ClickException(f"{platform.name} has no companion.") from error
    click.echo(f"The companion of {platform.name} is off, and its token is forgotten.")


def test(platform: PlatformListing) -> None:
    """Run the self-test and print it; ends with status 1 if a check fails."""
    try:
        services().companion.tests.run(platform.id)
        found = services().companion.settings.look(platform.id)
    except (NotFound, IllegalTransition) as error:
        raise click.ClickException(f"{platform.name} has no companion.") from error
    for row in companion_words.rows(found.findings):
        click.echo(f"{row.result}: {row.name}. {row.text}")
        for line in (*row.names, row.said):
            if line:
                click.echo(f"    {line}")
    if any(one["result"] == "failed" for one in found.findings):
        raise click.exceptions.Exit(1)
