"""``flask platforms …``: connecting platforms and approving deployments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any, TypeAlias

import click
from flask.cli import AppGroup

from lti_tool.cli import companion, records
from lti_tool.cli.self_test import print_self_test
from lti_tool.errors import NotFound, RegistrationRefused
from lti_tool.lti.platform import origin_of
from lti_tool.rules.learning_records import VERSIONS
from lti_tool.rules.vocabulary import DeploymentState, PlatformFamily
from lti_tool.services.platforms.platforms import INVITE_HOURS
from lti_tool.services.platforms.records import PlatformListing, PlatformValues, values_of
from lti_tool.views.session import services

Command: TypeAlias = Callable[..., None]
OPTIONS = {
    "auth_url": "authorization_endpoint",
    "token_url": "token_endpoint",
    "jwks_url": "jwks_uri",
    "token_audience": "token_audience",
    "family": "family",
}
"""Options to fields of ``PlatformValues``."""

platforms = AppGroup("platforms", help="Connect learning platforms and approve deployments.")


@platforms.command("invite")
@click.option("--name", help="What you call the platform; needed for a new one.")
@click.option("--hours", default=INVITE_HOURS, show_default=True, help="How long the link is good.")
@click.option(
    "--update",
    "updated",
    metavar="PLATFORM",
    help="Let the link update this connection instead of adding one.",
)
@click.option(
    "--hold-deployments",
    is_flag=True,
    help="Approve no deployment by itself, not even the first one that launches.",
)
def invite(name: str | None, hours: float, updated: str | None, hold_deployments: bool) -> None:
    """Make a one-time registration link for a platform's administrator (its last line)."""
    known = _find(updated) if updated else None
    called = name or (known.name if known else "")
    if not called:
        raise click.UsageError("Give --name for a new platform, or --update PLATFORM.")
    link = services().platforms.invite(
        called, hours, not hold_deployments, known.id if known else None
    )
    what = "that updates" if known else "for"
    click.echo(f"Registration link {what} {called}, good once, for {hours:g} hours:")
    click.echo(link)


def _addresses(required: bool) -> Callable[[Command], Command]:
    """Return a decorator with the options that ``add`` and ``update`` share."""
    families = click.Choice([family.value for family in PlatformFamily])
    options = (
        click.option("--name", required=required, help="What you call the platform."),
        click.option("--auth-url", required=required, help="Authentication request URL."),
        click.option("--token-url", required=required, help="Access token URL."),
        click.option("--jwks-url", required=required, help="Public key set URL."),
        click.option("--token-audience", help="Audience of token requests, if not the token URL."),
        click.option("--family", type=families, help="Kind of LMS.  [default: generic]"),
    )
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


@platforms.command("add")
@click.option("--issuer", required=True, help="Its issuer (iss, platform ID).")
@click.option("--client-id", required=True, help="Our client ID there.")
@_addresses(required=True)
@click.option("--deployment", "deployments", multiple=True, help="A deployment ID to approve.")
@click.option("--frame-origin", "frames", multiple=True, help="An origin that may frame Miroir.")
def add(
    issuer: str,
    client_id: str,
    deployments: tuple[str, ...],
    frames: tuple[str, ...],
    name: str,
    **told: str | None,
) -> None:
    """Connect a platform without dynamic registration."""
    bare = PlatformValues(issuer, client_id, "", "", "")
    try:
        added = services().platforms.add(name, _changed(bare, told), deployments, _origins(frames))
    except RegistrationRefused as error:
        raise _complaint(error, f"{issuer} {client_id}") from error
    click.echo(f"Connected {name}: {added}")


@platforms.command("update")
@click.argument("platform")
@_addresses(required=False)
def change(platform: str, name: str | None, **told: str | None) -> None:
    """Change a platform's name, addresses, audience or family; what is not named stays.

    Issuer and client ID are who the platform is: for other ones, add another platform.
    """
    found = _find(platform)
    try:
        services().platforms.update(found.id, name or found.name, _changed(values_of(found), told))
    except RegistrationRefused as error:
        raise _complaint(error, found.name) from error
    click.echo(f"Updated {name or found.name}.")


def _changed(values: PlatformValues, told: dict[str, str | None]) -> PlatformValues:
    """Return ``values`` with what the options tell; an empty audience means the token URL."""
    given = {OPTIONS[option]: value for option, value in told.items() if value is not None}
    audience, family = given.get("token_audience"), given.get("family")
    named: dict[str, Any] = {
        **given,
        **({"token_audience": audience or None} if audience is not None else {}),
        **({"family": PlatformFamily(family)} if family else {}),
    }
    return replace(values, **named)


def _origins(told: tuple[str, ...]) -> tuple[str, ...]:
    for one in told:
        if origin_of(one) != one:
            raise click.BadParameter(f"{one} is no origin like https://host.example")
    return told


def _complaint(error: RegistrationRefused, platform: str) -> click.ClickException:
    if error.reason == "endpoint_bad":
        return click.ClickException(f"The {error.facts['endpoint']} must be an https URL.")
    return click.ClickException(f"{platform} is another platform's. See: platforms update")


@platforms.command("list")
def listing() -> None:
    """List all platforms, with deployments that wait for approval."""
    found = services().platforms.listing()
    for platform in found:
        state = "disabled" if platform.disabled_at else platform.family.value
        click.echo(f"{platform.name}  [{state}]  {platform.issuer}  {platform.client_id}")
        for deployment in platform.deployments:
            if deployment.state is DeploymentState.PENDING:
                click.echo(f"  waits for approval: {deployment.deployment_id}")
    if not found:
        click.echo("No platform is connected. Make a link with: platforms invite --name NAME")


@platforms.command("show")
@click.argument("platform")
def show(platform: str) -> None:
    """Show a platform by its name, client ID or id."""
    found = _find(platform)
    rows = {
        "id": found.id,
        "name": found.name,
        "family": found.family.value,
        "issuer": found.issuer,
        "client ID": found.client_id,
        "authentication request URL": found.authorization_endpoint,
        "access token URL": found.token_endpoint,
        "token audience": found.token_audience or found.token_endpoint,
        "key set URL": found.jwks_uri,
        "scopes": " ".join(one.rpartition("/")[2] for one in found.scopes) or "as launches tell",
        "frame origins": " ".join(found.frame_origins) or "as launches tell",
        "connected": found.created_at.isoformat(timespec="seconds"),
        "disabled": found.disabled_at or "no",
    }
    for name, value in rows.items():
        click.echo(f"{name}: {value}")
    for deployment in found.deployments:
        click.echo(f"deployment {deployment.deployment_id}: {deployment.state.value}")


@platforms.command("disable")
@click.argument("platform")
@click.option("--undo", is_flag=True, help="Let the platform launch again.")
def disable(platform: str, undo: bool) -> None:
    """Stop a platform's launches and sessions; nothing is deleted."""
    found = _find(platform)
    services().platforms.set_disabled(found.id, disabled=not undo)
    click.echo(f"{found.name} is {'connected again' if undo else 'disabled'}.")


@platforms.command("approve")
@click.argument("platform")
@click.argument("deployment")
@click.option("--undo", is_flag=True, help="Disable the deployment instead.")
def approve(platform: str, deployment: str, undo: bool) -> None:
    """Let a deployment of a platform launch."""
    found = _find(platform)
    state = DeploymentState.DISABLED if undo else DeploymentState.APPROVED
    services().platforms.set_deployment(found.id, deployment, state)
    click.echo(f"Deployment {deployment} of {found.name} is {state.value}.")


@platforms.command("frames")
@click.argument("platform")
@click.argument("origins", nargs=-1)
def frames(platform: str, origins: tuple[str, ...]) -> None:
    """Set the origins (https://host) that may frame Miroir besides those that launches tell."""
    found = _find(platform)
    services().platforms.set_frame_origins(found.id, list(_origins(origins)))
    click.echo(f"{found.name} may be framed by: {' '.join(origins) or 'what launches tell'}")


@platforms.command("test")
@click.argument("platform")
def self_test(platform: str) -> None:
    """Ask a platform for all that we need of it; say which settings to change."""
    print_self_test(_find(platform))


@platforms.command("records")
@click.argument("platform")
@click.option("--endpoint", default="", help="Address of the record store, without /statements.")
@click.option("--user", default="", help="User or key; the password is asked for, or piped in.")
@click.option("--version", type=click.Choice(VERSIONS), default=VERSIONS[0], show_default=True)
@click.option("--lms-ids", is_flag=True, help="Call learners by the LMS's ids, not by pseudonyms.")
@click.option("--off", is_flag=True, help="Let no record leave any more.")
@click.option("--test", "only_test", is_flag=True, help="Ask the store that is set.")
def learning_records(
    platform: str, endpoint: str, user: str, version: str, lms_ids: bool, off: bool, only_test: bool
) -> None:
    """Say where a platform's learning records (xAPI) go; without an option, print what is set."""
    found = _find(platform)
    if off:
        records.switch_off(found)
    elif only_test:
        records.test(found)
    elif endpoint:
        records.set_up(found, records.Typed(endpoint, user, version, lms_ids))
    else:
        records.show(found)


@platforms.command("companion")
@click.argument("platform")
@click.option("--groups", is_flag=True, help="Educators may read groups from Moodle, too.")
@click.option("--off", is_flag=True, help="Forget the token; nothing more goes to Moodle.")
@click.option("--test", "only_test", is_flag=True, help="Say what Moodle still lacks.")
def moodle_companion(platform: str, groups: bool, off: bool, only_test: bool) -> None:
    """Set the token for a Moodle's web services (it is asked for, or read from a pipe)."""
    found = _find(platform)
    if off:
        companion.switch_off(found)
    elif only_test:
        companion.test(found)
    else:
        companion.set_up(found, groups)


def _find(wanted: str) -> PlatformListing:
    try:
        return services().platforms.show(wanted)
    except NotFound as error:
        raise click.ClickException(f"No single platform is called {wanted}.") from error
