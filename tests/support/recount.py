"""The figures of an activity counted again, row by row in Python: nothing of the product counts."""

from __future__ import annotations

import statistics
import uuid
from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.interventions import Intervention
from lti_tool.models.levels import DepthRating
from lti_tool.models.participations import ConfirmedLevel, NextStep, Participation, SelfRating
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.interventions import InterventionKind
from lti_tool.rules.vocabulary import Moment, OutboxState, Role, Step, WorkState

Numbers = dict[str, list[list[float | None]]]


def recount(session: Session, activity: Activity) -> Numbers:
    """Return every table's numbers by its key, row by row, with nothing kept back."""
    return _Recount(session, activity).tables()


def _of(session: Session, model: Any, *conditions: Any) -> list[Any]:
    return list(session.scalars(select(model).where(*conditions)))


class _Recount:
    def __init__(self, session: Session, activity: Activity) -> None:
        self.session, self.activity = session, activity
        here = activity.id
        self.parts = _of(session, Participation, Participation.activity_id == here)
        self.mine = select(Participation.id).where(Participation.activity_id == here)
        self.members = _of(
            session,
            Membership,
            Membership.context_id == activity.context_id,
            Membership.role == Role.LEARNER,
        )
        self.reflections = _of(session, Reflection, Reflection.activity_id == here)
        self.responses = _of(session, Response, Response.activity_id == here)
        self.interventions = _of(session, Intervention, Intervention.activity_id == here)
        steps = _of(session, NextStep, NextStep.participation_id.in_(self.mine))
        self.steps = {one.participation_id for one in steps}
        sent = OutboxMessage.participation_id.in_(self.mine)
        self.messages = _of(session, OutboxMessage, sent)

    def tables(self) -> Numbers:
        stages, waits, exchanged = self.stages(), self.waits(), self.exchanged()
        decided, support, scores = self.decided(), self.support(), self.scores()
        helpful = Counter(one.helpfulness for one in self.responses)
        whole = len(self.members)
        further = [sum(stages[place:]) for place in range(len(stages))]
        said = [one.helpfulness for one in self.responses if one.helpfulness]
        proactive, asked = self.initiative()
        glance: list[float | None] = [
            whole,
            further[1],
            further[2],
            stages[-1],
            statistics.median(wait for wait in waits if wait is not None),
            round(statistics.fmean(said), 2),
            round(proactive / (proactive + asked), 2),
            round(scores[0] / sum(scores[:3]), 2),
            statistics.median(decided),
            *(round(sum(one[side] for one in exchanged) / whole, 2) for side in (0, 1)),
        ]
        return {
            "glance": [[value] for value in glance],
            "stages": [
                [here, far, round(far / whole, 2)]
                for here, far in zip(stages, further, strict=True)
            ],
            "first_response": [[number] for number in _banded(waits)],
            "responses": self.distribution(exchanged),
            "helpfulness": [[helpful[key]] for key in (4, 3, 2, 1, None)],
            "ratings": [self.rated(one.id) for one in self.activity.competencies],
            "levels": [self.confirmed(one.id) for one in self.activity.competencies],
            "depth": [[number] for number in self.depth(whole)],
            "decisions": [[number] for number in _banded(decided)[:4]],
            "support": [[support[kind]] for kind in (*InterventionKind, None)],
            "initiative": [[proactive], [asked]],
            "scores": [[number] for number in scores],
        }

    def stages(self) -> list[int]:
        written = {one.participation_id: one.state for one in self.reflections}
        gave = {one.author_id for one in self.responses if one.allocation_id}
        found = Counter[int]()
        for one in self.parts:
            in_hand = written[one.id] in (WorkState.SUBMITTED, WorkState.HELD, WorkState.RELEASED)
            done = (True, in_hand, one.user_id in gave, one.id in self.steps, one.completed_at)
            found[max(place for place, yes in enumerate(done, start=1) if yes)] += 1
        return [len(self.members) - len(self.parts), *(found[place] for place in range(1, 6))]

    def waits(self) -> list[int | None]:
        came: dict[uuid.UUID, Any] = {}
        for response in sorted(self.responses, key=lambda one: one.released_at, reverse=True):
            came[response.reflection_id] = response.released_at
        return [
            int((came[one.id] - one.released_at).total_seconds() // 3600)
            if one.id in came
            else None
            for one in self.reflections
            if one.released_at is not None
        ]

    def exchanged(self) -> list[tuple[int, int]]:
        gave = Counter(one.author_id for one in self.responses if one.allocation_id)
        written = {one.participation_id: one.id for one in self.reflections}
        got = Counter(one.reflection_id for one in self.responses)
        return [(gave[one.user_id], got[written.get(one.id)]) for one in self.parts]

    def distribution(self, exchanged: list[tuple[int, int]]) -> list[list[float | None]]:
        most = self.activity.responses_required + 1
        missing = len(self.members) - len(self.parts)
        sides = [Counter(min(pair[side], most) for pair in exchanged) for side in (0, 1)]
        for side in sides:
            side[0] += missing
        return [[side[number] for side in sides] for number in range(most + 1)]

    def rated(self, competency_id: uuid.UUID) -> list[float | None]:
        mine = SelfRating.participation_id.in_(self.mine)
        rows = _of(self.session, SelfRating, SelfRating.competency_id == competency_id, mine)
        levels: dict[Moment, dict[uuid.UUID, int]] = {Moment.BEFORE: {}, Moment.AFTER: {}}
        for row in rows:
            levels[row.moment][row.participation_id] = row.level
        before, after = levels[Moment.BEFORE], levels[Moment.AFTER]
        changes = [after[key] - before[key] for key in before.keys() & after.keys()]
        found: list[float | None] = []
        for values in (list(before.values()), list(after.values()), changes):
            found += [len(values), round(sum(values) / len(values), 2) if values else None]
        return found

    def confirmed(self, competency_id: uuid.UUID) -> list[float | None]:
        mine = ConfirmedLevel.participation_id.in_(self.mine)
        is_it = ConfirmedLevel.competency_id == competency_id
        rows = _of(self.session, ConfirmedLevel, is_it, mine)
        framework = self.activity.framework
        assert framework is not None
        counts = [sum(row.level == level.position for row in rows) for level in framework.levels]
        return [*counts, len(self.members) - sum(counts)]

    def depth(self, whole: int) -> list[int]:
        written = select(Reflection.id).where(Reflection.activity_id == self.activity.id)
        found = _of(self.session, DepthRating, DepthRating.reflection_id.in_(written))
        rows = sorted(found, key=lambda row: row.revision)
        last = Counter({row.reflection_id: row.level for row in rows}.values())
        return [*(last[level] for level in range(1, 5)), whole - last.total()]

    def decided(self) -> list[int]:
        rows = _of(
            self.session, ModerationDecision, ModerationDecision.activity_id == self.activity.id
        )
        held = {row.reflection_id: row.at for row in rows if row.step is Step.HOLD}
        ended = [row for row in rows if row.step is Step.RELEASE]
        return [int((row.at - held[row.reflection_id]).total_seconds() // 3600) for row in ended]

    def support(self) -> Counter[InterventionKind | None]:
        return Counter(row.kind for row in self.interventions)

    def initiative(self) -> tuple[int, int]:
        rows = self.interventions
        proactive = sum(row.is_proactive for row in rows)
        return proactive, len(rows) - proactive

    def scores(self) -> list[int]:
        last = {
            one.participation_id: one.state
            for one in sorted(self.messages, key=lambda one: one.created_at)
        }
        found = Counter(last.values())
        known = [found[state] for state in (OutboxState.SENT, OutboxState.QUEUED)]
        known.append(found[OutboxState.REFUSED])
        return [*known, len(self.members) - sum(known)]


def _banded(hours: list[Any]) -> list[int]:
    """Count under a day, three days, a week, longer, and what is not known."""
    found = [0] * 5
    for one in hours:
        place = 4 if one is None else sum(one >= edge for edge in (24, 72, 168))
        found[place] += 1
    return found
