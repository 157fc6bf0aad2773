from __future__ import annotations

from sqlalchemy import select

from lti_tool.models import Database
from lti_tool.models.participations import Participation
from lti_tool.services.engine.completion import measure
from lti_tool.services.engine.measuring import measure_all
from tests.factories.varied import add_varied
from tests.factories.world import make_world


def test_many_at_once_are_measured_like_each_alone(database: Database) -> None:
    world, other = make_world(database, learners=0), make_world(database, learners=0)
    add_varied(world, 30)
    add_varied(other, 10)
    with database.read() as session:
        everybody = list(session.scalars(select(Participation)))
        found = measure_all(session, everybody)
        assert {one.id: found[one.id][1] for one in everybody} == {
            one.id: measure(session, one) for one in everybody
        }
