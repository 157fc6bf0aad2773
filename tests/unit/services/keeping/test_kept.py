from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.people import Membership
from lti_tool.services.cohort_scope import Scope
from lti_tool.services.keeping import kept
from lti_tool.services.keeping.kept import Asked
from tests.factories.world import make_world


def test_others_write_while_somebody_counts_and_that_is_not_missed(database: Database) -> None:
    world = make_world(database)
    asked = Asked("number", Scope(world.context_id, None), world.activity_id)

    def count(_reading: Session) -> tuple[Asked, dict[str, Any]]:
        with database.write() as writing:
            writing.execute(update(Membership).values(left_at=clock.now()))
        return asked, {"learners": 3}

    found = kept.keep(database, asked, count)
    with database.read() as session:
        assert kept.recall(session, asked, kept.LATELY) == found
        assert kept.recall(session, asked, kept.LATELY * 0) is None
        assert kept.recall(session, asked, kept.LATELY * 0, found.id) == found
