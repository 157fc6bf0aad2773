from __future__ import annotations

import threading
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from lti_tool.models import Database
from lti_tool.models.grades import WorkerHeartbeat
from lti_tool.models.keys import SigningKey
from lti_tool.models.platforms import Deployment
from lti_tool.models.turns import NoTurn
from tests.support.databases import Templates


def test_a_write_is_undone_whole_by_an_exception(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.add(SigningKey(kid="one", private_pem="-"))
        session.flush()
        raise ZeroDivisionError
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SigningKey)) == 0


def test_reading_writes_nothing(database: Database) -> None:
    with database.write() as session:
        session.add(SigningKey(kid="one", private_pem="before"))
    with database.read() as session:
        session.scalars(select(SigningKey)).one().private_pem = "after"
        session.add(SigningKey(kid="two", private_pem="-"))
    with database.read() as session:
        assert list(session.scalars(select(SigningKey.private_pem))) == ["before"]


def test_a_reader_keeps_its_prepared_statements(templates: Templates) -> None:
    with templates.postgres() as url:
        database = Database(url)
        for _ in range(8):
            with database.read() as session:
                session.scalars(select(WorkerHeartbeat)).all()
        with database.read() as session:
            prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
        database.close()
    assert any("worker_heartbeats" in statement for statement in prepared)


def test_a_connection_that_died_unused_is_replaced(
    templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.models.database.PING_AFTER_SECONDS", 0.0)
    with templates.postgres() as url:
        database, other = Database(url), Database(url)
        with database.read() as session:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
        with other.read() as session:
            assert session.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        database.ping()
        database.close()
        other.close()


def test_moments_come_back_aware_and_in_utc(database: Database) -> None:
    moment = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    with database.write() as session:
        session.add(WorkerHeartbeat(name="w", beat_at=moment))
    with database.read() as session:
        assert session.get_one(WorkerHeartbeat, "w").beat_at == moment


def test_a_moment_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"), database.write() as session:
        session.add(WorkerHeartbeat(name="w", beat_at=datetime(2026, 3, 1)))  # noqa: DTZ001


def test_concurrent_writers_wait_for_each_other(database: Database) -> None:
    def count_up() -> None:
        for _ in range(10):
            with database.write() as session:
                key = session.scalars(
                    select(SigningKey).where(SigningKey.kid == "k").with_for_update()
                ).one()
                key.private_pem = str(int(key.private_pem) + 1)

    with database.write() as session:
        session.add(SigningKey(kid="k", private_pem="0"))
    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.scalars(select(SigningKey.private_pem)).one() == "40"


def test_many_writers_of_one_process_are_all_served(database: Database) -> None:
    failed, started = list[Exception](), threading.Barrier(60)

    def write_a_while() -> None:
        started.wait()
        try:
            with database.write() as session:
                session.add(WorkerHeartbeat(name=str(uuid.uuid4()), beat_at=datetime.now(UTC)))
                session.flush()
                time.sleep(0.005)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write_a_while) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_writer_of_sqlite_that_gets_no_turn_is_told_and_readers_go_on(
    templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.models.database.TURN_SECONDS", 0.02)
    database = Database(templates.sqlite(tmp_path / "one.sqlite"))
    told = list[Exception]()

    def another() -> None:
        database.ping()
        try:
            with database.write():
                pass
        except NoTurn as error:
            told.append(error)

    with database.write() as session:
        session.add(SigningKey(kid="one", private_pem="-"))
        session.flush()
        thread = threading.Thread(target=another)
        thread.start()
        thread.join()
    database.close()
    assert len(told) == 1


def test_a_write_within_a_write_of_sqlite_is_refused_at_once(
    templates: Templates, tmp_path: Path
) -> None:
    database = Database(templates.sqlite(tmp_path / "one.sqlite"))
    with database.write() as session:
        with pytest.raises(RuntimeError), database.write():
            pass
        session.add(SigningKey(kid="one", private_pem="-"))
    with database.read() as reader:
        assert reader.scalars(select(SigningKey.kid)).one() == "one"
    database.close()


def test_a_mark_is_told_after_the_commit_with_the_turn_passed_on(database: Database) -> None:
    seen = list[str]()

    def call() -> None:
        with database.write() as session:  # somebody else's turn could come now
            seen.extend(session.scalars(select(SigningKey.kid)))

    database.after_commit("mark", call)
    with database.write() as session:
        session.add(SigningKey(kid="one", private_pem="-"))
        session.info["mark"] = True
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.info["mark"] = True
        raise ZeroDivisionError
    assert seen == ["one"]


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(Deployment(registration_id=uuid.uuid4(), deployment_id="1"))


def test_a_failed_statement_does_not_tell_what_people_wrote(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.write() as session:
        session.execute(text("SELECT nothing FROM nowhere WHERE a = :a"), {"a": "my own words"})
    assert "my own words" not in str(caught.value)
