"""Credentials that do not hold any more, within the transaction in which that is decided."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.credentials import Credential
from lti_tool.rules.credentials import still_holds
from lti_tool.rules.vocabulary import TakenBack


def level_changed(
    session: Session, participation_id: uuid.UUID, competency_id: uuid.UUID, level: int | None
) -> None:
    """Take back what was made of a level that a tutor has lowered, or taken back (None)."""
    made = session.scalars(
        select(Credential)
        .where(
            Credential.participation_id == participation_id,
            Credential.competency_id == competency_id,
            Credential.taken_back_at.is_(None),
        )
        .order_by(Credential.id)
    )
    for one in made:
        if not still_holds(one.level, level):
            one.taken_back_at, one.taken_back_by = clock.now(), TakenBack.TUTOR


def person_erased(session: Session, user_id: uuid.UUID) -> None:
    """Take all of a person's credentials back, and forget what stood in them."""
    session.execute(
        update(Credential)
        .where(Credential.user_id == user_id)
        .values(
            document={},
            taken_back_at=func.coalesce(Credential.taken_back_at, clock.now()),
            taken_back_by=func.coalesce(Credential.taken_back_by, TakenBack.ERASURE.value),
        )
    )
