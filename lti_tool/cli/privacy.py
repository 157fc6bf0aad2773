"""``flask privacy …``: what is kept of a person, handed out or erased; forgetting what is over."""

from __future__ import annotations

import uuid
from pathlib import Path

import click
from flask.cli import AppGroup

from lti_tool.errors import NotFound
from lti_tool.services.privacy.privacy import Privacy
from lti_tool.views.session import services

privacy = AppGroup("privacy", help="Export, erase and forget personal data.")

platform_option = click.option(
    "--platform", required=True, help="The platform's name, client ID or id."
)
user_option = click.option("--user", "sub", required=True, help="The person's id there (sub).")


@privacy.command("export")
@platform_option
@user_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write; by default person.zip in this folder.",
)
def export(platform: str, sub: str, out: Path | None) -> None:
    """Write all that is kept of a person as a ZIP with JSON and a readable page."""
    content = _service().export(*_person(platform, sub))
    target = out or Path("person.zip")
    with target.open("wb") as file:
        size = sum(map(file.write, content))
    click.echo(f"{target}: {size:,} bytes")


@privacy.command("erase")
@platform_option
@user_option
@click.option("--yes", is_flag=True, help="Do it; without this, only tell what would happen.")
def erase(platform: str, sub: str, yes: bool) -> None:
    """Erase a person for good; what others received stays, as a former participant's."""
    person = _person(platform, sub)
    found = _service().consequences(*person)
    click.echo(f"{found.kept.name or 'Without a name'} ({found.kept.sub}), {found.kept.platform}")
    for title, number in found.kept.counts:
        click.echo(f"  {title}: {number}")
    click.echo(f"Stays for others without the name: {found.responses_left} responses")
    click.echo(f"Emptied, with others' responses kept: {found.reflections_emptied} reflections")
    if not yes:
        click.echo("Nothing was changed. Do it with --yes")
        return
    _service().erase(*person)
    click.echo("Erased.")


@privacy.command("purge")
@click.option(
    "--older-than", "days", type=click.IntRange(min=1), required=True, help="Days since the end."
)
@click.option("--yes", is_flag=True, help="Do it; without this, only count.")
def purge(days: int, yes: bool) -> None:
    """Forget ended courses' work and people, old sessions, logins and messages."""
    purged = _service().purge(days, dry_run=not yes)
    for title in purged.courses:
        click.echo(f"course: {title or 'without a title'}")
    for name, number in sorted(purged.rows.items()):
        click.echo(f"{name}: {number}")
    click.echo("Forgotten." if yes else "Nothing was changed. Do it with --yes")


def _service() -> Privacy:
    return services().privacy


def _person(platform: str, sub: str) -> tuple[uuid.UUID, uuid.UUID]:
    try:
        return _service().find(platform, sub)
    except NotFound as error:
        raise click.ClickException(f"No single platform {platform} with a user {sub}.") from error
