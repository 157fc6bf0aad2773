"""What is kept of who was erased: enough to know them again, and nothing that tells who it was."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from lti_tool.models import Database
from lti_tool.models.erasures import Erasure
from lti_tool.secrecy import Secrets
from lti_tool.services.privacy import erasures

SECRETS = Secrets("a secret of the tests, long enough for anybody")
OTHERS = Secrets("another secret key, also long enough")
HERE, THERE = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def remembering(database: Database) -> Database:
    with database.write() as session:
        erasures.remember(session, SECRETS, HERE, "17")
        erasures.remember(session, SECRETS, HERE, "17")
    return database


def test_known_by_platform_and_id_together(remembering: Database) -> None:
    with remembering.read() as session:
        assert erasures.erased(session, SECRETS, HERE, ["16", "17", "18"]) == {"17"}
        assert erasures.erased(session, SECRETS, THERE, ["17"]) == set()
        assert erasures.erased(session, SECRETS, HERE, []) == set()


def test_a_copy_of_the_database_tells_nobody_who_it_was(remembering: Database) -> None:
    with remembering.read() as session:
        assert erasures.erased(session, OTHERS, HERE, map(str, range(100))) == set()
        kept = session.scalars(select(Erasure)).one()
    assert {"17", HERE.hex, str(HERE)}.isdisjoint({kept.person_hash})
    assert len(kept.person_hash) == 64


def test_who_comes_back_is_told_once(remembering: Database) -> None:
    for expected in (True, False):
        with remembering.write() as session:
            assert erasures.welcome_back(session, SECRETS, HERE, "17") is expected
