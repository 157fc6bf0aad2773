"""Course lists from the LMS (NRPS 2.0): read when due, when asked for, and told about on pages."""

from __future__ import annotations

import secrets
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool import clock
from lti_tool.errors import Forbidden, NotFound
from lti_tool.http import Http
from lti_tool.lti.containers import Containers
from lti_tool.lti.groups import Groups
from lti_tool.lti.nrps import Nrps
from lti_tool.lti.tokens import TokenMemory, Tokens
from lti_tool.models.database import Database
from lti_tool.models.people import Context, Membership
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.models.roster import RosterSync
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import PlatformFamily, Role, RosterState
from lti_tool.secrecy import Secrets
from lti_tool.services.platforms.keys import SigningKeys
from lti_tool.services.roster import states
from lti_tool.services.roster.states import Due, Job
from lti_tool.services.roster.turn import Ending, Turn

LOOK_AHEAD = 200
"""Courses that are looked at in one go."""
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class RosterStatus:
    """What a tutor sees of the course list; ``state`` is None if the LMS shares none."""

    state: RosterState | None
    updated_at: datetime | None = None
    reason: str = ""
    who_can_fix: str = ""
    next_at: datetime | None = None
    may_list_tutors: bool = False
    """Whether some who stand as learners may be tutors who have not opened an activity yet."""


@dataclass(frozen=True, slots=True)
class Course:
    """A course as the operator names it."""

    id: uuid.UUID
    platform: str
    title: str
    lti_id: str


def _chance() -> float:
    return secrets.randbelow(1_000_001) / 1_000_000


@dataclass(slots=True)
class _Memory:
    """What this process remembers between two runs; one run at a time."""

    tokens: TokenMemory = field(default_factory=TokenMemory)
    running: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class Roster:
    """Reads course lists into people and memberships."""

    db: Database
    keys: SigningKeys
    http: Http
    secrets: Secrets
    threads: int = 4
    """Platforms that are read at the same time; of one platform, one course at a time."""
    chance: Callable[[], float] = _chance
    _memory: _Memory = field(default_factory=_Memory, repr=False, compare=False)

    def run_due(self, stop: Event | None = None) -> Counter[str]:
        """Read every list that is due; return how many ended in each state.

        A platform that is slow or silent holds up its own courses only. Returns at once if this
        process is already at it. Raises SQLAlchemy's errors if the database fails.
        """
        if not self._memory.running.acquire(blocking=False):
            return Counter()
        try:
            return self._run_due(stop or Event())
        finally:
            self._memory.running.release()

    def status(self, viewer: Viewer) -> RosterStatus:
        """Return what is known of the list of the viewer's course; raises Forbidden."""
        _check_staff(viewer)
        with self.db.read() as session:
            row = session.get(RosterSync, viewer.context_id) if viewer.context_id else None
            if row is None:
                return RosterStatus(None)
            overdue = row.next_at <= clock.now()
            lost = row.state is RosterState.RUNNING and overdue
            return RosterStatus(
                state=RosterState.DUE if lost else row.state,
                updated_at=row.updated_at,
                reason=row.reason,
                who_can_fix=row.who_can_fix,
                next_at=row.next_at,
                may_list_tutors=_may_list_tutors(session, viewer),
            )

    def want(self, viewer: Viewer) -> None:
        """Have the list of the viewer's course read soon; asking twice asks once.

        Raises Forbidden for learners, NotFound where the LMS shares no list.
        """
        _check_staff(viewer)
        with self.db.write() as session:
            row = session.get(RosterSync, viewer.context_id) if viewer.context_id else None
            if row is None:
                raise NotFound("roster")
            if row.state not in (RosterState.DUE, RosterState.RUNNING):
                states.expect(session, row.context_id)

    def sync(self, context_id: uuid.UUID) -> Ending:
        """Read the whole list of a course now, for the operator.

        RUNNING means that a worker is at it. Raises NotFound where no launch has told of a list, or
        its platform is disabled.
        """
        with self.db.write() as session:
            known = session.get(RosterSync, context_id) is not None
            job = states.claim(session, context_id, clock.now(), by_hand=True)
            if job is None and known:
                return Ending(RosterState.RUNNING, reason="running")
        if job is None:
            raise NotFound("roster")
        return self._turn(job, Event()).run()

    def courses(self, platform: str = "", context: str = "") -> list[Course]:
        """Return the courses whose lists can be read, by platform and title.

        ``platform`` is a registration's name, client_id or id; ``context`` our id of a course or
        the platform's.
        """
        query = (
            select(Context.id, Registration.name, Context.title, Context.lti_id)
            .join(RosterSync, RosterSync.context_id == Context.id)
            .join(Deployment, Deployment.id == Context.deployment_id)
            .join(Registration, Registration.id == Deployment.registration_id)
            .where(Registration.disabled_at.is_(None))
            .order_by(Registration.name, Context.title, Context.lti_id)
        )
        if platform:
            names = (Registration.name == platform, Registration.client_id == platform)
            query = query.where(or_(*names, _has_id(Registration.id, platform)))
        if context:
            query = query.where(or_(Context.lti_id == context, _has_id(Context.id, context)))
        with self.db.read() as session:
            return [Course(*row) for row in session.execute(query)]

    def due_courses(self) -> list[Course]:
        """Return the courses whose lists are due now."""
        with self.db.read() as session:
            due, _asleep = states.due(session, clock.now(), LOOK_AHEAD)
        wanted = {one.context_id for one in due}
        return [course for course in self.courses() if course.id in wanted]

    def _run_due(self, stop: Event) -> Counter[str]:
        counts: Counter[str] = Counter()
        lanes: dict[uuid.UUID, Future[Ending | None]] = {}
        with ThreadPoolExecutor(self.threads, thread_name_prefix="roster") as pool:
            while not stop.is_set():
                for registration_id in [key for key, lane in lanes.items() if lane.done()]:
                    ending = lanes.pop(registration_id).result()
                    counts[ending.state.value if ending else "taken"] += 1
                for one in self._look():
                    if one.registration_id not in lanes:
                        lanes[one.registration_id] = pool.submit(self._take, one, stop)
                if not lanes:
                    return counts
                wait(lanes.values(), LOOK_SECONDS, FIRST_COMPLETED)
        return counts

    def _look(self) -> list[Due]:
        """Return what is due; courses that nobody launches are let sleep for another day."""
        now = clock.now()
        with self.db.read() as session:
            due, asleep = states.due(session, now, LOOK_AHEAD)
        if asleep:
            with self.db.write() as session:
                states.let_sleep(session, asleep, now)
        return due

    def _take(self, one: Due, stop: Event) -> Ending | None:
        with self.db.write() as session:
            job = states.claim(session, one.context_id, clock.now())
        return self._turn(job, stop).run() if job is not None else None

    def _turn(self, job: Job, stop: Event) -> Turn:
        tokens = Tokens(self.db, self.http, self.secrets, self.keys.current, self._memory.tokens)
        containers = Containers(self.http, tokens)
        nrps, groups = Nrps(containers), Groups(containers)
        return Turn(self.db, self.secrets, nrps, groups, job, self.chance, stop)


def _may_list_tutors(session: Session, viewer: Viewer) -> bool:
    """Tell whether Moodle lists somebody as a learner of whom no launch has told anything.

    It lists non-editing teachers so, and only their launches tell who they are.
    """
    is_moodle = exists().where(
        Registration.id == viewer.registration_id, Registration.family == PlatformFamily.MOODLE
    )
    unseen = exists().where(
        Membership.context_id == viewer.context_id,
        Membership.launched_role.is_(None),
        Membership.granted_role.is_(None),
        Membership.left_at.is_(None),
        Membership.role.in_([role for role in Role if role.takes_part]),
    )
    return bool(session.scalar(select(is_moodle & unseen)))


def _check_staff(viewer: Viewer) -> None:
    if not viewer.role.moderates:
        raise Forbidden("roster")


def _has_id(column: InstrumentedAttribute[uuid.UUID], text: str) -> ColumnElement[bool]:
    """Tell that a row has the id that ``text`` is, if it is one."""
    try:
        return column == uuid.UUID(text)
    except ValueError:
        return false()
