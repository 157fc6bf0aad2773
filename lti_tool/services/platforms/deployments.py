"""Deployments: which are approved, and what becomes of one that nobody has seen before."""

from __future__ import annotations

import uuid

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool.models.platforms import Deployment, Registration, RegistrationInvite
from lti_tool.rules.vocabulary import DeploymentState


def meet(session: Session, registration_id: uuid.UUID, deployment_id: str) -> Deployment:
    """Add a deployment that was launched for the first time.

    It waits for the operator. Only the very first deployment of a platform that registered with an
    invitation is approved at once, if the invitation says so: the administrator who used the
    invitation has just installed the tool there, and most LMSs do not name it any earlier.
    """
    session.get(Registration, registration_id, with_for_update=True)
    expected = session.scalar(
        select(
            exists().where(
                RegistrationInvite.registration_id == registration_id,
                RegistrationInvite.approves_first,
            )
        )
    )
    seen = session.scalar(select(exists().where(Deployment.registration_id == registration_id)))
    state = DeploymentState.APPROVED if expected and not seen else DeploymentState.PENDING
    return add(session, registration_id, deployment_id, state)


def install(session: Session, registration_id: uuid.UUID, deployment_id: str) -> None:
    """Approve the deployment that an invited administrator has just made.

    One that is there keeps its state: what the operator disabled stays so.
    """
    known = exists().where(
        Deployment.registration_id == registration_id, Deployment.deployment_id == deployment_id
    )
    if not session.scalar(select(known)):
        add(session, registration_id, deployment_id, DeploymentState.APPROVED)


def add(
    session: Session, registration_id: uuid.UUID, deployment_id: str, state: DeploymentState
) -> Deployment:
    """Add a deployment in this state, or bring one that is there into it."""
    found = session.scalars(
        select(Deployment).where(
            Deployment.registration_id == registration_id,
            Deployment.deployment_id == deployment_id,
        )
    ).first()
    deployment = found or Deployment(registration_id=registration_id, deployment_id=deployment_id)
    deployment.state = state
    session.add(deployment)
    session.flush()
    return deployment
