"""The companion's self-test: what Moodle's administrator still has to do, each thing by its name.

In production Moodle says of most faults no more than "Access control exception". So functions are
tried one by one, and capabilities by calls that are refused for want of them, or else end without
changing anything: there is no competency with the number -1.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition, PlatformError
from lti_tool.models import Database
from lti_tool.models.companion import MoodleCompanion
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Deployment
from lti_tool.remote import moodle_competencies as moodle
from lti_tool.remote.moodle_competencies import MoodleCompetencies
from lti_tool.remote.moodle_services import MoodleServices
from lti_tool.rules.rich_text import storable
from lti_tool.rules.vocabulary import Role
from lti_tool.secrecy import Secrets
from lti_tool.services.companion.settings import site_of

NOWHERE = -1
"""The number of no competency."""
COURSES_LOOKED_AT = 20


IN_COURSE = "moodle/competency:coursecompetencyview"
OF_PEOPLE = "moodle/competency:usercompetencyview"


class Check(StrEnum):
    """What is tried, in this order."""

    ACCESS = "access"
    """Web services, protocol, token, account."""
    SITE = "site"
    FUNCTIONS = "functions"
    COMPETENCIES = "competencies"
    CAPABILITIES = "capabilities"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: ``result`` is ok, failed or skipped, ``code`` a stable reason.

    ``names`` are the functions or capabilities that are missing, or else Moodle's own words.
    """

    check: Check
    result: str
    code: str = ""
    names: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A call that shows whether a capability is there: refused for want of it, or not."""

    function: str
    capability: str
    arguments: dict[str, Any]
    missing: tuple[str, ...] = ("moodle_permission",)
    hidden_by: str = ""
    """Without this capability the answer would be the same."""


@dataclass(frozen=True, slots=True)
class CompanionTests:
    """Tests the companion of a platform; ``services`` should be one with short patience."""

    db: Database
    secrets: Secrets
    services: MoodleServices

    def run(self, platform_id: uuid.UUID) -> tuple[Finding, ...]:
        """Test now, keep the findings and return them; no transaction is open meanwhile.

        Raises IllegalTransition where the companion is off.
        """
        with self.db.read() as session:
            row = session.get(MoodleCompanion, platform_id)
            if row is None:
                raise IllegalTransition("companion", "off", "test")
            reads_groups = row.reads_groups
            place = _somewhere(session, platform_id)
            try:
                site = site_of(session, self.secrets, platform_id)
            except ValueError:
                site = None
        if site is None:
            found: tuple[Finding, ...] = (Finding(Check.ACCESS, "failed", "unreadable"),)
        else:
            found = tuple(_Run(MoodleCompetencies(self.services, site), reads_groups, place).all())
        with self.db.write() as session:
            row = session.get(MoodleCompanion, platform_id)
            if row is not None:
                row.tested_at, row.findings = clock.now(), [_kept(one) for one in found]
        return found


@dataclass(slots=True)
class _Run:
    """One run; after a fault that concerns everything the later checks are skipped."""

    moodle: MoodleCompetencies
    reads_groups: bool
    place: tuple[int, int] | None
    """A course and a learner of it, by Moodle's numbers."""
    allowed: frozenset[str] = frozenset()

    def all(self) -> Iterator[Finding]:
        checks: tuple[tuple[Check, Callable[[], Finding]], ...] = (
            (Check.ACCESS, self._access),
            (Check.SITE, self._site),
            (Check.FUNCTIONS, self._functions),
            (Check.COMPETENCIES, self._competencies),
            (Check.CAPABILITIES, self._capabilities),
        )
        over = False
        for check, work in checks:
            if over:
                yield Finding(check, "skipped", "before")
                continue
            try:
                finding = work()
            except PlatformError as error:
                finding = Finding(check, "failed", error.reason, _said(error))
            yield finding
            over = finding.result == "failed" and check in (Check.ACCESS, Check.SITE)

    def _access(self) -> Finding:
        try:
            self.allowed = self.moodle.info().functions
        except PlatformError as error:
            if error.reason != "moodle_access":
                return Finding(Check.ACCESS, "failed", error.reason, _said(error))
            return self._access_in_doubt()
        return Finding(Check.ACCESS, "ok")

    def _access_in_doubt(self) -> Finding:
        """Tell an expired token, which Moodle deletes when it meets it, from other causes."""
        found = {name: self._reason(name) for name in self._wanted()}
        if "moodle_token" in found.values():
            return Finding(Check.ACCESS, "failed", "expired")
        self.allowed = frozenset(name for name, why in found.items() if why != "moodle_access")
        if not self.allowed:
            return Finding(Check.ACCESS, "failed", "moodle_access")
        return Finding(Check.ACCESS, "ok")

    def _site(self) -> Finding:
        if moodle.SITE_INFO not in self.allowed:
            return Finding(Check.SITE, "skipped", "before")
        told = self.moodle.info().root
        same = told.rstrip("/") == self.moodle.site.root.rstrip("/")
        return Finding(Check.SITE, "ok" if same else "failed", "" if same else "other_site", told)

    def _functions(self) -> Finding:
        missing = [name for name in self._wanted() if name not in self.allowed]
        if missing:
            return Finding(Check.FUNCTIONS, "failed", "functions", " ".join(missing))
        return Finding(Check.FUNCTIONS, "ok")

    def _competencies(self) -> Finding:
        if moodle.FRAMEWORKS not in self.allowed:
            return Finding(Check.COMPETENCIES, "skipped", "before")
        try:
            names = [one.name for one in self.moodle.frameworks()]
        except PlatformError as error:
            if error.reason == "moodle_permission":
                need = "moodle/competency:competencyview"
                return Finding(Check.COMPETENCIES, "failed", "capabilities", need)
            raise
        if not names:
            return Finding(Check.COMPETENCIES, "failed", "no_frameworks")
        return Finding(Check.COMPETENCIES, "ok", names=", ".join(names))

    def _capabilities(self) -> Finding:
        if self.place is None:
            return Finding(Check.CAPABILITIES, "skipped", "no_course")
        missing = []
        for probe in _probes(*self.place, self.reads_groups):
            if probe.function not in self.allowed or probe.hidden_by in missing:
                continue
            reason = self._reason(probe.function, **probe.arguments)
            if reason == "moodle_course_closed":
                return Finding(Check.CAPABILITIES, "failed", "capabilities", "moodle/course:view")
            if reason in probe.missing:
                missing.append(probe.capability)
        if missing:
            return Finding(Check.CAPABILITIES, "failed", "capabilities", " ".join(missing))
        return Finding(Check.CAPABILITIES, "ok")

    def _wanted(self) -> tuple[str, ...]:
        return moodle.FOR_RATINGS + (moodle.FOR_GROUPS if self.reads_groups else ())

    def _reason(self, function: str, **arguments: Any) -> str:
        """Return why a call was refused; "" where it was not, ``empty`` where it found nobody."""
        try:
            answer = self.moodle.services.call(self.moodle.site, function, **arguments)
        except PlatformError as error:
            return error.reason
        return "empty" if answer == [] else ""


def _probes(course: int, user: int, reads_groups: bool) -> Iterator[Probe]:
    nothing = {"courseid": course, "competencyid": NOWHERE}
    somebodys = {**nothing, "userid": user}
    yield Probe(moodle.IN_COURSE, IN_COURSE, {"id": course})
    yield Probe(moodle.READ, OF_PEOPLE, somebodys, hidden_by=IN_COURSE)
    yield Probe(
        moodle.GRADE, "moodle/competency:competencygrade", somebodys | {"grade": 1},
        hidden_by=OF_PEOPLE,
    )  # fmt: skip
    yield Probe(moodle.ADD, "moodle/competency:coursecompetencymanage", nothing)
    yield Probe(
        moodle.USERS, "moodle/user:viewdetails", {"field": "id", "values": [user]}, ("empty",)
    )
    if reads_groups:
        yield Probe(moodle.GROUPS, "moodle/course:managegroups", {"courseid": course})


def _somewhere(session: Session, platform_id: uuid.UUID) -> tuple[int, int] | None:
    """Return the course that was launched last, and a learner of it, where both are numbers."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    rows = session.execute(
        select(Context.lti_id, User.sub)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Membership, Membership.context_id == Context.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Deployment.registration_id == platform_id,
            Membership.left_at.is_(None),
            role.in_([one.value for one in Role if one.takes_part]),
        )
        .order_by(Membership.last_seen_at.desc(), Membership.id.desc())
        .limit(COURSES_LOOKED_AT)
    )
    for course, user in rows:
        if course.isdecimal() and user.isdecimal():
            return int(course), int(user)
    return None


def _said(error: PlatformError) -> str:
    """Return what Moodle said; where it said nothing, the cause without whose it was."""
    return error.body if error.status else error.body.rpartition("): ")[2].strip("\"')")


def _kept(finding: Finding) -> dict[str, str]:
    return {name: storable(str(value)) for name, value in asdict(finding).items()}
