"""What an operator sets for a platform's learning records: where they go, and as whom."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.models.database import Database
from lti_tool.models.platforms import Registration
from lti_tool.models.record_stores import RecordStore
from lti_tool.remote.record_stores import RecordStores
from lti_tool.secrecy import Secrets
from lti_tool.services.learning_records import switch
from lti_tool.services.learning_records.sending import RecordHandler


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """What is set for one platform, without its password."""

    endpoint: str
    username: str
    version: str
    pseudonymous: bool
    set_at: datetime


@dataclass(frozen=True, slots=True)
class LearningRecords:
    """Use cases of the operator on learning records."""

    db: Database
    stores: RecordStores
    secrets: Secrets
    base_url: str

    @property
    def handler(self) -> RecordHandler:
        """What the outbox sends records with."""
        return RecordHandler(self.stores, self.secrets, self.base_url)

    def of(self, registration_id: uuid.UUID) -> StoreSettings | None:
        """Return what is set for a platform; None if its records go nowhere."""
        with self.db.read() as session:
            row = session.get(RecordStore, registration_id)
            if row is None:
                return None
            return StoreSettings(
                row.endpoint, row.username, row.version, row.pseudonymous, row.set_at
            )

    def switch_on(
        self,
        registration_id: uuid.UUID,
        endpoint: str,
        username: str,
        password: str,
        version: str,
        pseudonymous: bool,
    ) -> None:
        """Let a platform's records go to a store; an empty password keeps the one that is set.

        Raises NotFound for a platform that is not there, or a password that is not set.
        """
        with self.db.write() as session:
            if session.get(Registration, registration_id) is None:
                raise NotFound("platform")
            row = session.get(RecordStore, registration_id)
            if row is None:
                row = RecordStore(registration_id=registration_id)
                session.add(row)
            if password:
                row.password = self.secrets.encrypt(password)
            elif row.password is None:
                raise NotFound("password")
            row.endpoint, row.username = endpoint.rstrip("/").removesuffix("/statements"), username
            row.version, row.pseudonymous, row.set_at = version, pseudonymous, clock.now()
        switch.forget(self.db.engine)

    def switch_off(self, registration_id: uuid.UUID) -> None:
        """Let no record leave any more; those that wait are dropped when it is their turn."""
        with self.db.write() as session:
            session.execute(
                delete(RecordStore).where(RecordStore.registration_id == registration_id)
            )
        switch.forget(self.db.engine)

    def try_out(self, registration_id: uuid.UUID) -> None:
        """Ask the store that is set for a statement.

        Raises NotFound if none is set, and PlatformError as ``RecordStores.try_out``.
        """
        with self.db.read() as session:
            row = session.get(RecordStore, registration_id)
            if row is None:
                raise NotFound("record store")
            store = self.handler.store(row)
        self.stores.try_out(store)
