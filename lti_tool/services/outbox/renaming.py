"""The coupled column follows the activity's title, where the platform lets us name it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError
from lti_tool.lti.families import FAMILIES, Outcome, Verdict, classify
from lti_tool.lti.line_items import WRITE_SCOPE, Course, LineItems
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.platforms import Registration
from lti_tool.services.outbox.claims import Claim
from lti_tool.services.outbox.columns import columns_of
from lti_tool.services.outbox.handling import GRADEBOOK, Task
from lti_tool.services.outbox.messages import About, enqueue, lock_key

KIND = "rename_line_item"


def promise(session: Session, activity: Activity) -> int:
    """Promise the activity's title to its columns; return how many.

    Only where the platform granted the ``lineitem`` scope, and does not name coupled columns
    itself, as Moodle does after the activity there. Call it in the transaction that renames.
    """
    query = (
        select(LineItem, Registration.family)
        .join(ResourceLink, LineItem.resource_link_id == ResourceLink.id)
        .join(Registration, LineItem.registration_id == Registration.id)
        .where(ResourceLink.activity_id == activity.id)
        .order_by(LineItem.id)
    )
    promised = 0
    for item, family in session.execute(query).all():
        if WRITE_SCOPE not in item.scopes or not FAMILIES[family].items.named_by_tool:
            continue
        lock_key(session, About(item.registration_id, line_item_id=item.id))
        enqueue(
            session,
            OutboxMessage(
                kind=KIND,
                key=f"{KIND}:{item.id.hex}",
                registration_id=item.registration_id,
                line_item_id=item.id,
                payload={"label": activity.title},
            ),
        )
        promised += 1
    return promised


@dataclass(frozen=True, slots=True)
class RenameHandler:
    """Renames columns by AGS: read, change the label, write all of it back."""

    line_items: LineItems
    channel: str = GRADEBOOK

    def prepare(self, session: Session, taken: Sequence[Claim]) -> dict[uuid.UUID, Task]:
        """Return the renamings."""
        columns = columns_of(session, {i for one in taken if (i := one.about.line_item_id)})
        tasks: dict[uuid.UUID, Task] = {}
        for one in taken:
            column = columns.get(one.about.line_item_id) if one.about.line_item_id else None
            if column is not None:
                course = Course(column.tenant, "", column.scopes)
                label = str(one.payload["label"])
                tasks[one.message_id] = partial(rename, self.line_items, course, column.url, label)
        return tasks

    def learn(self, session: Session, one: Claim, verdict: Verdict, now: datetime) -> None:
        """Learn nothing: a renaming brings no news."""


def rename(line_items: LineItems, course: Course, url: str, label: str) -> Verdict:
    """Give a column its new name; whatever the platform does ends in a verdict."""
    try:
        line_items.update(course, url, {"label": label})
    except PlatformError as error:
        return classify(course.tenant.family, error)
    return Verdict(Outcome.SENT, status=200)
