"""A course's results as OneRoster's gradebook files, for student information systems.

Read some learners at a time while it is sent, so that memory does not grow with the course.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool import clock, i18n
from lti_tool.errors import Forbidden, NotFound
from lti_tool.exports import oneroster
from lti_tool.exports.oneroster import (
    Category,
    Item,
    Objective,
    ObjectiveResult,
    Result,
    ScoreStatus,
    derived,
)
from lti_tool.exports.streamed_archive import streamed_archive
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency, CompetencyLevel
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Deployment
from lti_tool.rules.completion import ItemKey, ItemState, Progress
from lti_tool.rules.frameworks import is_uuid
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState, Anonymity, Role
from lti_tool.services.activities.activities import find_activity, scoped
from lti_tool.services.engine import measuring

AT_ONCE = 200
"""Learners per transaction."""


@dataclass(frozen=True, slots=True)
class Told:
    """Ids of the receiving system that no LMS tells us; empty ones become those of Miroir's own."""

    school_id: str = ""
    session_id: str = ""
    """Of the term or grading period (``academicSessionSourcedId``)."""


@dataclass(frozen=True, slots=True)
class GradebookFiles:
    """Use cases of an educator who takes results to a student information system."""

    db: Database

    def offered(self, viewer: Viewer, activity_id: uuid.UUID) -> bool:
        """Return whether an activity can be exported: not where its learners' names are hidden."""
        _educator(viewer)
        with self.db.read() as session:
            return not find_activity(session, viewer, activity_id).anonymity.hides_from_staff

    def export(self, viewer: Viewer, activity_id: uuid.UUID | None, told: Told) -> Iterator[bytes]:
        """Return a ZIP, piece by piece, of one activity or of all that the course has opened.

        Activities whose learners' names are hidden from staff are left out: a list by person would
        undo that. Raises NotFound, also for such an activity by itself, and Forbidden for all but
        educators.
        """
        _educator(viewer)
        moment = clock.now()
        with self.db.read() as session:
            activities = session.scalars(_wanted(viewer, activity_id)).all()
            if activity_id is not None and not activities:
                raise NotFound("activity")
            course = _course(session, viewer, told)
            items = [course.item(activity) for activity in activities]
        reading = _Reading(self.db, items, moment, i18n.current(), i18n.zone())
        files = (
            ("manifest.csv", oneroster.manifest("Miroir", course.code)),
            ("categories.csv", oneroster.categories([course.category])),
            ("lineItems.csv", oneroster.line_items(items)),
            ("lineItemLearningObjectiveIds.csv", oneroster.line_item_objectives(items)),
            ("results.csv", oneroster.results(reading.results())),
            ("resultLearningObjectiveIds.csv", oneroster.result_objectives(reading.levels())),
        )
        return streamed_archive(files, moment)


@dataclass(frozen=True, slots=True)
class _Course:
    """What all line items of a course have in common."""

    class_id: str
    code: str
    category: Category
    told: Told

    def item(self, activity: Activity) -> Item:
        """Return an activity as a line item."""
        assigned = _day(activity.opens_at or activity.created_at)
        due = activity.next_due_at or activity.new_due_at or activity.now_due_at
        return Item(
            id=str(activity.id),
            title=activity.title,
            description=activity.description,
            assigned=assigned,
            due=max(_day(due) if due else _day(clock.now()), assigned),
            class_id=self.class_id,
            category_id=self.category.id,
            session_id=self.told.session_id or derived("session", self.class_id),
            school_id=self.told.school_id or self.code,
            objectives=tuple(_objective(one.identifier) for one in activity.competencies),
        )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Results and levels, read some learners at a time; who joins meanwhile is left out."""

    db: Database
    items: Sequence[Item]
    moment: datetime
    locale: str
    zone: tzinfo
    """The reader's: when it is read, no request is there any more."""

    def results(self) -> Iterator[Result]:
        """Yield a result for each learner of each activity."""
        for item in self.items:
            last: uuid.UUID | None = None
            while True:
                with self.db.read() as session:
                    rows = session.scalars(_learners(item, self.moment, last)).all()
                    measured = measuring.measure_all(session, rows)
                    found = [_result(item, row, measured[row.id][1], self.zone) for row in rows]
                    last = rows[-1].id if rows else None
                yield from found
                if len(rows) < AT_ONCE:
                    break

    def levels(self) -> Iterator[ObjectiveResult]:
        """Yield the confirmed levels of those learners."""
        for item in self.items:
            last: uuid.UUID | None = None
            while True:
                with self.db.read() as session:
                    rows = session.execute(_confirmed(item, self.moment, last)).all()
                for _key, participation_id, identifier, level, label in rows:
                    yield ObjectiveResult(
                        derived("result", participation_id),
                        _objective(identifier),
                        level,
                        _label(label, self.locale),
                    )
                if len(rows) < AT_ONCE:
                    break
                last = rows[-1][0]


def _educator(viewer: Viewer) -> None:
    if viewer.role is not Role.EDUCATOR or viewer.context_id is None:
        raise Forbidden("gradebook")


def _wanted(viewer: Viewer, activity_id: uuid.UUID | None) -> Select[Activity]:
    told = [one for one in Anonymity if not one.hides_from_staff]
    query = scoped(viewer).where(Activity.anonymity.in_(told))
    if activity_id is not None:
        return query.where(Activity.id == activity_id)
    return query.where(Activity.state == ActivityState.PUBLISHED).order_by(
        Activity.created_at, Activity.id
    )


def _course(session: Session, viewer: Viewer, told: Told) -> _Course:
    context = session.get_one(Context, viewer.context_id)
    code = session.get_one(Deployment, context.deployment_id).deployment_id
    category = Category(derived("category", context.id), _("Peer reflection"))
    return _Course(context.lti_id, code, category, told)


def _objective(identifier: str) -> Objective:
    return Objective(identifier, is_uuid(identifier))


def _still(item: Item, moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """Tell, in a query with User and Membership, who counts as a learner of an activity."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    return (
        Participation.activity_id == uuid.UUID(item.id),
        Participation.started_at <= moment,
        User.erased_at.is_(None),
        role.in_([one.value for one in Role if one.takes_part]),
    )


def _here() -> ColumnElement[bool]:
    return and_(
        Membership.user_id == Participation.user_id, Membership.context_id == Activity.context_id
    )


def _learners(item: Item, moment: datetime, after: uuid.UUID | None) -> Select[Participation]:
    query = (
        select(Participation)
        .join(Activity, Participation.activity_id == Activity.id)
        .join(User, Participation.user_id == User.id)
        .join(Membership, _here())
        .where(*_still(item, moment))
        .options(joinedload(Participation.user))
        .order_by(Participation.id)
        .limit(AT_ONCE)
    )
    return query if after is None else query.where(Participation.id > after)


def _confirmed(
    item: Item, moment: datetime, after: uuid.UUID | None
) -> Select[uuid.UUID, uuid.UUID, str, int, dict[str, str]]:
    label = and_(
        CompetencyLevel.framework_id == Competency.framework_id,
        CompetencyLevel.position == ConfirmedLevel.level,
    )
    query = (
        select(
            ConfirmedLevel.id,
            Participation.id,
            Competency.identifier,
            ConfirmedLevel.level,
            CompetencyLevel.label,
        )
        .join(Participation, ConfirmedLevel.participation_id == Participation.id)
        .join(Activity, Participation.activity_id == Activity.id)
        .join(User, Participation.user_id == User.id)
        .join(Membership, _here())
        .join(Competency, ConfirmedLevel.competency_id == Competency.id)
        .join(CompetencyLevel, label)
        .where(*_still(item, moment))
        .order_by(ConfirmedLevel.id)
        .limit(AT_ONCE)
    )
    return query if after is None else query.where(ConfirmedLevel.id > after)


def _result(item: Item, participation: Participation, progress: Progress, zone: tzinfo) -> Result:
    status = _status(progress)
    moment = participation.completed_at or participation.measured_at or participation.started_at
    return Result(
        id=derived("result", participation.id),
        item=item,
        student_id=participation.user.sub,
        status=status,
        points=None if status is ScoreStatus.NOT_SUBMITTED else progress.score,
        day=moment.astimezone(zone).date(),
    )


def _status(progress: Progress) -> ScoreStatus:
    if progress.complete:
        return ScoreStatus.FULLY_GRADED
    written = any(
        one.key is ItemKey.REFLECTION and one.state is ItemState.DONE for one in progress.items
    )
    return ScoreStatus.PARTIALLY_GRADED if written else ScoreStatus.NOT_SUBMITTED


def _label(texts: dict[str, str], locale: str) -> str:
    with i18n.use(locale):
        return i18n.pick(texts)


def _day(moment: datetime) -> date:
    return moment.astimezone(i18n.zone()).date()
