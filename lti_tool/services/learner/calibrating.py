"""A short practice before the first response: reading an exemplar, and comparing with the tutor.

Nobody waits for anybody, nothing of it is graded, and no rule of completion knows of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.criteria import CalibrationReading, Criterion
from lti_tool.models.participations import Participation
from lti_tool.models.responses import Response
from lti_tool.rules.calibration import Closeness, closeness, still_to_read
from lti_tool.rules.guidance import MAX_NOTE
from lti_tool.rules.rich_text import storable
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ExemplarOrigin, Phase, WorkState
from lti_tool.services.activities import criteria, exemplars
from lti_tool.services.activities.exemplars import ExemplarView
from lti_tool.services.engine.readings import CriterionView, criterion_view
from lti_tool.services.learner.criteria_fields import CriterionField
from lti_tool.services.learner.drafts import Written
from lti_tool.services.learner.standing import (
    Standing,
    act,
    find_participation,
    own_participation,
    standing_of,
)


@dataclass(frozen=True, slots=True)
class PracticeState:
    """Where a learner is with the practice; ``left`` are still asked for."""

    there: int
    read: int
    left: int
    skippable: bool
    is_due: bool
    """Whether it comes before the next reflection is given."""


@dataclass(frozen=True, slots=True)
class PracticePage:
    """An exemplar to read, with the criteria to read it by."""

    standing: Standing
    exemplar_id: uuid.UUID
    title: str
    text: str
    origin: ExemplarOrigin
    criteria: tuple[CriterionField, ...]
    state: PracticeState


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One criterion: the learner's reading beside the tutor's; positions count from 1."""

    criterion: CriterionView
    own: int
    comment: str
    tutors: int
    reason: str

    @property
    def closeness(self) -> Closeness:
        """How the two stand to each other."""
        return closeness(self.own, self.tutors)


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """What the learner read in an exemplar, beside what the tutor reads in it."""

    standing: Standing
    title: str
    text: str
    lines: tuple[ComparedLine, ...]
    state: PracticeState

    @property
    def alike(self) -> int:
        """In how many criteria both chose the same level."""
        return sum(line.closeness is Closeness.SAME for line in self.lines)


@dataclass(frozen=True, slots=True)
class Calibrations:
    """Use cases of a learner who practises."""

    db: Database

    def is_due(self, viewer: Viewer, activity_id: uuid.UUID) -> bool:
        """Return whether the learner reads an exemplar before they are given a reflection."""
        with self.db.read() as session:
            participation = find_participation(session, viewer, activity_id)
            state = practice_state(session, participation) if participation else None
            return state is not None and state.is_due

    def page(self, viewer: Viewer, activity_id: uuid.UUID) -> PracticePage | None:
        """Return the next exemplar that the learner has not read; None if there is none."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            state, unread = practice_state(session, participation), _unread(session, participation)
            if state is None or not unread or not standing.new_is_open:
                return None
            return practice_page(session, standing, participation.activity, unread[0], state)

    def read(
        self, viewer: Viewer, activity_id: uuid.UUID, exemplar_id: uuid.UUID, written: Written
    ) -> None:
        """Keep how the learner reads an exemplar; what was read once stays as it is.

        Raises InvalidInput where a level lacks, NotFound for what is no exemplar to read now.
        """
        with self.db.write() as session:
            participation = act(session, viewer, activity_id, Phase.NEW)
            if exemplar_id in _read(session, participation):
                return
            unread = [one.id for one in _unread(session, participation)]
            if exemplar_id not in unread:
                raise NotFound("exemplar")
            chosen = _chosen(criteria.current(session, activity_id), written)
            for key, (level, comment) in chosen.items():
                session.add(
                    CalibrationReading(
                        participation_id=participation.id,
                        exemplar_id=exemplar_id,
                        criterion_id=key,
                        level=level,
                        comment=comment,
                    )
                )

    def compared(
        self, viewer: Viewer, activity_id: uuid.UUID, exemplar_id: uuid.UUID
    ) -> ComparedPage:
        """Return both readings of an exemplar that the learner has read; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            exemplar = exemplars.find(session, activity_id, exemplar_id)
            lines = _lines(session, participation, exemplar_id)
            if not lines:
                raise NotFound("exemplar")
            state = practice_state(session, participation) or _over(lines)
            return ComparedPage(standing, exemplar.title, exemplar.text, lines, state)

    def skip(self, viewer: Viewer, activity_id: uuid.UUID) -> None:
        """Leave the practice out; raise IllegalTransition where the educator does not allow it."""
        with self.db.write() as session:
            participation = act(session, viewer, activity_id, Phase.NEW)
            if not participation.activity.calibration_skippable:
                raise IllegalTransition("calibration", "required", "skip")
            participation.calibration_skipped_at = clock.now()


def practice_state(session: Session, participation: Participation) -> PracticeState | None:
    """Return where a learner is with the practice; None where the activity has none."""
    activity = participation.activity
    if not activity.calibration_minimum:
        return None
    there = len(exemplars.ready(session, activity.id))
    if not there:
        return None
    read = len(_read(session, participation))
    left = still_to_read(activity.calibration_minimum, there, read)
    if participation.calibration_skipped_at is not None:
        left = 0
    answered = exists().where(
        Response.activity_id == activity.id,
        Response.author_id == participation.user_id,
        Response.state != WorkState.DRAFT,
    )
    is_due = left > 0 and not session.scalar(select(answered))
    return PracticeState(there, read, left, activity.calibration_skippable, is_due)


def practice_page(
    session: Session,
    standing: Standing,
    activity: Activity,
    exemplar: ExemplarView,
    state: PracticeState,
) -> PracticePage:
    """Return the page of one exemplar to read."""
    found = criteria.current(session, activity.id)
    return PracticePage(
        standing,
        exemplar.id,
        exemplar.title,
        exemplar.text,
        exemplar.origin,
        tuple(CriterionField(criterion_view(one, activity.locale)) for one in found),
        state,
    )


def _over(lines: Sequence[ComparedLine]) -> PracticeState:
    """Return the state where the activity has no practice any more."""
    return PracticeState(0, len(lines), 0, skippable=True, is_due=False)


def _read(session: Session, participation: Participation) -> set[uuid.UUID]:
    query = select(CalibrationReading.exemplar_id).where(
        CalibrationReading.participation_id == participation.id
    )
    return set(session.scalars(query.distinct()))


def _unread(session: Session, participation: Participation) -> list[ExemplarView]:
    read = _read(session, participation)
    return [
        one for one in exemplars.ready(session, participation.activity_id) if one.id not in read
    ]


def _chosen(found: Sequence[Criterion], written: Written) -> dict[uuid.UUID, tuple[int, str]]:
    """Return level and comment by criterion; raise InvalidInput where a level lacks."""
    problems: dict[str, list[str]] = {}
    chosen: dict[uuid.UUID, tuple[int, str]] = {}
    for one in found:
        field = CriterionField(criterion_view(one, ""))
        level = written.fields.get(field.level_name, "")
        comment = storable(written.fields.get(field.comment_name, "")).strip()
        if level not in map(str, range(1, len(one.levels) + 1)):
            problems[field.level_name] = [_("Choose a level.")]
        elif len(comment) > MAX_NOTE:
            message = _("At most %(most)s characters, please.", most=MAX_NOTE)
            problems[field.comment_name] = [message]
        else:
            chosen[one.id] = (int(level), comment)
    if problems:
        raise InvalidInput(problems)
    return chosen


def _lines(
    session: Session, participation: Participation, exemplar_id: uuid.UUID
) -> tuple[ComparedLine, ...]:
    query = (
        select(CalibrationReading, Criterion)
        .join(Criterion, CalibrationReading.criterion_id == Criterion.id)
        .where(
            CalibrationReading.participation_id == participation.id,
            CalibrationReading.exemplar_id == exemplar_id,
        )
        .order_by(Criterion.position)
    )
    tutors = exemplars.readings_of(session, exemplar_id)
    return tuple(
        ComparedLine(
            criterion_view(criterion, participation.activity.locale),
            row.level,
            row.comment,
            tutors[criterion.id].level,
            tutors[criterion.id].reason,
        )
        for row, criterion in session.execute(query)
        if criterion.id in tutors
    )
