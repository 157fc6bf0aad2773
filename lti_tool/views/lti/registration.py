"""``/lti/register/<invite>``: an LMS's administrator connects it to us (LTI-DR 1.0)."""

from __future__ import annotations

import structlog
from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from lti_tool.schemas.lti.registration import RegistrationForm
from lti_tool.views.forms import form_values, load
from lti_tool.views.lti.endpoints import our_endpoints
from lti_tool.views.lti.wording import asked_of
from lti_tool.views.render import page
from lti_tool.views.session import frame_by_anybody, services

bp = Blueprint("lti_registration", __name__, url_prefix="/lti")
log = structlog.get_logger()


@bp.get("/register")
def explain() -> str:
    """Explain how an LMS is connected, to somebody without an invitation."""
    frame_by_anybody()
    return page("lti/register_help.html", endpoints=our_endpoints(), invitation=None, link="")


@bp.get("/register/<invite>")
def confirm(invite: str) -> str:
    """Show the administrator which LMS this is, what we ask for, and what it changes here."""
    frame_by_anybody()
    invitation = services().platforms.invitation(invite)
    if not request.args.get("openid_configuration"):
        endpoints = our_endpoints()
        link = f"{endpoints['register']}/{invite}"
        return page("lti/register_help.html", endpoints=endpoints, invitation=invitation, link=link)
    proposal = services().platforms.proposal(invite, **_told(request.args))
    return page(
        "lti/register.html",
        invitation=proposal.invitation,
        platform=proposal.platform,
        changes=proposal.changes,
        asked=asked_of(proposal.platform),
    )


@bp.post("/register/<invite>")
def register(invite: str) -> str:
    """Register at the LMS and say what is left to do there."""
    frame_by_anybody()
    registered = services().platforms.register(invite, **_told(request.form))
    log.info(
        "platform_updated" if registered.is_update else "platform_registered",
        iss=registered.issuer,
        client_id=registered.client_id,
        family=registered.family.value,
    )
    return page("lti/registered.html", registered=registered)


def _told(form: MultiDict[str, str]) -> dict[str, str]:
    """Return what the LMS appended to the link: where it describes itself, and its token."""
    values = load(RegistrationForm(), form_values(form, RegistrationForm()))
    return {"url": values["openid_configuration"], "bearer": values["registration_token"]}
