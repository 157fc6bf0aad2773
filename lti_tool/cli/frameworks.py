"""``flask frameworks …``: competency frameworks in and out."""

from __future__ import annotations

import uuid
from pathlib import Path

import click
from flask.cli import AppGroup

from lti_tool.cli.framework_reports import describe
from lti_tool.errors import InvalidInput, NotFound, Stale
from lti_tool.i18n import pick
from lti_tool.rules.frameworks import FrameworkDraft
from lti_tool.rules.licences import Sharing
from lti_tool.rules.scales import KEYS
from lti_tool.schemas.frameworks import FORMATS, Choices, read_framework
from lti_tool.schemas.frameworks.fetching import fetched
from lti_tool.services.frameworks.exports import ENDINGS
from lti_tool.services.frameworks.finding import framework_named
from lti_tool.services.frameworks.frameworks import FrameworkListing
from lti_tool.views.session import services

frameworks = AppGroup("frameworks", help="Import, list and export competency frameworks.")
registration_option = click.option(
    "--registration",
    "platform",
    metavar="PLATFORM",
    help="Only for this platform: its name, client ID or id.  [default: the whole installation]",
)


@frameworks.command("import")
@click.argument("source", metavar="FILE-or-URL")
@registration_option
@click.option("--format", "form", type=click.Choice(FORMATS), help="What the file is, if unsure.")
@click.option("--scale", type=click.Choice(KEYS), help="The scale to use instead of the file's.")
@click.option("--language", default="", help="Language of a file that tells none, like fr.")
@click.option("--yes", is_flag=True, help="Import without asking.")
def import_framework(
    source: str, platform: str | None, form: str | None, scale: str | None, language: str, yes: bool
) -> None:
    """Import a framework: CASE 1.0 or 1.1, Moodle's CSV, Miroir's CSV, or ESCO's CSV.

    Shows first what will be added, changed and retired. All of it is imported, or nothing.
    """
    registration_id = _registration(platform)
    ours = services().framework_exports.base_url
    choices = Choices(source, form or "", scale or "", language, ours)
    draft = _read(source, choices)
    imports = services().framework_imports
    try:
        plan = imports.plan(registration_id, draft)
        for line in describe(plan):
            click.echo(line)
        if plan.is_empty:
            return
        if not yes:
            click.confirm("Import it?", abort=True)
        with click.progressbar(length=len(draft.items), label="Competencies") as bar:
            done = imports.apply(
                registration_id, draft, plan.seen, lambda so_far, _of: bar.update(so_far - bar.pos)
            )
    except InvalidInput as error:
        raise _complaint(error) from error
    except Stale as error:
        raise click.ClickException("It was changed meanwhile. Import it again.") from error
    click.echo(f"Imported {pick(done.title)}: {done.done_id}")


@frameworks.command("list")
def listing() -> None:
    """List all frameworks: the installation's, and those of platforms."""
    for one in services().frameworks.listing():
        whose = one.registration or "installation"
        public = ", public" if one.is_public else ""
        retired = f", {one.retired} retired" if one.retired else ""
        click.echo(
            f"{one.id}  {pick(one.title)}  [{whose}{public}]  {one.competencies} competencies"
            f"{retired}, {one.levels} levels, {one.licence or 'no licence told'}"
        )


@frameworks.command("export")
@click.argument("framework")
@click.option("--format", "form", type=click.Choice(tuple(ENDINGS)), default="case")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write; by default a name made of the title, in this folder.",
)
def export(framework: str, form: str, out: Path | None) -> None:
    """Write a framework (its id, identifier or title) as CASE 1.1, Moodle's CSV or Miroir's CSV."""
    made = services().framework_exports.export(_find(framework).id, form)
    target = out or Path(made.name)
    with target.open("wb") as file:
        file.writelines(made.pieces)
    if made.verdict.sharing is not Sharing.OPEN:
        click.echo(f"Note: {made.verdict.warning}", err=True)
    click.echo(f"Written: {target}")


@frameworks.command("publish")
@click.argument("framework")
@click.option("--undo", is_flag=True, help="Let nobody else read it any more.")
def publish(framework: str, undo: bool) -> None:
    """Let everybody read a platform's framework by CASE, if its licence allows that."""
    found = _find(framework)
    services().frameworks.publish(found.id, not undo)
    click.echo(f"{pick(found.title)} is {'no longer ' if undo else ''}public.")


def _registration(platform: str | None) -> uuid.UUID | None:
    if platform is None:
        return None
    try:
        return services().platforms.show(platform).id
    except NotFound as error:
        raise click.ClickException(f"No single platform is called {platform}.") from error


def _read(source: str, choices: Choices) -> FrameworkDraft:
    try:
        if source.lower().startswith(("https://", "http://")):
            content = fetched(services().framework_servers.download, source)
        else:
            content = Path(source).read_bytes()
        return read_framework(content, choices)
    except OSError as error:
        raise click.ClickException(f"{source}: {error.strerror}.") from error
    except InvalidInput as error:
        raise _complaint(error) from error


def _find(wanted: str) -> FrameworkListing:
    try:
        return framework_named(services().frameworks.listing(), wanted)
    except NotFound as error:
        raise click.ClickException(f"No single framework is called {wanted}.") from error


def _complaint(error: InvalidInput) -> click.ClickException:
    lines = [line for messages in error.fields.values() for line in messages]
    return click.ClickException("Nothing was imported.\n" + "\n".join(lines))
