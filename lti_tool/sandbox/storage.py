"""Records kept in memory and, when there is a data file, written through to SQLite."""

import dataclasses
import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from lti_tool.sandbox import records

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


class Database:
    """The data file: one table of JSON documents. Without a path nothing is written at all."""

    def __init__(self, path: Path | None) -> None:
        self.lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS document "
            "(kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id))"
        )

    def read(self, kind: str) -> list[tuple[str, Any]]:
        """Return all (id, document) pairs of one kind, in the order in which they were made."""
        if self._connection is None:
            return []
        query = "SELECT id, body FROM document WHERE kind = ? ORDER BY rowid"
        return [(key, json.loads(body)) for key, body in self._connection.execute(query, (kind,))]

    def write(self, kind: str, key: str, document: Any) -> None:
        """Save one document, new or known."""
        if self._connection is not None:
            self._connection.execute(
                "INSERT INTO document (kind, id, body) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, key, json.dumps(document)),
            )

    def delete(self, kind: str, key: str | None = None) -> None:
        """Remove one document, or all of a kind."""
        if self._connection is None:
            return
        if key is None:
            self._connection.execute("DELETE FROM document WHERE kind = ?", (kind,))
        else:
            self._connection.execute("DELETE FROM document WHERE kind = ? AND id = ?", (kind, key))

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()


class Collection(Generic[Record]):
    """All records of one class by their id; every call is atomic among threads."""

    def __init__(
        self, database: Database, kind: str, record: Callable[..., Record], saved: bool = True
    ) -> None:
        self._database = database
        self._kind = kind
        self._saved = saved
        self._lock = database.lock
        self._records: dict[str, Record] = {}
        if saved:
            self._records = {key: record(**body) for key, body in database.read(kind)}

    def get(self, key: str) -> Record | None:
        """Return the record, or None."""
        return self._records.get(key)

    def put(self, key: str, record: Record) -> Record:
        """Save a record, new or changed, and return it."""
        with self._lock:
            self._records[key] = record
            if self._saved:
                self._database.write(self._kind, key, dataclasses.asdict(record))
        return record

    def pop(self, key: str) -> Record | None:
        """Remove a record and return it; None if another thread was faster or it never was."""
        with self._lock:
            record = self._records.pop(key, None)
            if record is not None and self._saved:
                self._database.delete(self._kind, key)
        return record

    def all(self) -> list[Record]:
        """Return every record, oldest first."""
        with self._lock:
            return list(self._records.values())

    def clear(self) -> None:
        """Forget every record."""
        with self._lock:
            self._records.clear()
            if self._saved:
                self._database.delete(self._kind)

    def __len__(self) -> int:
        return len(self._records)


class Store:
    """The sandbox's memory: one collection per kind of record, counters and single values."""

    def __init__(self, path: Path | None) -> None:
        database = Database(path)
        self.database = database
        self.lock = database.lock
        self.people = Collection(database, "person", records.Person)
        self.courses = Collection(database, "course", records.Course)
        self.groups = Collection(database, "group", records.Group)
        self.tools = Collection(database, "tool", records.Tool)
        self.links = Collection(database, "link", records.Link)
        self.line_items = Collection(database, "line_item", records.LineItem)
        self.scores = Collection(database, "score", records.Score)
        self.keys = Collection(database, "key", records.SigningKey)
        self.access_tokens = Collection(database, "access_token", records.AccessToken)
        self.registration_tokens = Collection(database, "reg_token", records.RegistrationToken)
        self.deep_linking = Collection(database, "deep_linking", records.DeepLinkingRequest)
        self.log = Collection(database, "log", records.LogEntry)
        self.launches = Collection(database, "launch", records.PendingLaunch, saved=False)
        self._values: dict[str, Any] = dict(database.read("value"))

    def value(self, name: str, default: Any = None) -> Any:
        """Return a single saved value."""
        return self._values.get(name, default)

    def set_value(self, name: str, value: Any) -> None:
        """Save a single value that JSON can hold."""
        with self.lock:
            self._values[name] = value
            self.database.write("value", name, value)

    def next_number(self, kind: str) -> int:
        """Return 1, 2, 3… for each kind; a number is never given twice, restarts included."""
        with self.lock:
            number = int(self._values.get(f"number:{kind}", 0)) + 1
            self.set_value(f"number:{kind}", number)
            return number

    def clear(self) -> None:
        """Forget all records but the numbers given, so that old ids never come back."""
        with self.lock:
            for collection in vars(self).values():
                if isinstance(collection, Collection):
                    collection.clear()

    def close(self) -> None:
        """Close the data file; the store cannot be used after that."""
        with self.lock:
            self.database.close()
