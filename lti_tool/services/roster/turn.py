"""One turn at one course list: read it page by page, write each page, mark who is gone.

Requests are made outside any transaction. An interrupted turn has added and changed what it read,
which is true all the same, and has marked nobody as gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event

import structlog
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import PlatformError, PlatformRefusal, Stale
from lti_tool.lti.groups import Group, Groups
from lti_tool.lti.nrps import Member, MemberPage, Nrps
from lti_tool.models.database import Database
from lti_tool.models.people import User
from lti_tool.rules.vocabulary import RosterState
from lti_tool.secrecy import Secrets
from lti_tool.services.cohorts import groups as group_rows
from lti_tool.services.locking import hold_people
from lti_tool.services.privacy import erasures
from lti_tool.services.roster import rows, states
from lti_tool.services.roster.states import Job

BATCH = 500
"""Members in a transaction: no page, however large, holds up the people at work."""
ASKED_ONE_BY_ONE = 100
"""Where the list names no groups, so many people's groups are asked for at most."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a turn; ``reason`` is empty if it succeeded."""

    state: RosterState
    members: int = 0
    is_complete: bool = False
    reason: str = ""
    status: int | None = None
    who_can_fix: str = ""


@dataclass(slots=True)
class Turn:
    """A turn under way; holds one page at a time."""

    db: Database
    secrets: Secrets
    nrps: Nrps
    groups: Groups
    job: Job
    chance: Callable[[], float]
    stop: Event
    """Set to leave after the page at hand."""
    tells_groups: bool = False
    """Whether the list said of anybody which groups they are in."""

    def run(self) -> Ending:
        """Read the list and write it down; whatever the platform does ends in an Ending.

        Raises SQLAlchemy's errors if the database fails; the turn is taken again after its lease.
        """
        try:
            self._read_groups()
            ending = self._read_members()
        except PlatformError as error:
            ending = self._fail(error)
        except Stale:
            ending = Ending(RosterState.RUNNING, reason="overtaken")
        log.info(
            "roster",
            context_id=str(self.job.context_id),
            registration_id=str(self.job.tenant.registration_id),
            state=ending.state.value,
            members=ending.members,
            complete=ending.is_complete,
            reason=ending.reason,
            status=ending.status,
            seconds=round((clock.now() - self.job.started_at).total_seconds(), 1),
        )
        return ending

    def _read_members(self) -> Ending:
        if self.job.differences_url:
            try:
                pages = self.nrps.differences(self.job.tenant, self.job.differences_url)
                return self._write(pages, is_whole=False)
            except PlatformRefusal as error:
                # Links to differences grow old; the whole list is always right.
                log.info("differences_refused", reason=error.reason, status=error.status)
        return self._write(
            self.nrps.members(self.job.tenant, self.job.memberships_url), is_whole=True
        )

    def _write(self, pages: Iterator[MemberPage], is_whole: bool) -> Ending:
        differences, ended = "", False
        for page in pages:
            if self.stop.is_set():
                return self._give_back()
            for start in range(0, len(page.members), BATCH):
                self._write_members(page.members[start : start + BATCH])
            differences = page.differences_url or differences
            ended = page.is_last
        self._ask_for_groups()
        is_complete = is_whole and ended
        with self.db.write() as session:
            now = clock.now()
            if is_complete:
                rows.mark_gone(session, self.job, now)
            row = states.renew(session, self.job)
            row.complete_at = now if is_complete else row.complete_at
            # Without a link to newer differences the old one would be read again and again.
            row.differences_url = differences if ended else ""
            states.finish(row, now, self.chance())
            return Ending(RosterState.DONE, row.members, is_complete)

    def _give_back(self) -> Ending:
        """Let the next worker begin the turn anew."""
        with self.db.write() as session:
            row = states.renew(session, self.job)
            row.state, row.next_at = RosterState.DUE, clock.now()
        return Ending(RosterState.DUE)

    def _write_members(self, members: list[Member]) -> None:
        with self.db.write() as session:
            subs = [member.sub for member in members]
            tenant = self.job.tenant.registration_id
            hold_people(session, (User.registration_id == tenant) & User.sub.in_(subs))
            members = self._without_erased(session, members)
            ids = rows.save_members(session, self.job, members, clock.now())
            wanted = {
                ids[member.sub]: member.groups
                for member in members
                if member.groups is not None and member.sub in ids
            }
            if wanted:
                self.tells_groups = True
                group_rows.set_members(session, self.job.context_id, wanted)
            states.renew(session, self.job, len(members))

    def _without_erased(self, session: Session, members: list[Member]) -> list[Member]:
        """Leave out who was erased here: only their own launch brings them back."""
        subs = [member.sub for member in members]
        gone = erasures.erased(session, self.secrets, self.job.tenant.registration_id, subs)
        return [member for member in members if member.sub not in gone] if gone else members

    def _read_groups(self) -> None:
        """Bring the course's groups up to date first, where there is a service for it."""
        if not self.job.groups_url:
            return
        try:
            sets: dict[str, str] = {}
            if self.job.group_sets_url:
                sets = self.groups.sets(self.job.tenant, self.job.group_sets_url)
            told: list[Group] = []
            ended = False
            for page in self.groups.groups(self.job.tenant, self.job.groups_url):
                told += page.groups
                ended = page.is_last
        except PlatformError as error:
            # Groups are a help, the list of people is not to wait for them.
            log.warning("groups_not_read", reason=error.reason, status=error.status)
            return
        if ended:
            with self.db.write() as session:
                states.renew(session, self.job)
                group_rows.save_groups(session, self.job.context_id, told, sets)

    def _ask_for_groups(self) -> None:
        """Ask for each person's groups in a small course whose list does not name them."""
        if not self.job.groups_url or self.tells_groups:
            return
        with self.db.read() as session:
            people = rows.listed_learners(session, self.job, ASKED_ONE_BY_ONE + 1)
        if len(people) > ASKED_ONE_BY_ONE:
            return
        try:
            wanted = {user_id: self._groups_of(sub) for user_id, sub in people}
        except PlatformError as error:
            log.warning("groups_not_read", reason=error.reason, status=error.status)
            return
        with self.db.write() as session:
            states.renew(session, self.job)
            group_rows.set_members(session, self.job.context_id, wanted)

    def _groups_of(self, sub: str) -> tuple[str, ...]:
        pages = self.groups.groups(self.job.tenant, self.job.groups_url, sub)
        return tuple(dict.fromkeys(group.id for page in pages for group in page.groups))

    def _fail(self, error: PlatformError) -> Ending:
        try:
            with self.db.write() as session:
                row = states.renew(session, self.job)
                states.fail(row, error, clock.now(), self.chance())
                return Ending(
                    RosterState.FAILED,
                    row.members,
                    False,
                    row.reason,
                    row.http_status,
                    row.who_can_fix,
                )
        except Stale:
            return Ending(RosterState.RUNNING, reason="overtaken")
