"""``flask platforms records …``: where a platform's learning records go."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import chain

import click

from lti_tool.errors import InvalidInput, NotFound, PlatformError
from lti_tool.schemas.record_stores import RecordStoreForm
from lti_tool.services.platforms.records import PlatformListing
from lti_tool.views.forms import load
from lti_tool.views.pages.operator import record_words
from lti_tool.views.session import services


@dataclass(frozen=True, slots=True)
class Typed:
    """What the command was given; the password is asked for, or piped in."""

    endpoint: str
    username: str
    version: str
    real_ids: bool


def show(platform: PlatformListing) -> None:
    """Print what is set."""
    store = services().learning_records.of(platform.id)
    if store is None:
        click.echo(f"{platform.name} has no record store: nothing is recorded.")
        return
    people = "pseudonyms" if store.pseudonymous else "the LMS's ids"
    click.echo(f"{platform.name} → {store.endpoint} as {store.username}")
    click.echo(f"xAPI {store.version}, with {people}, since {store.set_at:%Y-%m-%d %H:%M} UTC")


def set_up(platform: PlatformListing, typed: Typed) -> None:
    """Let records go to a store; the password is typed or piped in: arguments are there to read."""
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True)
    else:
        password = sys.stdin.readline().strip()
    told = {
        "endpoint": typed.endpoint,
        "username": typed.username,
        "password": password,
        "version": typed.version,
    }
    try:
        form = load(RecordStoreForm(services().platforms.allow_local, needs_password=True), told)
    except InvalidInput as error:
        raise click.ClickException(" ".join(chain.from_iterable(error.fields.values()))) from error
    services().learning_records.switch_on(platform.id, **told, pseudonymous=not typed.real_ids)
    click.echo(f"Learning records of {platform.name} go to {form['endpoint']} from now on.")


def switch_off(platform: PlatformListing) -> None:
    """Let no record leave any more."""
    services().learning_records.switch_off(platform.id)
    click.echo(f"No learning record of {platform.name} leaves any more.")


def test(platform: PlatformListing) -> None:
    """Ask the store for a statement; ends with status 1 if it does not answer as it should."""
    try:
        services().learning_records.try_out(platform.id)
    except NotFound as error:
        raise click.ClickException(f"{platform.name} has no record store.") from error
    except PlatformError as error:
        raise click.ClickException(record_words.reason(error.reason) or error.reason) from error
    click.echo("The store answered as it should.")
