"""Deployments and platforms that may not launch (yet)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from lti_tool.models.platforms import RegistrationInvite
from lti_tool.rules.vocabulary import DeploymentState
from lti_tool.services.platforms.records import DeploymentListing
from tests.support.forge import Forge, handle_in, reason_in


def deployments(forge: Forge) -> tuple[DeploymentListing, ...]:
    return forge.services.platforms.show(str(forge.registration_id)).deployments


def invited(forge: Forge, approves_first: bool) -> None:
    """Make the registration one that came by an invitation."""
    forge.services.platforms.invite("x", approves_first=approves_first)
    with forge.services.db.write() as session:
        used = update(RegistrationInvite).values(registration_id=forge.registration_id)
        session.execute(used)


@pytest.fixture
def bare(app: Flask) -> Forge:
    """Return a platform of which no deployment is known."""
    return Forge(app, app.test_client()).connect(state=None)


def test_an_unknown_deployment_waits_for_the_operator(bare: Forge) -> None:
    response = bare.launch()
    assert (reason_in(response), response.status_code) == ("deployment_pending", 403)
    assert "waiting for approval" in response.text
    assert reason_in(bare.launch()) == "deployment_pending"
    (waiting,) = deployments(bare)
    assert (waiting.deployment_id, waiting.state) == ("1", DeploymentState.PENDING)
    approved = DeploymentState.APPROVED
    bare.services.platforms.set_deployment(bare.registration_id, "1", approved)
    assert handle_in(bare.launch())


def test_the_first_deployment_of_an_invited_platform_is_approved_and_no_other(bare: Forge) -> None:
    invited(bare, approves_first=True)
    assert handle_in(bare.launch())
    assert reason_in(bare.launch(DEPLOYMENT_ID="2")) == "deployment_pending"
    assert [one.state.value for one in deployments(bare)] == ["approved", "pending"]


def test_an_invitation_may_hold_every_deployment(bare: Forge) -> None:
    invited(bare, approves_first=False)
    assert reason_in(bare.launch()) == "deployment_pending"


def test_a_disabled_deployment_and_a_disabled_platform(forge: Forge) -> None:
    platforms = forge.services.platforms
    platforms.set_deployment(forge.registration_id, "1", DeploymentState.DISABLED)
    assert reason_in(forge.launch()) == "deployment_disabled"
    begun = forge.login()
    platforms.set_disabled(forge.registration_id, disabled=True)
    token = forge.token(forge.claims(begun.nonce))
    assert reason_in(forge.post(token, begun.state)) == "platform_disabled"


def test_deployment_ids_are_case_sensitive(forge: Forge) -> None:
    approved = DeploymentState.APPROVED
    forge.services.platforms.set_deployment(forge.registration_id, "Abc", approved)
    assert handle_in(forge.launch(DEPLOYMENT_ID="Abc"))
    assert reason_in(forge.launch(DEPLOYMENT_ID="abc")) == "deployment_pending"
