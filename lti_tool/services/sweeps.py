"""What no request triggers: dates that pass, promises that a crash left behind, rows to forget."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.keys import AccessToken
from lti_tool.models.launches import LaunchSession, UsedLogin
from lti_tool.models.operator import OperatorLink, OperatorSession, Refusal
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.models.sharing import Share
from lti_tool.rules.vocabulary import OutboxState, Role
from lti_tool.services.activities.lists import archive_forgotten
from lti_tool.services.desk import extensions
from lti_tool.services.desk.weekly import Weeklies
from lti_tool.services.engine import completion, remeasuring, settling
from lti_tool.services.engine.leases import reconcile_all
from lti_tool.services.files.forgetting import drop_removed
from lti_tool.services.files.store import FileStore
from lti_tool.services.health import StepLog
from lti_tool.services.insight.insights import Insights
from lti_tool.services.learner.digests import Digests
from lti_tool.services.link_titles import LinkTitles
from lti_tool.services.locking import lock_activity
from lti_tool.services.outbox import catching_up, competency_scores
from lti_tool.services.platforms import refusals
from lti_tool.services.sharing import shares
from lti_tool.services.studio import rehearsals

BATCH = 200
"""Rows per transaction, so that no sweep holds up the people at work."""
BATCHES = 50
"""Transactions per sweep and kind; what is left waits for the next sweep."""
KEEP_SESSIONS = timedelta(days=1)
KEEP_SUPERSEDED = timedelta(days=30)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sweeps:
    """Housekeeping that the worker does every minute; each step may be repeated at any time."""

    db: Database
    store: FileStore | None = None
    link_titles: LinkTitles | None = None
    writes_mail: bool = False
    """Whether mail is set up, so that news and summaries are written."""
    steps: StepLog = field(default_factory=StepLog)

    def run(self) -> Counter[str]:
        """Do all of it; return how many rows each step dealt with.

        A step that fails keeps no other from being done: it is logged, noted in ``steps`` and
        counted as ``failed``. Raises SQLAlchemy's errors if the database itself is away.
        """
        done: Counter[str] = Counter()
        for name, step in self._steps().items():
            try:
                done[name] = step()
            except Exception:
                # Whatever it is: dates must pass and rows be forgotten all the same.
                log.exception("sweep_step_failed", step=name)
                self.steps.note(name, went_well=False)
                done["failed"] += 1
                self.db.ping()
            else:
                self.steps.note(name, went_well=True)
        return +done

    def _steps(self) -> dict[str, Callable[[], int]]:
        """Return all there is to do, in order, by name."""
        now = clock.now()
        steps: dict[str, Callable[[], int]] = {
            "settled": self._repeated(lambda session: settling.settle_due(session, limit=BATCH)),
            "extended": self._repeated(lambda session: extensions.reach_newcomers(session, BATCH)),
            "dates_passed": self._repeated(
                lambda session: remeasuring.refresh_after_dates(session, BATCH)
            ),
            "promised": self._promise_missing,
            "caught_up": self._catch_up,
            "levels": self._promise_levels,
            "leases": self._repeated(lambda session: reconcile_all(session, BATCH)),
            "figures": Insights(self.db).make_ahead,
            "drafts": self._repeated(lambda session: archive_forgotten(session, BATCH)),
        }
        if self.writes_mail:
            steps |= {"digests": Digests(self.db).run, "summaries": Weeklies(self.db).run}
        steps |= {
            "rehearsals": self._repeated(rehearsals.wipe_old),
            "files_removed": self._repeated(lambda session: drop_removed(session, BATCH)),
            "used_logins": self._purging(UsedLogin, UsedLogin.expires_at < now),
            "sessions": self._purging(
                LaunchSession, LaunchSession.expires_at < now - KEEP_SESSIONS
            ),
            "tokens": self._purging(AccessToken, AccessToken.expires_at < now),
            "superseded": self._purging(OutboxMessage, _forgettable()),
            "operator_links": self._purging(OperatorLink, OperatorLink.expires_at < now),
            "operator_sessions": self._purging(OperatorSession, OperatorSession.expires_at < now),
            "refusals": self._purging(Refusal, refusals.overdue()),
            "shares": self._purging(Share, shares.forgettable()),
        }
        if self.store:
            steps["files"] = self.store.sweep_shelf
        if self.link_titles:
            steps["link_titles"] = self.link_titles.fetch_due
            steps["old_titles"] = self.link_titles.forget_old
        return steps

    def _repeated(self, step: Callable[[Session], int]) -> Callable[[], int]:
        return partial(self._repeat, step)

    def _purging(self, model: type[Any], over: ColumnElement[bool]) -> Callable[[], int]:
        return partial(self._purge, model, over)

    def _catch_up(self) -> int:
        """Go on with the columns that were switched on, an activity after the other."""
        with self.db.read() as session:
            begun = catching_up.begun(session, BATCH)
        return sum(catching_up.catch_up(self.db, one, BATCHES) for one in begun)

    def _promise_levels(self) -> int:
        with self.db.write() as session:
            return competency_scores.promise_missing(session)

    def _repeat(self, step: Callable[[Session], int]) -> int:
        """Run ``step`` in transactions of its own until it finds less than a batch."""
        total = 0
        for _ in range(BATCHES):
            with self.db.write() as session:
                count = step(session)
            total += count
            if count < BATCH:
                break
        return total

    def _promise_missing(self) -> int:
        """Promise scores of completed learners whose column was told only after they completed."""
        with self.db.read() as session:
            found = session.execute(_unpromised().limit(BATCH)).all()
        for row in found:
            with self.db.write() as session:
                lock_activity(session, row.activity_id)
                participation = session.get(Participation, row.id)
                if participation is not None:
                    completion.refresh(session, participation)
        return len(found)

    def _purge(self, model: type[Any], over: ColumnElement[bool]) -> int:
        """Delete rows that are ``over``, a batch at a time."""
        key = next(iter(model.__table__.primary_key.columns))

        def step(session: Session) -> int:
            old = list(session.scalars(select(key).where(over).limit(BATCH)))
            if old:
                session.execute(delete(model).where(key.in_(old)))
            return len(old)

        with self.db.read() as session:
            if session.scalars(select(key).where(over).limit(1)).first() is None:
                return 0
        return self._repeat(step)


def _forgettable() -> ColumnElement[bool]:
    """Tell messages that a newer one replaced before they were ever tried, long ago."""
    return (
        (OutboxMessage.state == OutboxState.SUPERSEDED)
        & OutboxMessage.score_timestamp.is_(None)
        & (OutboxMessage.finished_at < clock.now() - KEEP_SUPERSEDED)
    )


def _unpromised() -> Select[uuid.UUID, uuid.UUID]:
    """Select completed learners to whose present column nothing was ever promised."""
    promised = exists().where(
        OutboxMessage.line_item_id == LineItem.id,
        OutboxMessage.user_id == Participation.user_id,
    )
    role = func.coalesce(Membership.granted_role, Membership.role)
    staff = exists().where(
        Membership.context_id == Activity.context_id,
        Membership.user_id == Participation.user_id,
        role.in_([Role.TUTOR.value, Role.EDUCATOR.value]),
    )
    return (
        select(Participation.id, Participation.activity_id)
        .join(Activity, Participation.activity_id == Activity.id)
        .join(LineItem, LineItem.resource_link_id == Participation.resource_link_id)
        .where(Participation.completed_at.is_not(None), ~promised, ~staff)
        .order_by(Activity.id, Participation.id)
    )
