"""A gradebook column for each competency of an activity, where its educator wants them.

Our row of a column comes first, the LMS makes its own when the worker asks for it: by one message
at a time, so that there is one column however many levels are confirmed at once. It is asked for
when it is first needed, since no LMS takes an empty column away again by itself. All of this is
decided under the activity's lock.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lti_tool import clock, i18n
from lti_tool.lti.ags import SCORE_SCOPE
from lti_tool.lti.families import FAMILIES, Verdict
from lti_tool.lti.line_items import WRITE_SCOPE, LineItems
from lti_tool.lti.own_columns import Wanted, ensure
from lti_tool.lti.results import Column
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.frameworks import Competency, CompetencyLevel
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context
from lti_tool.models.platforms import Registration
from lti_tool.rules import competency_columns as rules
from lti_tool.rules.vocabulary import OutboxState, PlatformFamily
from lti_tool.services.locking import lock_activity
from lti_tool.services.outbox.claims import Claim
from lti_tool.services.outbox.columns import columns_of
from lti_tool.services.outbox.handling import GRADEBOOK, Task
from lti_tool.services.outbox.messages import About, enqueue, lock_key

KIND = "competency_column"
ON_ITS_WAY = (OutboxState.QUEUED, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class Place:
    """What an activity's LMS lets us do: ``shows`` says whether it shows such columns at all."""

    family: PlatformFamily
    shows: bool
    is_told: bool
    """Whether a launch has told where the course's columns are."""
    may_write: bool
    """Whether it granted that we make columns and send scores to them."""

    @property
    def offers(self) -> bool:
        """Whether an educator may switch these columns on."""
        return self.shows and self.is_told and self.may_write


def place_of(session: Session, activity: Activity) -> Place:
    """Return what the LMS of ``activity`` lets us do, as launches of its course told."""
    family = session.get_one(Registration, activity.registration_id).family
    context = session.get(Context, activity.context_id) if activity.context_id else None
    scopes = context.line_items_scopes if context else []
    return Place(
        family,
        FAMILIES[family].items.extra_items,
        bool(context and context.line_items_url),
        {WRITE_SCOPE, SCORE_SCOPE} <= set(scopes),
    )


def key_of(item_id: uuid.UUID) -> str:
    """Return the coalescing key of all that is said of one column."""
    return f"{KIND}:{item_id.hex}"


def items_of(session: Session, activity_id: uuid.UUID) -> dict[uuid.UUID, LineItem]:
    """Return an activity's rows of columns by competency, made or not."""
    query = select(LineItem).where(LineItem.activity_id == activity_id)
    return {item.competency_id: item for item in session.scalars(query) if item.competency_id}


def labels_of(activity: Activity, more: Sequence[Competency] = ()) -> dict[uuid.UUID, str]:
    """Return the columns' names by competency, in the activity's language.

    ``more`` are competencies that it had before; theirs never change those of the present ones.
    """
    competencies = [*activity.competencies, *more]
    with i18n.use(activity.locale):
        named = [rules.Named(one.code, i18n.pick(one.statement)) for one in competencies]
    labels = rules.labels(activity.title, named)
    return {one.id: label for one, label in zip(competencies, labels, strict=True)}


def levels_of(session: Session, competency_id: uuid.UUID) -> int:
    """Return how many levels the scale of a competency has."""
    query = (
        select(func.count())
        .select_from(CompetencyLevel)
        .join(Competency, Competency.framework_id == CompetencyLevel.framework_id)
        .where(Competency.id == competency_id)
    )
    return session.scalar(query) or 0


def item_for(session: Session, activity: Activity, competency_id: uuid.UUID) -> LineItem:
    """Return our row of a competency's column, new if there is none; the activity is locked."""
    pair = (LineItem.activity_id == activity.id, LineItem.competency_id == competency_id)
    item = session.scalar(select(LineItem).where(*pair).execution_options(populate_existing=True))
    if item is None:
        item = LineItem(
            registration_id=activity.registration_id,
            deployment_id=activity.deployment_id,
            activity_id=activity.id,
            competency_id=competency_id,
            url="",
            score_maximum=rules.maximum(levels_of(session, competency_id)),
        )
        session.add(item)
        session.flush()
    return item


def promise(session: Session, activity: Activity, item: LineItem, again: bool = False) -> bool:
    """Promise that a column is there, with the name and maximum of today; return whether it was.

    Nothing is promised that is on its way already, or stands; ``again`` also tries what the LMS
    refused. The activity is locked.
    """
    competency = session.get_one(Competency, item.competency_id)
    gone = () if competency in activity.competencies else (competency,)
    wanted = {
        "label": labels_of(activity, gone)[competency.id],
        "scoreMaximum": rules.maximum(levels_of(session, competency.id)),
    }
    if item.url and (item.label, item.score_maximum) == tuple(wanted.values()):
        return False
    last = last_message(session, item.id)
    if last is not None and last.payload == wanted:
        refused = last.state is OutboxState.REFUSED and not again
        if refused or last.state in ON_ITS_WAY:
            return False
    about = About(item.registration_id, line_item_id=item.id)
    lock_key(session, about)
    message = OutboxMessage(
        kind=KIND,
        key=key_of(item.id),
        registration_id=item.registration_id,
        line_item_id=item.id,
        payload=wanted,
    )
    enqueue(session, message)
    return True


def last_message(session: Session, item_id: uuid.UUID) -> OutboxMessage | None:
    """Return what was last promised of a column; None if that was taken back, or nothing was."""
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.key == key_of(item_id), OutboxMessage.state != OutboxState.SUPERSEDED)
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query)


def rename(session: Session, activity: Activity) -> int:
    """Promise today's names to an activity's columns that are made; return how many changed."""
    made = [item for item in items_of(session, activity.id).values() if item.url]
    return sum(promise(session, activity, item) for item in sorted(made, key=lambda one: one.id))


def framework_changed(session: Session, framework_id: uuid.UUID) -> int:
    """Promise today's names and maxima to the columns of a framework; return how many changed.

    A column with another maximum is told its levels anew once the LMS has it.
    """
    query = (
        select(LineItem.activity_id)
        .join(Competency, LineItem.competency_id == Competency.id)
        .where(Competency.framework_id == framework_id, LineItem.url != "")
        .distinct()
    )
    changed = 0
    for activity_id in sorted(key for key in session.scalars(query) if key):
        lock_activity(session, activity_id)
        activity = session.get_one(Activity, activity_id)
        changed += rename(session, activity) if activity.competency_columns else 0
    return changed


@dataclass(frozen=True, slots=True)
class ColumnHandler:
    """Lets the LMS make, find or rename a column; ``made`` sends it what is to be told."""

    line_items: LineItems
    made: Callable[[Session, LineItem], None]
    channel: str = GRADEBOOK

    def prepare(self, session: Session, taken: Sequence[Claim]) -> dict[uuid.UUID, Task]:
        """Return the tasks; none for a column whose course nobody told us of."""
        columns = columns_of(session, {i for one in taken if (i := one.about.line_item_id)})
        tasks: dict[uuid.UUID, Task] = {}
        for one in taken:
            item_id = one.about.line_item_id
            column = columns.get(item_id) if item_id else None
            if item_id is not None and column is not None and column.course is not None:
                wanted = _wanted(session, item_id, column, one)
                tasks[one.message_id] = partial(ensure, self.line_items, column.course, wanted)
        return tasks

    def learn(self, session: Session, one: Claim, verdict: Verdict, now: datetime) -> None:
        """Keep where the column is; a new one, or one with another maximum, is told all levels."""
        item = session.get(LineItem, one.about.line_item_id)
        if item is None or item.activity_id is None or not verdict.moved_to:
            return
        lock_activity(session, item.activity_id)
        session.refresh(item)
        before = (item.url, item.score_maximum)
        item.url, item.seen_at = verdict.moved_to, now
        item.label = str(one.payload["label"])
        item.score_maximum = int(one.payload["scoreMaximum"])
        column = columns_of(session, [item.id]).get(item.id)
        item.scopes = list(column.scopes) if column else []
        session.flush()
        if before != (item.url, item.score_maximum):
            forget_told(session, item.id)
            self.made(session, item)


def forget_told(session: Session, item_id: uuid.UUID) -> None:
    """Let nothing count as told to a column, except what is being sent: it is another one now."""
    told = (
        OutboxMessage.line_item_id == item_id,
        OutboxMessage.kind != KIND,
        OutboxMessage.state.in_((OutboxState.SENT, OutboxState.REFUSED)),
    )
    # The learners first, as everybody does who touches messages about them (``lock_key``).
    theirs = Participation.id.in_(select(OutboxMessage.participation_id).where(*told))
    session.execute(
        select(Participation.id)
        .where(theirs)
        .order_by(Participation.id)
        .with_for_update(key_share=True)
    )
    session.execute(update(OutboxMessage).where(*told).values(state=OutboxState.SUPERSEDED))


def call_back(session: Session, item_id: uuid.UUID) -> None:
    """Take all that waits to be sent to a column, or about it, out of the queue."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.line_item_id == item_id, OutboxMessage.state == OutboxState.QUEUED)
        .values(state=OutboxState.SUPERSEDED, finished_at=clock.now())
    )


def _wanted(session: Session, item_id: uuid.UUID, column: Column, one: Claim) -> Wanted:
    item = session.get_one(LineItem, item_id)
    activity = session.get_one(Activity, item.activity_id)
    return Wanted(
        url=column.url,
        tag=column.tag,
        label=str(one.payload["label"]),
        maximum=int(one.payload["scoreMaximum"]),
        resource_ids=(column.resource_id, *_brought_along(session, activity)),
        taken=_taken(session, item),
    )


def _brought_along(session: Session, activity: Activity) -> tuple[str, ...]:
    """Return the name under which columns came along when the LMS copied the course.

    Only of an original in another course: in the same one they are the original's own.
    """
    if activity.copied_from_id is None:
        return ()
    original = session.get(Activity, activity.copied_from_id)
    if original is None or original.context_id == activity.context_id:
        return ()
    return (rules.resource_id(original.id),)


def _taken(session: Session, item: LineItem) -> frozenset[str]:
    """Return the URLs of the course's columns that we know as something else."""
    here = session.get_one(Activity, item.activity_id).context_id
    of_links = (
        select(LineItem.url)
        .join(ResourceLink, LineItem.resource_link_id == ResourceLink.id)
        .where(ResourceLink.context_id == here)
    )
    of_others = (
        select(LineItem.url)
        .join(Activity, LineItem.activity_id == Activity.id)
        .where(Activity.context_id == here, LineItem.id != item.id, LineItem.url != "")
    )
    return frozenset(session.scalars(of_links.union(of_others)))
