"""``flask platforms …``: connecting platforms and approving deployments."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from lti_tool.errors import NotFound, RegistrationRefused
from lti_tool.rules.vocabulary import DeploymentState, PlatformFamily
from lti_tool.services.platform_records import PlatformListing, PlatformValues
from lti_tool.services.platforms import INVITE_HOURS
from lti_tool.views.session import services

platforms = AppGroup("platforms", help="Connect learning platforms and approve deployments.")


@platforms.command("invite")
@click.option("--name", required=True, help="What you call the platform.")
@click.option("--hours", default=INVITE_HOURS, show_default=True, help="How long the link is good.")
@click.option(
    "--hold-deployments",
    is_flag=True,
    help="Approve no deployment by itself, not even the first one that launches.",
)
def invite(name: str, hours: float, hold_deployments: bool) -> None:
    """Make a one-time registration link for a platform's administrator (its last line)."""
    link = services().platforms.invite(name, hours, approves_first=not hold_deployments)
    click.echo(f"Registration link for {name}, good once, for {hours:g} hours:")
    click.echo(link)


@platforms.command("add")
@click.option("--name", required=True, help="What you call the platform.")
@click.option("--issuer", required=True, help="Its issuer (iss, platform ID).")
@click.option("--client-id", required=True, help="Our client ID there.")
@click.option("--auth-url", required=True, help="Authentication request URL.")
@click.option("--token-url", required=True, help="Access token URL.")
@click.option("--jwks-url", required=True, help="Public key set URL.")
@click.option("--token-audience", help="Audience of token requests, if it is not the token URL.")
@click.option(
    "--family",
    type=click.Choice([family.value for family in PlatformFamily]),
    default=PlatformFamily.GENERIC.value,
    show_default=True,
)
@click.option("--deployment", "deployments", multiple=True, help="A deployment ID to approve.")
def add(
    name: str,
    issuer: str,
    client_id: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    token_audience: str | None,
    family: str,
    deployments: tuple[str, ...],
) -> None:
    """Connect a platform without dynamic registration."""
    values = PlatformValues(
        issuer=issuer,
        client_id=client_id,
        authorization_endpoint=auth_url,
        token_endpoint=token_url,
        jwks_uri=jwks_url,
        token_audience=token_audience,
        family=PlatformFamily(family),
    )
    try:
        added = services().platforms.add(name, values, deployments)
    except RegistrationRefused as error:
        raise click.ClickException(f"{issuer} {client_id} is another platform's.") from error
    click.echo(f"Connected {name}: {added}")


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
        "frame origins": " ".join(found.frame_origins) or "as launches tell",
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
    services().platforms.set_frame_origins(found.id, list(origins))
    click.echo(f"{found.name} may be framed by: {' '.join(origins) or 'what launches tell'}")


def _find(wanted: str) -> PlatformListing:
    try:
        return services().platforms.show(wanted)
    except NotFound as error:
        raise click.ClickException(f"No single platform is called {wanted}.") from error
