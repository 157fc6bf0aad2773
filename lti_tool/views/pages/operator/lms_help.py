"""Connecting by hand: where each of our values goes in each LMS, and what to bring back.

Names of fields and pages stand as the LMSs' English pages show them; they are no texts of ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.i18n import gettext as _
from lti_tool.lti.tool_values import ToolValues
from lti_tool.rules.vocabulary import PlatformFamily

F = PlatformFamily


@dataclass(frozen=True, slots=True)
class Guide:
    """How an LMS of one family is connected by hand."""

    where: str
    """The page of the LMS, by its own names."""
    given: tuple[tuple[str, str], ...]
    """The LMS's field → our value, to be copied."""
    chosen: tuple[tuple[str, str], ...]
    """The LMS's field → what to choose there."""
    shown_at: str
    """The page where the LMS shows its values."""
    names: dict[str, str]
    """Our form's field → the LMS's name for it, or its usual value."""
    notes: tuple[str, ...] = ()


def guide(family: PlatformFamily, ours: ToolValues) -> Guide:
    """Return the guide of a ``family`` with our values in it."""
    make = {
        F.MOODLE: _moodle,
        F.CANVAS: _canvas,
        F.SAKAI: _sakai,
        F.BLACKBOARD: _blackboard,
        F.D2L: _d2l,
        F.OPENEDX: _openedx,
    }
    return make.get(family, _generic)(ours)


def _moodle(ours: ToolValues) -> Guide:
    return Guide(
        where="Site administration > Plugins > Activity modules > External tool > Manage tools >"
        " configure a tool manually",
        given=(
            ("Tool URL", ours.launch_url),
            ("Public keyset", ours.jwks_url),
            ("Initiate login URL", ours.login_url),
            ("Redirection URI(s)", ours.launch_url),
            ("Content Selection URL", ours.launch_url),
            ("Secure icon URL", ours.icon_url),
            ("Custom parameters", ours.custom_parameters),
        ),
        chosen=(
            ("LTI version", "LTI 1.3"),
            ("Public key type", "Keyset URL"),
            ("Tool configuration usage", "Show in activity chooser and as a preconfigured tool"),
            ("Supports Deep Linking (Content-Item Message)", "✓"),
            (
                "IMS LTI Assignment and Grade Services",
                "Use this service for grade sync and column management",
            ),
            (
                "IMS LTI Names and Role Provisioning",
                "Use this service to retrieve members' information as per privacy settings",
            ),
            ("Share launcher's name with tool", "Always"),
            ("Accept grades from the tool", "Delegate to teacher"),
        ),
        shown_at="Manage tools > Miroir > View configuration details",
        names={
            "issuer": "Platform ID",
            "client_id": "Client ID",
            "deployments": "Deployment ID",
            "jwks_uri": "Public keyset URL",
            "token_endpoint": "Access token URL",
            "authorization_endpoint": "Authentication request URL",
        },
    )


def _canvas(ours: ToolValues) -> Guide:
    return Guide(
        where="Admin > Developer Keys > + Developer Key > + LTI Key > Method: Enter URL",
        given=(
            ("Redirect URIs", ours.launch_url),
            ("JSON URL", ours.configuration_url),
            ("Target Link URI", ours.launch_url),
            ("OpenID Connect Initiation Url", ours.login_url),
            ("Public JWK URL", ours.jwks_url),
        ),
        chosen=(
            ("State", "ON"),
            ("Admin > Settings > Apps > View App Configurations > + App", "By Client ID"),
        ),
        shown_at="Admin > Developer Keys > Details; Settings > Apps > Miroir > Deployment ID",
        names={
            "issuer": "https://canvas.instructure.com",
            "client_id": "Details (10000000000…)",
            "deployments": "Deployment ID",
            "authorization_endpoint": "https://sso.canvaslms.com/api/lti/authorize_redirect",
            "token_endpoint": "https://<school>.instructure.com/login/oauth2/token",
            "jwks_uri": "https://sso.canvaslms.com/api/lti/security/jwks",
        },
        notes=(_("With “Enter URL”, Canvas reads everything else from the JSON address."),),
    )


def _sakai(ours: ToolValues) -> Guide:
    return Guide(
        where="Administration Workspace > External Tools > Install LTI 1.x Tool",
        given=(
            ("Launch URL", ours.launch_url),
            ("LTI 1.3 Tool Keyset URL", ours.jwks_url),
            ("LTI 1.3 Tool OpenID Connect/Initialization Endpoint", ours.login_url),
            ("LTI 1.3 Tool Redirect Endpoint", ours.launch_url),
            ("Custom Parameters", ours.custom_parameters),
        ),
        chosen=(
            ("LTI 1.3 Support", "Tool supports LTI 1.3"),
            ("Send User Names to External Tool", "✓"),
            ("Allow External Tool to return grades", "✓"),
            ("Provide Roster to External Tool", "✓"),
            ("Allow External Tool to configure itself (Content-Item / Deep Link)", "✓"),
        ),
        shown_at="External Tools > Miroir > LTI 1.3",
        names={
            "issuer": "LTI 1.3 Platform Issuer",
            "client_id": "LTI 1.3 Client ID",
            "deployments": "LTI 1.3 Deployment ID",
            "jwks_uri": "LTI 1.3 Platform Public Keyset URL",
            "token_endpoint": "LTI 1.3 Platform OAuth2 Bearer Token Retrieval URL",
            "authorization_endpoint": "LTI 1.3 Platform Authentication/Authorization URL",
        },
    )


def _blackboard(ours: ToolValues) -> Guide:
    gateway = "https://developer.blackboard.com/api/v1"
    return Guide(
        where="developer.anthology.com > My Apps > Register LTI Tool",
        given=(
            ("Login Initiation URL", ours.login_url),
            ("Tool Redirect URL(s)", ours.launch_url),
            ("Tool JWKS URL", ours.jwks_url),
            ("Domain(s)", ours.domain),
            ("Tool Placements > Target Link URI", ours.launch_url),
            ("Custom parameters", ours.custom_parameters),
        ),
        chosen=(
            ("Signing Algorithm", "RS256"),
            ("Administrator Panel > LTI Tool Providers", "Register LTI 1.3/Advantage Tool"),
            ("User Fields to Send", "Role in Course, Name"),
            ("Allow grade service access", "Yes"),
            ("Allow Membership Service Access", "Yes"),
            ("Tool Placements > Type", "Deep Linking content tool"),
        ),
        shown_at="My Apps > Miroir; LTI Tool Providers > Miroir > Edit",
        names={
            "issuer": "https://blackboard.com",
            "client_id": "Application ID",
            "deployments": "Deployment ID",
            "authorization_endpoint": f"{gateway}/gateway/oidcauth",
            "token_endpoint": f"{gateway}/gateway/oauth2/jwttoken",
            "jwks_uri": f"{gateway}/management/applications/<Application ID>/jwks.json",
        },
        notes=(
            _(
                "Registered once at Anthology; each school then adds the client ID and has a"
                " deployment of its own, which you approve here."
            ),
        ),
    )


def _d2l(ours: ToolValues) -> Guide:
    return Guide(
        where="Admin Tools > Manage Extensibility > LTI Advantage > Register Tool > Standard",
        given=(
            ("Domain", ours.domain),
            ("Redirect URLs", ours.launch_url),
            ("OpenID Connect Login URL", ours.login_url),
            ("Target Link URI", ours.launch_url),
            ("Keyset URL", ours.jwks_url),
            ("Substitution / Custom Parameters", ours.custom_parameters),
        ),
        chosen=(
            (
                "Extensions",
                "Assignment and Grade Services; Names and Role Provisioning Services; Deep Linking",
            ),
            ("Registration", "Enabled"),
            ("New Deployment > Security Settings", "First Name, Last Name"),
            ("New Link > Type", "Deep Linking Quicklink"),
        ),
        shown_at="LTI Advantage > Miroir > Brightspace Registration Details; View Deployments",
        names={
            "issuer": "Issuer",
            "client_id": "Client Id",
            "deployments": "Deployment Id",
            "jwks_uri": "Brightspace Keyset URL",
            "token_endpoint": "Brightspace OAuth2 Access Token URL",
            "authorization_endpoint": "OpenID Connect Authentication Endpoint",
            "token_audience": "Brightspace OAuth2 Audience",
        },
        notes=(_("Brightspace needs the token audience; it is the same for every school."),),
    )


def _openedx(ours: ToolValues) -> Guide:
    return Guide(
        where="Studio > Advanced > LTI Consumer > Edit",
        given=(
            ("Tool Launch URL", ours.launch_url),
            ("Registered Redirect URIs", f'["{ours.launch_url}"]'),
            ("Tool Initiate Login URL", ours.login_url),
            ("Tool Keyset URL", ours.jwks_url),
            ("Deep Linking Launch URL", ours.launch_url),
        ),
        chosen=(
            ("LTI Version", "LTI 1.3"),
            ("Tool Public Key Mode", "Keyset URL"),
            ("Deep Linking", "True"),
            (
                "LTI Assignment and Grades Service",
                "Allow tools to manage and submit grades (programmatic)",
            ),
            ("Enable LTI NRPS", "True"),
            ("Request user's username / full name", "True"),
        ),
        shown_at="Studio > LTI Consumer",
        names={
            "issuer": "https://<lms>",
            "client_id": "Client ID",
            "deployments": "Deployment ID (1)",
            "jwks_uri": "Keyset URL",
            "token_endpoint": "Access Token URL",
            "authorization_endpoint": "OIDC Callback / Login URL",
        },
        notes=(_("Each block has a client ID and addresses of its own: connect each by itself."),),
    )


def _generic(ours: ToolValues) -> Guide:
    return Guide(
        where=_("Where external tools (LTI 1.3) are added"),
        given=(
            (_("Login initiation URL"), ours.login_url),
            (_("Redirect URI"), ours.launch_url),
            (_("Target link URI, tool URL"), ours.launch_url),
            (_("Deep linking URL"), ours.launch_url),
            (_("Public key set URL"), ours.jwks_url),
            (_("Icon"), ours.icon_url),
            (_("Custom parameters"), ours.custom_parameters),
            (_("Scopes"), "\n".join(ours.scopes)),
        ),
        chosen=(
            (_("Services"), "AGS 2.0, NRPS 2.0, Deep Linking 2.0"),
            (_("Privacy"), _("Share names; e-mail addresses are not needed")),
        ),
        shown_at=_("Where the LMS shows the values of the tool"),
        names={
            "issuer": "Issuer, Platform ID",
            "client_id": "Client ID",
            "deployments": "Deployment ID",
            "jwks_uri": "Key set URL, JWKS",
            "token_endpoint": "Access token URL",
            "authorization_endpoint": "OIDC authentication request URL",
        },
    )
