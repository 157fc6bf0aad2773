"""The outbox's handler of scores: who is still a learner, which column, what the answer taught."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from lti_tool.lti.ags import Ags
from lti_tool.lti.families import Outcome, Verdict
from lti_tool.lti.results import Column
from lti_tool.models.activities import Activity
from lti_tool.models.grades import LineItem
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.rules.vocabulary import Role
from lti_tool.services.outbox import shown
from lti_tool.services.outbox.claims import Claim
from lti_tool.services.outbox.columns import columns_of
from lti_tool.services.outbox.handling import GRADEBOOK, Task


def _as_it_is(verdict: Verdict) -> Verdict:
    return verdict


@dataclass(frozen=True, slots=True)
class ScoreHandler:
    """Sends scores by AGS; ``in_words`` puts a verdict into the words of its kind of column."""

    ags: Ags
    in_words: Callable[[Verdict], Verdict] = _as_it_is
    channel: str = GRADEBOOK

    def prepare(self, session: Session, taken: Sequence[Claim]) -> dict[uuid.UUID, Task]:
        """Return the sends; who turned staff since the promise is not graded."""
        columns = columns_of(session, {i for one in taken if (i := one.about.line_item_id)})
        people = _people(session, {i for one in taken if (i := one.about.participation_id)})
        tasks: dict[uuid.UUID, Task] = {}
        for one in taken:
            column = columns.get(one.about.line_item_id) if one.about.line_item_id else None
            person = people.get(one.about.participation_id) if one.about.participation_id else None
            if column is None or person is None:
                continue
            subject, role = person
            if role is not None and not Role(role).takes_part:
                tasks[one.message_id] = _now_staff
                continue
            tasks[one.message_id] = partial(self._send, column, subject, one.payload, one.timestamp)
        return tasks

    def _send(
        self, column: Column, subject: str, payload: Mapping[str, Any], timestamp: datetime
    ) -> Verdict:
        return self.in_words(self.ags.send(column, subject, payload, timestamp))

    def learn(self, session: Session, one: Claim, verdict: Verdict, now: datetime) -> None:
        """Adopt a column's new URL; keep what it shows for this person."""
        line_item_id, user_id = one.about.line_item_id, one.about.user_id
        if line_item_id is None or user_id is None:
            return
        if verdict.moved_to:
            session.execute(
                update(LineItem).where(LineItem.id == line_item_id).values(url=verdict.moved_to)
            )
        if verdict.shown is not None:
            shown.keep(session, line_item_id, {user_id: verdict.shown}, now)


def _people(
    session: Session, participation_ids: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, str | None]]:
    """Return each participation's ``sub`` and present role (None: no membership), by one select."""
    mine = and_(
        Membership.context_id == Activity.context_id, Membership.user_id == Participation.user_id
    )
    query = (
        select(Participation.id, User.sub, func.coalesce(Membership.granted_role, Membership.role))
        .join(User, Participation.user_id == User.id)
        .join(Activity, Participation.activity_id == Activity.id)
        .outerjoin(Membership, mine)
        .where(Participation.id.in_(participation_ids))
    )
    return {key: (sub, role) for key, sub, role in session.execute(query)}


def _now_staff() -> Verdict:
    return Verdict(Outcome.DROPPED, "now_staff")
