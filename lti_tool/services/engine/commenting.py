"""A tutor's comment on a response: for who wrote it, and for its addressee if the tutor says so."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool import clock
from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.models.desk import TutorComment
from lti_tool.models.responses import Response
from lti_tool.rules.guidance import MAX_RESPONSE_LENGTH

Comments = Mapping[uuid.UUID, tuple["CommentView", ...]]


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as people read it."""

    tutor: str
    html: str
    to_addressee: bool
    at: datetime
    mine: bool


def comments_on(
    session: Session, response_id: uuid.UUID, reader_id: uuid.UUID
) -> tuple[CommentView, ...]:
    """Return the comments on one response, oldest first."""
    return comments_of(session, [response_id], reader_id).get(response_id, ())


def comments_of(
    session: Session,
    response_ids: Collection[uuid.UUID],
    reader_id: uuid.UUID | None = None,
    to_addressee: bool = False,
) -> Comments:
    """Return the comments on responses; for their addressee only those that are for them, too."""
    query = (
        select(TutorComment)
        .where(TutorComment.response_id.in_(response_ids))
        .order_by(TutorComment.written_at, TutorComment.id)
        .options(joinedload(TutorComment.tutor))
    )
    if to_addressee:
        query = query.where(TutorComment.to_addressee.is_(True))
    found: dict[uuid.UUID, list[CommentView]] = defaultdict(list)
    for row in session.scalars(query) if response_ids else ():
        view = CommentView(
            row.tutor.display_name,
            row.html,
            row.to_addressee,
            row.written_at,
            row.tutor_id == reader_id,
        )
        found[row.response_id].append(view)
    return {key: tuple(views) for key, views in found.items()}


def write(
    session: Session, response: Response, tutor_id: uuid.UUID, html: str, to_addressee: bool
) -> None:
    """Write a tutor's comment in the place of their last one; an empty one takes it away.

    Raises InvalidInput for one that is too long, or empty where there was none.
    """
    if len(html) > MAX_RESPONSE_LENGTH:
        raise InvalidInput({"comment": [_("This is too long.")]})
    row = session.scalar(
        select(TutorComment).where(
            TutorComment.response_id == response.id, TutorComment.tutor_id == tutor_id
        )
    )
    if not html and row is None:
        raise InvalidInput({"comment": [_("Please write something here.")]})
    session.add(response.comment(tutor_id))
    if row is not None and not html:
        session.delete(row)
        return
    if row is None:
        row = TutorComment(response_id=response.id, tutor_id=tutor_id, html=html)
        session.add(row)
    row.html, row.to_addressee, row.written_at = html, to_addressee, clock.now()
