"""The platforms that are connected: how each goes, and what an operator does about it."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.lti.platform import origin_of
from lti_tool.rules.vocabulary import DeploymentState, PlatformFamily
from lti_tool.schemas.operator import (
    DeploymentForm,
    DeploymentStateForm,
    FramesForm,
    NameForm,
    StateForm,
)
from lti_tool.services.platforms.platforms import INVITE_HOURS
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.notices import see_other
from lti_tool.views.pages.operator import hints
from lti_tool.views.pages.operator.blueprint import bp, console_page
from lti_tool.views.pages.operator.connecting import platform_values, read_platform
from lti_tool.views.session import services


@bp.get("/")
def platforms() -> str:
    """List all platforms; first what waits for the operator."""
    console = services().console
    found = console.platforms.overview()
    return console_page(
        "operator/platforms.html",
        "platforms",
        platforms=found,
        pending=[deployment for one in found for deployment in one.pending],
        refused=console.outbox.refused(),
    )


@bp.get("/platforms/<uuid:platform_id>")
def platform(platform_id: uuid.UUID) -> str:
    """Show every value of a platform."""
    found = services().console.platforms.platform(platform_id)
    return console_page("operator/platform.html", "platforms", platform=found)


@bp.post("/platforms/<uuid:platform_id>/name")
@form_page(platform)
def rename(platform_id: uuid.UUID) -> Response:
    """Set what the operator calls it."""
    services().console.changes.rename(platform_id, read_form(NameForm)["name"])
    return see_other("operator.platform", notice="saved", platform_id=platform_id)


@bp.post("/platforms/<uuid:platform_id>/state")
def switch(platform_id: uuid.UUID) -> Response:
    """Stop a platform, or let it launch again."""
    disabled = read_form(StateForm)["disabled"]
    services().console.changes.set_disabled(platform_id, disabled)
    said = "platform_off" if disabled else "platform_on"
    return see_other("operator.platform", notice=said, platform_id=platform_id)


@bp.post("/platforms/<uuid:platform_id>/frames")
@form_page(platform)
def frames(platform_id: uuid.UUID) -> Response:
    """Set who may frame us besides those that launches tell."""
    typed = read_form(FramesForm)["frame_origins"]
    services().console.changes.set_frame_origins(platform_id, typed)
    return see_other("operator.platform", notice="saved", platform_id=platform_id)


@bp.post("/platforms/<uuid:platform_id>/update-link")
def make_update_link(platform_id: uuid.UUID) -> str:
    """Make a registration link that renews this connection; it is shown this once."""
    found = services().console.platforms.platform(platform_id)
    link = services().platforms.invite(found.listing.name, updates=platform_id)
    return console_page(
        "operator/platform.html", "platforms", platform=found, link=link, hours=INVITE_HOURS
    )


@bp.post("/platforms/<uuid:platform_id>/deployments")
@form_page(platform)
def add_deployment(platform_id: uuid.UUID) -> Response:
    """Approve a deployment before it is seen."""
    typed = read_form(DeploymentForm)["deployment_id"]
    services().console.changes.add_deployment(platform_id, typed)
    return see_other("operator.platform", notice="deployment_on", platform_id=platform_id)


@bp.post("/platforms/<uuid:platform_id>/deployments/<uuid:deployment_id>")
def set_deployment(platform_id: uuid.UUID, deployment_id: uuid.UUID) -> Response:
    """Approve or disable a deployment."""
    state = read_form(DeploymentStateForm)["state"]
    services().console.changes.set_deployment(platform_id, deployment_id, state)
    approved = state is DeploymentState.APPROVED
    said = "deployment_on" if approved else "deployment_off"
    return see_other("operator.platform", notice=said, platform_id=platform_id)


@bp.get("/platforms/<uuid:platform_id>/values")
def values(platform_id: uuid.UUID) -> str:
    """Show the form that corrects a platform's addresses."""
    console = services().console
    found = console.platforms.platform(platform_id)
    return console_page(
        "operator/values.html",
        "platforms",
        platform=found,
        names_platform=console.platforms.is_unused(platform_id),
        families=list(PlatformFamily),
    )


@bp.post("/platforms/<uuid:platform_id>/values")
@form_page(values)
def correct(platform_id: uuid.UUID) -> Response:
    """Correct a platform's addresses."""
    console = services().console
    form = read_platform(console.platforms.is_unused(platform_id))
    console.changes.correct(platform_id, platform_values(form))
    console.changes.rename(platform_id, form["name"])
    return see_other("operator.platform", notice="saved", platform_id=platform_id)


@bp.get("/platforms/<uuid:platform_id>/test")
def self_test(platform_id: uuid.UUID) -> str:
    """Show what the last self-test found, and which settings to change."""
    found = services().console.platforms.platform(platform_id)
    rows = hints.rows(found.test.findings, found.listing.family) if found.test else []
    asked, frames = request.args.get("page", ""), services().console.frames.of(platform_id)
    return console_page(
        "operator/self_test.html",
        "platforms",
        platform=found,
        rows=rows,
        base_url=services().platforms.base_url,
        frames=frames,
        asked=asked,
        verdict=frames.verdict(asked).value if asked.strip() else "",
        origin=origin_of(asked.strip().lower()),
    )


@bp.post("/platforms/<uuid:platform_id>/test")
def run_self_test(platform_id: uuid.UUID) -> Response:
    """Test a platform now."""
    services().console.self_tests.run(platform_id)
    return see_other("operator.self_test", platform_id=platform_id)
