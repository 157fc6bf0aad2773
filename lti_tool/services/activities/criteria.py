"""The criteria of an activity: versions, so that no response answers other criteria later."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from lti_tool import i18n
from lti_tool.models.activities import Activity
from lti_tool.models.criteria import (
    CalibrationReading,
    CriteriaVersion,
    Criterion,
    CriterionLevel,
    CriterionReading,
    ExemplarReading,
)
from lti_tool.rules.criteria import (
    CriteriaValues,
    CriterionValues,
    rooted,
    same_shape,
    same_words,
)

SETTINGS = {
    "min_words": "criteria_min_words",
    "calibration_minimum": "calibration_minimum",
    "calibration_skippable": "calibration_skippable",
}
"""Names of ``CriteriaValues`` and of the activity's columns."""


def newest(session: Session, activity_id: uuid.UUID) -> CriteriaVersion | None:
    """Return the version that new responses answer, or None if there never were criteria."""
    return session.scalar(
        select(CriteriaVersion)
        .where(CriteriaVersion.activity_id == activity_id)
        .order_by(CriteriaVersion.number.desc())
        .limit(1)
        .options(selectinload(CriteriaVersion.criteria))
    )


def current(session: Session, activity_id: uuid.UUID) -> list[Criterion]:
    """Return the criteria that new responses answer, in order."""
    version = newest(session, activity_id)
    return list(version.criteria) if version else []


def values_of(session: Session, activity: Activity) -> CriteriaValues:
    """Return what was decided about an activity's criteria."""
    return CriteriaValues(
        tuple(one.values for one in current(session, activity.id)),
        **{name: getattr(activity, column) for name, column in SETTINGS.items()},
    )


def decided(session: Session, activity: Activity) -> CriteriaValues | None:
    """Return the same; None where nothing was decided."""
    found = values_of(session, activity)
    return None if found == CriteriaValues() else found


def save(
    session: Session, activity: Activity, values: CriteriaValues, corrections_only: bool = False
) -> bool:
    """Save criteria and what goes with them; return whether they made a new version.

    Wording is changed where it stands as long as nobody has answered by it, or if it is a mere
    correction. Anything else makes a new version; what was answered stays as it was.
    """
    for name, column in SETTINGS.items():
        setattr(activity, column, getattr(values, name))
    version = newest(session, activity.id)
    before = tuple(one.values for one in version.criteria) if version else ()
    after = rooted(before, values.criteria)
    if version is None:
        if after:
            _add_version(session, activity, 1, after)
        return False
    answered = is_answered(session, version)
    reworded = same_shape(before, after)
    if reworded and (corrections_only or not answered or same_words(before, after)):
        for criterion, one in zip(version.criteria, after, strict=True):
            _write(criterion, one, activity)
        session.flush()
        return False
    added = _add_version(session, activity, version.number + 1, after)
    _carry_exemplars(session, version, added)
    if not answered:
        session.execute(delete(CriteriaVersion).where(CriteriaVersion.id == version.id))
        session.expire_all()
    return answered


def is_answered(session: Session, version: CriteriaVersion) -> bool:
    """Return whether anybody has begun to respond, or has practised, by these criteria."""
    ids = [one.id for one in version.criteria]
    return bool(
        session.scalar(
            select(
                or_(
                    exists().where(CriterionReading.criterion_id.in_(ids)),
                    exists().where(CalibrationReading.criterion_id.in_(ids)),
                )
            )
        )
    )


def answered_by(session: Session, activity_id: uuid.UUID) -> int:
    """Return how many responses answer the criteria in force."""
    ids = [one.id for one in current(session, activity_id)]
    return (
        session.scalar(
            select(func.count(CriterionReading.response_id.distinct())).where(_any_of(ids))
        )
        or 0
    )


def copy(session: Session, original: Activity, made: Activity) -> dict[uuid.UUID, uuid.UUID]:
    """Copy the criteria in force to a new activity; return the new ids by the old."""
    version = newest(session, original.id)
    if version is None or not version.criteria:
        return {}
    values = [one.values for one in version.criteria]
    added = _add_version(session, made, 1, [_fresh(one) for one in values])
    pairs = zip(version.criteria, added.criteria, strict=True)
    return {old.id: new.id for old, new in pairs}


def _fresh(values: CriterionValues) -> CriterionValues:
    return CriterionValues(
        values.name, values.asks, values.levels, values.template_key, values.competency_id
    )


def _any_of(ids: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    return CriterionReading.criterion_id.in_(ids)


def _add_version(
    session: Session, activity: Activity, number: int, criteria: Sequence[CriterionValues]
) -> CriteriaVersion:
    version = CriteriaVersion(activity_id=activity.id, number=number)
    session.add(version)
    session.flush()
    for position, values in enumerate(criteria, start=1):
        criterion = Criterion(
            version_id=version.id, position=position, root_id=values.root, name=values.name
        )
        session.add(criterion)
        session.flush()
        _write(criterion, values, activity)
    session.flush()
    session.refresh(version, ["criteria"])
    return version


def _write(criterion: Criterion, values: CriterionValues, activity: Activity) -> None:
    """Write the wording in the activity's language, also that of a ready criterion."""
    with i18n.use(activity.locale):
        worded = values.worded()
    criterion.name, criterion.asks = worded.name, worded.asks
    criterion.template_key = values.template_key
    about = {one.id for one in activity.competencies}
    criterion.competency_id = values.competency_id if values.competency_id in about else None
    stored = {one.position: one for one in criterion.levels}
    for position, level in enumerate(worded.levels, start=1):
        row = stored.get(position)
        if row is None:
            row = CriterionLevel(position=position)
            criterion.levels.append(row)
        row.label, row.description = level.label, level.description


def _carry_exemplars(session: Session, before: CriteriaVersion, after: CriteriaVersion) -> None:
    """Let the tutor's readings of exemplars stand for criteria that go on with as many levels."""
    new = {one.root: one for one in after.criteria}
    for old in before.criteria:
        same = new.get(old.root)
        if same is None or len(same.levels) != len(old.levels):
            continue
        rows = select(ExemplarReading).where(ExemplarReading.criterion_id == old.id)
        for row in session.scalars(rows):
            session.add(
                ExemplarReading(
                    exemplar_id=row.exemplar_id,
                    criterion_id=same.id,
                    level=row.level,
                    reason=row.reason,
                )
            )
    session.flush()
