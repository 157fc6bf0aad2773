"""Self-tests of platforms: what is known of one, the run, and the last run's findings."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.http import Http
from lti_tool.lti.self_test import Check, Finding, Result, SelfTest, Subject
from lti_tool.lti.tokens import Tenant, tenant_of
from lti_tool.models.database import Database
from lti_tool.models.grades import LineItem
from lti_tool.models.launches import LaunchSession
from lti_tool.models.operator import PlatformClock, SelfTestRun
from lti_tool.models.people import Context, Membership
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.rich_text import storable
from lti_tool.rules.vocabulary import DeploymentState
from lti_tool.services.platforms.keys import SigningKeys

READ_SECONDS = 8.0
"""A person waits for the page: no platform is given more per request."""


@dataclass(frozen=True, slots=True)
class SelfTestReport:
    """The findings of one run."""

    ran_at: datetime
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> int:
        """How many checks failed or warn."""
        return sum(one.result in (Result.FAILED, Result.WARN) for one in self.findings)

    @property
    def failed(self) -> bool:
        """Whether a check failed."""
        return any(one.result is Result.FAILED for one in self.findings)


@dataclass(frozen=True, slots=True)
class SelfTests:
    """Tests platforms; ``http`` should be one with short patience."""

    db: Database
    http: Http
    keys: SigningKeys
    base_url: str

    def run(self, registration_id: uuid.UUID) -> SelfTestReport:
        """Test a platform now and keep the findings; raises NotFound.

        Takes about a minute at the very worst. No transaction is open while a platform is asked.
        """
        subject = self._subject(registration_id)
        findings = SelfTest(self.http, self.keys.current, subject).run()
        now = clock.now()
        with self.db.write() as session:
            session.merge(
                SelfTestRun(
                    registration_id=registration_id,
                    ran_at=now,
                    findings=[_row(finding) for finding in findings],
                )
            )
        return SelfTestReport(now, tuple(findings))

    def last(self, registration_id: uuid.UUID) -> SelfTestReport | None:
        """Return the last run's findings, None if the platform was never tested."""
        with self.db.read() as session:
            run = session.get(SelfTestRun, registration_id)
        return report_of(run) if run is not None else None

    def _subject(self, registration_id: uuid.UUID) -> Subject:
        kids = frozenset(key["kid"] for key in self.keys.jwks()["keys"])
        with self.db.read() as session:
            registration = session.get(Registration, registration_id)
            if registration is None:
                raise NotFound("platform")
            line_item = _newest_line_item(session, registration_id)
            told = session.get(PlatformClock, registration_id)
            return Subject(
                base_url=self.base_url,
                own_kids=kids,
                jwks_uri=registration.jwks_uri,
                tenant=_tenant(session, registration, line_item),
                roster_url=_roster_url(session, registration_id),
                line_item_url=line_item.url if line_item else "",
                launch_offset=told.offset_seconds if told else None,
                launch_refused=told is not None and told.refused,
            )


def report_of(run: SelfTestRun) -> SelfTestReport:
    """Return a kept run as plain values."""
    return SelfTestReport(run.ran_at, tuple(_finding(row) for row in run.findings))


def _newest_line_item(session: Session, registration_id: uuid.UUID) -> LineItem | None:
    query = select(LineItem).where(
        LineItem.registration_id == registration_id, LineItem.resource_link_id.is_not(None)
    )
    return session.scalars(
        query.order_by(LineItem.seen_at.desc(), LineItem.id.desc()).limit(1)
    ).first()


def _roster_url(session: Session, registration_id: uuid.UUID) -> str:
    """Return where the roster is of the course that was launched last; "" if none told so.

    One that nobody opens any more may be deleted in the LMS, which is no fault of the services.
    """
    query = (
        select(Context.memberships_url)
        .join(Deployment, Context.deployment_id == Deployment.id)
        .where(Deployment.registration_id == registration_id, Context.memberships_url != "")
    )
    launched = query.join(LaunchSession, LaunchSession.context_id == Context.id)
    seen = query.join(Membership, Membership.context_id == Context.id).where(
        Membership.launched_role.is_not(None)
    )
    # Sessions are kept for days only; when somebody was seen is kept by the day.
    return (
        session.scalar(
            launched.order_by(LaunchSession.created_at.desc(), LaunchSession.id.desc()).limit(1)
        )
        or session.scalar(
            seen.order_by(Membership.last_seen_at.desc(), Membership.id.desc()).limit(1)
        )
        or ""
    )


def _tenant(
    session: Session, registration: Registration, line_item: LineItem | None
) -> Tenant | None:
    """Return whom we are there: the column's deployment, else the first that is approved."""
    query = select(Deployment).where(
        Deployment.registration_id == registration.id,
        Deployment.state == DeploymentState.APPROVED,
    )
    approved = list(session.scalars(query.order_by(Deployment.first_seen_at, Deployment.id)))
    wanted = line_item.deployment_id if line_item else None
    chosen = next((one for one in approved if one.id == wanted), next(iter(approved), None))
    return tenant_of(registration, chosen) if chosen is not None else None


def _row(finding: Finding) -> dict[str, str]:
    """Return a finding as texts to be kept."""
    return {name: storable(str(value or "")) for name, value in asdict(finding).items()}


def _finding(row: dict[str, str]) -> Finding:
    return Finding(
        check=Check(row["check"]),
        result=Result(row["result"]),
        code=row["code"],
        url=row["url"],
        status=int(row["status"]) if row["status"] else None,
        answer=row["answer"],
        detail=row["detail"],
    )
