"""What everybody may ask of credentials: whether one holds, who vouches, by which key."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from lti_tool import clock
from lti_tool.errors import IllegalTransition, NotFound
from lti_tool.exports import open_badges, status_lists
from lti_tool.exports.open_badges import CONTEXTS, Json
from lti_tool.models import Database
from lti_tool.models.credentials import Credential
from lti_tool.models.platforms import Registration
from lti_tool.rules.credentials import IssuerSettings
from lti_tool.rules.rich_text import storable
from lti_tool.rules.vocabulary import TakenBack
from lti_tool.services.credentials.facts import issuer_of
from lti_tool.services.credentials.signing import Signer
from lti_tool.services.credentials.views import Verdict, said_of


@dataclass(frozen=True, slots=True)
class PublicCredentials:
    """Use cases of anybody who was given a credential; nobody is asked who they are.

    But for withdrawing one, which is the operator's.
    """

    db: Database
    signer: Signer
    issuer: IssuerSettings

    def verdict(self, credential_id: uuid.UUID) -> Verdict:
        """Return whether a credential holds, and what it says if it does; raises NotFound."""
        with self.db.read() as session:
            row = session.get(Credential, credential_id)
            if row is None:
                raise NotFound("credential")
            registration = session.get_one(Registration, row.registration_id)
            name = issuer_of(registration, self.issuer, self.signer.base_url).name
            if row.taken_back_at is not None:
                return Verdict(None, name, row.taken_back_at)
            return Verdict(said_of(row.document), name, None)

    def profile(self, registration_id: uuid.UUID) -> Json:
        """Return who vouches for a platform's learners; NotFound where none took a level along."""
        with self.db.read() as session:
            ours = Credential.registration_id == registration_id
            if session.scalar(select(Credential.id).where(ours).limit(1)) is None:
                raise NotFound("issuer")
            registration = session.get_one(Registration, registration_id)
            issuer = issuer_of(registration, self.issuer, self.signer.base_url)
        return {"@context": list(CONTEXTS), **open_badges.profile(issuer)}

    def achievement(self, competency_id: uuid.UUID, locale: str) -> Json:
        """Return a competency as the newest credential that holds has it; raises NotFound."""
        with self.db.read() as session:
            row = session.scalar(
                select(Credential)
                .where(
                    Credential.competency_id == competency_id,
                    Credential.locale == storable(locale),
                    Credential.taken_back_at.is_(None),
                )
                .order_by(Credential.issued_at.desc(), Credential.id)
                .limit(1)
            )
            if row is None:
                raise NotFound("achievement")
            told: Json = row.document["credentialSubject"]["achievement"]
        return {"@context": list(CONTEXTS), **told}

    def status(self, registration_id: uuid.UUID, number: int) -> str:
        """Return a signed status list; raises NotFound for one in which no credential stands."""
        here = Credential.registration_id == registration_id, Credential.status_list == number
        with self.db.read() as session:
            rows = session.execute(
                select(Credential.status_index, Credential.taken_back_at)
                .where(*here)
                .order_by(Credential.id)
            ).all()
            if not rows:
                raise NotFound("status list")
            registration = session.get_one(Registration, registration_id)
            issuer = issuer_of(registration, self.issuer, self.signer.base_url).url
        gone = [index for index, taken_back_at in rows if taken_back_at is not None]
        url = f"{issuer}/status/{number}"
        return self.signer.sign(status_lists.claims(url, issuer, gone, clock.now()))

    def withdraw(self, credential_id: uuid.UUID) -> None:
        """Let a credential hold no more, for its operator; raises NotFound, IllegalTransition."""
        with self.db.write() as session:
            row = session.get(Credential, credential_id, with_for_update=True)
            if row is None:
                raise NotFound("credential")
            if row.taken_back_at is not None:
                raise IllegalTransition("credential", "taken back", "withdraw")
            row.taken_back_at, row.taken_back_by = clock.now(), TakenBack.OPERATOR
