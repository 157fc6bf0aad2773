"""Where others may ask whether somebody's credentials hold, for pages that list them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.credentials import Credential
from lti_tool.services.credentials.facts import FOLDER
from lti_tool.services.credentials.views import said_of


@dataclass(frozen=True, slots=True)
class VerifyLink:
    """A credential that holds: of what, and where everybody can see that it does."""

    participation_id: uuid.UUID
    competency_id: uuid.UUID
    level: int
    path: str
    """Of its page, to be put after our address."""


def links_of(session: Session, ways: Iterable[uuid.UUID]) -> tuple[VerifyLink, ...]:
    """Return the credentials that hold and were made on these ways, newest first.

    Only those that name nobody: another page would tell a name that its reader was not to have.
    """
    rows = session.scalars(
        select(Credential)
        .where(Credential.participation_id.in_(tuple(ways)), Credential.taken_back_at.is_(None))
        .order_by(Credential.issued_at.desc(), Credential.id)
    )
    return tuple(
        VerifyLink(one.participation_id, one.competency_id, one.level, f"{FOLDER}/{one.id}")
        for one in rows
        if not said_of(one.document).holder
    )
