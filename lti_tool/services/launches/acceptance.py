"""A genuine launch becomes a session: one transaction, single use, bound if a cookie proves it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from lti_tool import clock
from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.lti.adapter import Accepted
from lti_tool.models.base import Identified
from lti_tool.models.database import Database
from lti_tool.models.launches import LaunchSession, UsedLogin
from lti_tool.rules.vocabulary import DeploymentState
from lti_tool.secrecy import Secrets, digest
from lti_tool.services.launches import returning
from lti_tool.services.launches.binding import handle_of
from lti_tool.services.launches.opening import Launched, Met, Opening
from lti_tool.services.launches.records import Records, find, save, with_link
from lti_tool.services.launches.sessions import is_live
from lti_tool.services.platforms import deployments
from lti_tool.services.privacy import erasures

REPLAY_WITHIN = timedelta(minutes=5)
"""A launch that is sent again this soon by the same browser leads to its session."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Takes one launch into the database."""

    secrets: Secrets
    accepted: Accepted
    opening: Opening

    def record(self, db: Database) -> Launched:
        """Keep the launch and open its session.

        Raises LaunchRefused: ``platform_disabled``, ``login_used``, ``deployment_pending`` (the
        unknown deployment is kept for the operator all the same), ``deployment_disabled``.
        """
        launched = returning.opened(db, self.opening)
        if launched is not None:
            return launched
        try:
            outcome = self._in_transaction(db)
        except (IntegrityError, StaleDataError):
            # Another launch made the same course, person or link this moment: now it is there. Or
            # the person was erased: now they come anew.
            outcome = self._in_transaction(db)
        if isinstance(outcome, LaunchRefused):
            outcome.facts = {**self.accepted.facts, **outcome.facts}
            outcome.dialog = _dialog(self.accepted)
            raise outcome
        return outcome

    def _in_transaction(self, db: Database) -> Launched | LaunchRefused:
        """Return a refusal instead of raising it, so that what was noted is kept."""
        platform_id, state_hash = self.accepted.platform.id, digest(self.accepted.state.id)
        with db.write() as session:
            message = with_link(session, platform_id, self.accepted.message)
            records = find(session, platform_id, message, state_hash)
            if records.registration.disabled_at is not None:
                return LaunchRefused("platform_disabled", WhoCanFix.OPERATOR)
            if records.used_login is not None:
                return self._repeat(session, records.used_login, records)
            refused = _admit(session, records, message.deployment_id)
            if refused is not None:
                return refused
            is_new_here = records.membership is None
            save(session, records, message)
            if is_new_here and records.membership is not None:
                # Not by a launch about their data, which is in no course: looking is not returning.
                records.begins_anew = erasures.welcome_back(
                    session, self.secrets, platform_id, message.sub
                )
            session.flush()
            return self.opening.open(session.connection(), _met(records), message)

    def _repeat(
        self, session: Session, used: UsedLogin, records: Records
    ) -> Launched | LaunchRefused:
        """Lead a reload or a double click to the session that is there; refuse any other replay."""
        launch = session.get(LaunchSession, used.session_id) if used.session_id else None
        recent = clock.now() - used.used_at < REPLAY_WITHIN
        is_same_browser = self.opening.is_same_browser()
        if launch is None or not recent or not is_live(launch) or not is_same_browser:
            return LaunchRefused("login_used", WhoCanFix.LEARNER)
        handle = handle_of(self.secrets, launch.id)
        return self.opening.launched(_met(records), self.accepted.message, handle)


def _admit(session: Session, records: Records, deployment_id: str) -> LaunchRefused | None:
    """Return the refusal of a deployment that is not approved; a new one is kept to be approved."""
    if records.deployment is None:
        records.deployment = deployments.meet(session, records.registration.id, deployment_id)
    if records.deployment.state is DeploymentState.APPROVED:
        return None
    return LaunchRefused(f"deployment_{records.deployment.state.value}", WhoCanFix.OPERATOR)


def _dialog(accepted: Accepted) -> dict[str, object] | None:
    """Return what an answer to a deep linking request needs (fields of Dialog)."""
    message, platform = accepted.message, accepted.platform
    if message.deep_linking is None:
        return None
    return {
        "issuer": platform.issuer,
        "client_id": platform.client_id,
        "deployment_id": message.deployment_id,
        "settings": message.deep_linking,
    }


def _met(records: Records) -> Met:
    registration, user, membership = records.registration, records.user, records.membership
    link = records.link
    return Met(
        registration_id=registration.id,
        authorization_endpoint=registration.authorization_endpoint,
        frame_origins=registration.frame_origins,
        deployment_id=_id(records.deployment),
        user_id=_id(user),
        is_named=bool(user and user.display_name),
        language=user.language if user else "",
        context_id=_id(records.context),
        link_id=_id(link),
        activity_id=link.activity_id if link else None,
        membership_id=_id(membership),
        standing=membership.role if membership else None,
        granted=membership.granted_role if membership else None,
        copied_from=records.copied_from,
        begins_anew=records.begins_anew,
    )


def _id(row: Identified | None) -> uuid.UUID | None:
    return row.id if row is not None else None
