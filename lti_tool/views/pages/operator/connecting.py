"""Connecting a platform: by a registration link, or by hand with every value copied."""

from __future__ import annotations

import uuid
from typing import Any

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool.lti.tool_values import tool_values
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.schemas.operator import InvitationForm, PlatformForm
from lti_tool.services.platforms.platforms import INVITE_HOURS
from lti_tool.services.platforms.records import PlatformValues
from lti_tool.views.forms import form_page, form_values, load, read_form
from lti_tool.views.notices import see_other
from lti_tool.views.pages.operator.blueprint import bp, console_page
from lti_tool.views.pages.operator.lms_help import guide
from lti_tool.views.session import services


def platform_values(form: dict[str, Any]) -> PlatformValues:
    """Return what a filled-in form says of a platform."""
    return PlatformValues(
        issuer=form["issuer"],
        client_id=form["client_id"],
        authorization_endpoint=form["authorization_endpoint"],
        token_endpoint=form["token_endpoint"],
        jwks_uri=form["jwks_uri"],
        token_audience=form["token_audience"] or None,
        family=form["family"],
    )


def read_platform(names_platform: bool = True) -> dict[str, Any]:
    """Return the platform form as it was sent; raises InvalidInput."""
    schema = PlatformForm(services().platforms.allow_local, names_platform)
    return load(schema, form_values(request.form, schema))


def chosen_family() -> PlatformFamily:
    """Return the family that the form or the address names, else the generic one."""
    named = g.get("typed", {}).get("family") or request.args.get("family", "")
    known = {family.value for family in PlatformFamily}
    return PlatformFamily(named) if named in known else PlatformFamily.GENERIC


@bp.get("/connect")
def connect() -> str:
    """Offer both ways, and show the links that are still open."""
    return console_page(
        "operator/connect.html",
        "connect",
        invitations=services().console.platforms.invitations(),
        hours=INVITE_HOURS,
        link="",
    )


@bp.post("/connect/invitations")
@form_page(connect)
def invite() -> str:
    """Make a registration link; it is shown this once."""
    form = read_form(InvitationForm)
    link = services().platforms.invite(form["name"], form["hours"], not form["hold"])
    return console_page(
        "operator/connect.html",
        "connect",
        invitations=services().console.platforms.invitations(),
        hours=INVITE_HOURS,
        link=link,
        invited=form,
    )


@bp.post("/connect/invitations/<uuid:invitation_id>/withdraw")
def withdraw(invitation_id: uuid.UUID) -> Response:
    """Make a registration link useless."""
    services().console.changes.withdraw_invitation(invitation_id)
    return see_other("operator.connect", notice="link_withdrawn")


@bp.get("/connect/by-hand")
def by_hand() -> str:
    """Show the form beside our values, and where each goes in this family of LMS."""
    family = chosen_family()
    return console_page(
        "operator/by_hand.html",
        "connect",
        family=family,
        families=list(PlatformFamily),
        guide=guide(family, tool_values(services().platforms.base_url, family)),
    )


@bp.post("/connect/by-hand")
@form_page(by_hand)
def connect_by_hand() -> Response:
    """Connect a platform with the values that it shows."""
    form = read_platform()
    added = services().console.changes.connect(
        form["name"], platform_values(form), form["deployments"]
    )
    return see_other("operator.platform", notice="platform_connected", platform_id=added)
