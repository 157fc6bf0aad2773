"""Who was erased stays away until they come by themselves (docs/privacy.md).

Functions that run inside a transaction. What is kept is a keyed hash: an LMS's ids are often small
numbers, which anybody could try one by one against a plain one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.models.erasures import Erasure
from lti_tool.secrecy import Secrets

PURPOSE = "erased person"


def remember(session: Session, secrets: Secrets, registration_id: uuid.UUID, sub: str) -> None:
    """Note that the person is to stay away; noting it twice is harmless."""
    session.merge(Erasure(person_hash=_hash(secrets, registration_id, sub)))


def erased(
    session: Session, secrets: Secrets, registration_id: uuid.UUID, subs: Iterable[str]
) -> set[str]:
    """Return those of a platform's people who were erased and have not come back."""
    hashes = {_hash(secrets, registration_id, sub): sub for sub in subs}
    found = session.scalars(select(Erasure.person_hash).where(Erasure.person_hash.in_(hashes)))
    return {hashes[one] for one in found}


def welcome_back(session: Session, secrets: Secrets, registration_id: uuid.UUID, sub: str) -> bool:
    """Let the person in again, who came by themselves; return whether they were erased."""
    key = _hash(secrets, registration_id, sub)
    gone = session.execute(
        delete(Erasure).where(Erasure.person_hash == key).returning(Erasure.person_hash)
    )
    return gone.first() is not None


def _hash(secrets: Secrets, registration_id: uuid.UUID, sub: str) -> str:
    return secrets.sign(PURPOSE, f"{registration_id.hex}:{sub}")
