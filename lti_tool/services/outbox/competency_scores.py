"""Confirmed levels that are promised to the columns of their competencies.

The key is (column, person), as of every score. Nothing is promised before its column is made: the
levels that stand then are told at once, and the sweep finds any that were missed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from lti_tool import i18n
from lti_tool.i18n import gettext as _
from lti_tool.i18n import number, pick
from lti_tool.lti.families import FAMILIES, Verdict
from lti_tool.lti.own_columns import told
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency, CompetencyFramework, CompetencyLevel
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.people import Membership
from lti_tool.models.platforms import Registration
from lti_tool.rules.competency_columns import maximum, points
from lti_tool.rules.vocabulary import OutboxState, Role
from lti_tool.services.locking import lock_activity
from lti_tool.services.outbox import competency_columns as columns
from lti_tool.services.outbox.messages import About, enqueue, last_payload, lock_key
from lti_tool.services.outbox.scores import MAX_COMMENT, is_graded

KIND = "competency_score"
AT_ONCE = 500
"""Levels that are promised in one transaction; the sweep promises the others."""


def key_of(item_id: uuid.UUID, user_id: uuid.UUID) -> str:
    """Return the coalescing key of a level: one person in one column."""
    return f"{KIND}:{item_id.hex}:{user_id.hex}"


def promise(
    session: Session, participation: Participation, competency_ids: Iterable[uuid.UUID]
) -> None:
    """Promise the learner's levels of these competencies, as they stand, where columns are wanted.

    A column that is not there yet is promised first. Staff are never graded. Call it under the
    activity's lock, in the transaction that confirmed the levels.
    """
    activity = participation.activity
    if not activity.competency_columns or not is_graded(session, participation):
        return
    place = columns.place_of(session, activity)
    if not place.shows or not place.is_told:
        return
    session.flush()
    for competency_id in competency_ids:
        level = _level(session, participation.id, competency_id)
        known = columns.items_of(session, activity.id).get(competency_id)
        if level is None and (known is None or not known.url):
            continue
        item = columns.item_for(session, activity, competency_id)
        columns.promise(session, activity, item, again=not item.url)
        if item.url:
            _tell(session, participation, item, level)


def promise_missing(
    session: Session, activity_id: uuid.UUID | None = None, limit: int = AT_ONCE
) -> int:
    """Promise levels of which their column was told nothing yet; return how many there were.

    Of one activity, which is locked then; or, for the sweep, of all.
    """
    query = _untold()
    if activity_id is not None:
        query = query.where(Participation.activity_id == activity_id)
    found = session.execute(query.limit(limit)).all()
    for one in sorted({row.activity_id for row in found}):
        lock_activity(session, one)
    for row in found:
        participation = session.get(Participation, row.participation_id)
        if participation is not None:
            promise(session, participation, [row.competency_id])
    return len(found)


def column_made(session: Session, item: LineItem) -> None:
    """Tell a column that has just been made the levels that stand; its activity is locked."""
    promise_missing(session, item.activity_id)


def in_words(verdict: Verdict) -> Verdict:
    """Return the verdict on a score in the words of these columns: one that is gone is ours."""
    return told(verdict) if verdict.reason == "line_item_gone" else verdict


def payload(level: int | None, levels: int, comment: str, clears: bool) -> dict[str, Any]:
    """Return the score of a level without userId and timestamp (AGS 2.0, 3.4).

    Always FullyGraded: platforms may ignore anything else. A level that was withdrawn (None) has no
    ``scoreGiven``, which takes the grade away; where that is not taken for it, it is 0.
    """
    given = points(level, levels) if level is not None else (None if clears else 0)
    return {
        **({} if given is None else {"scoreGiven": given}),
        "scoreMaximum": maximum(levels),
        "activityProgress": "Completed" if level is not None else "InProgress",
        "gradingProgress": "FullyGraded",
        "comment": comment if len(comment) <= MAX_COMMENT else f"{comment[: MAX_COMMENT - 1]}…",
    }


def _tell(
    session: Session, participation: Participation, item: LineItem, level: ConfirmedLevel | None
) -> None:
    """Promise a level, or that it was withdrawn, unless that was promised last."""
    key = key_of(item.id, participation.user_id)
    before = last_payload(session, key)
    if level is None and before is None:
        return
    registration = session.get_one(Registration, item.registration_id)
    competency = session.get_one(Competency, item.competency_id)
    framework = session.get_one(CompetencyFramework, competency.framework_id)
    scale = {one.position: one for one in framework.levels}
    user, activity = participation.user, participation.activity
    with i18n.use(user.language or activity.locale, user.time_zone):
        comment = _comment(competency, framework, scale, level, activity)
    now = payload(
        level.level if level else None, len(scale), comment, FAMILIES[registration.family].clears
    )
    if before == now:
        return
    lock_key(session, About(item.registration_id, participation.id))
    message = OutboxMessage(
        kind=KIND,
        key=key,
        registration_id=item.registration_id,
        line_item_id=item.id,
        user_id=participation.user_id,
        participation_id=participation.id,
        payload=now,
    )
    enqueue(session, message)


def _comment(
    competency: Competency,
    framework: CompetencyFramework,
    scale: dict[int, CompetencyLevel],
    level: ConfirmedLevel | None,
    activity: Activity,
) -> str:
    """Return what goes along with a level as plain text, a sentence a line.

    The level comes first: a number alone says nothing, and an LMS may cut a long comment.
    """
    parts = (competency.code, pick(competency.statement).rstrip(".。"))
    name = " ".join(part for part in parts if part)
    lines = [_("Framework: %(title)s.", title=pick(framework.title).rstrip(".。"))]
    if level is None:
        first = _("%(competency)s: a tutor has taken the confirmed level back.", competency=name)
        return "\n".join([first, *lines])
    label = pick(scale[level.level].label) if level.level in scale else number(level.level)
    values = {"competency": name, "level": label, "number": number(level.level)}
    first = _(
        "%(competency)s: %(level)s (level %(number)s of %(of)s).", of=number(len(scale)), **values
    )
    since = activity.column_notes_at
    if level.note and since is not None and level.confirmed_at >= since:
        lines.append(_("Your tutor writes: %(note)s", note=level.note))
    return "\n".join([first, *lines])


def _level(
    session: Session, participation_id: uuid.UUID, competency_id: uuid.UUID
) -> ConfirmedLevel | None:
    query = select(ConfirmedLevel).where(
        ConfirmedLevel.participation_id == participation_id,
        ConfirmedLevel.competency_id == competency_id,
    )
    return session.scalar(query.execution_options(populate_existing=True))


def standing(isouter: bool = False) -> Select[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Select learners' confirmed levels in activities with columns; staff's are nobody's grade."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    staff = exists().where(
        Membership.context_id == Activity.context_id,
        Membership.user_id == Participation.user_id,
        role.in_([Role.TUTOR.value, Role.EDUCATOR.value]),
    )
    column: ColumnElement[bool] = and_(
        LineItem.activity_id == Activity.id, LineItem.competency_id == ConfirmedLevel.competency_id
    )
    return (
        select(
            ConfirmedLevel.participation_id.label("participation_id"),
            ConfirmedLevel.competency_id.label("competency_id"),
            Participation.activity_id.label("activity_id"),
        )
        .join(Participation, ConfirmedLevel.participation_id == Participation.id)
        .join(Activity, Participation.activity_id == Activity.id)
        .join(LineItem, column, isouter=isouter)
        .where(Activity.competency_columns, ~staff)
        .order_by(Participation.activity_id, ConfirmedLevel.participation_id)
    )


def _untold() -> Select[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Select levels whose column is made and was told nothing of them that still counts."""
    promised = exists().where(
        OutboxMessage.line_item_id == LineItem.id,
        OutboxMessage.user_id == Participation.user_id,
        OutboxMessage.state != OutboxState.SUPERSEDED,
    )
    return standing().where(LineItem.url != "", ~promised)
