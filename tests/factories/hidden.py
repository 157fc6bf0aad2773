"""A course whose activity hides names, with everything in it that could give them away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from lti_tool.models import Database
from lti_tool.models.criteria import CalibrationReading, Criterion, CriterionReading, Exemplar
from lti_tool.models.desk import TutorComment
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.vocabulary import Anonymity, WorkState
from tests.factories.criteria import OWN, add_exemplar, set_criteria
from tests.factories.work import add_reflection, add_response
from tests.factories.world import World, make_world

NAMES = ("Zebediah Quimby", "Ottoline Vandersloot", "Casimir Wroblewski", "Perpetua Nakamura")
DAY = datetime(2026, 3, 5, tzinfo=UTC)


def hidden(database: Database, mode: Anonymity) -> World:
    """Let four people write, answer each other and write back, at moments that tell them apart."""
    world = make_world(database, learners=0, anonymity=mode)
    for name in NAMES:
        world.add_learner(name)
    world.tutor.name = "Leocadia Fenwick"
    with database.write() as session:
        for person in (*world.learners, world.tutor):
            user = session.get_one(User, person.user_id)
            user.name = person.name
            user.email = f"{person.name.split()[0].lower()}@people.example"
    reflections = [
        add_reflection(world, one, "<p>I ask first.</p>", WorkState.RELEASED)
        for one in world.learners
    ]
    responses = []
    for number, author in enumerate(world.learners):
        reflection_id = reflections[(number + 1) % len(reflections)]
        responses.append(
            add_response(world, reflection_id, author, "<p>So do I.</p>", WorkState.RELEASED)
        )
    add_response(world, reflections[0], world.learners[2], "<p>And I.</p>", WorkState.HELD)
    _say_by_criteria(world)
    with database.write() as session:
        for response_id in responses:
            comment = TutorComment(
                response_id=response_id,
                tutor_id=world.tutor.user_id,
                html="<p>Well put.</p>",
                to_addressee=True,
            )
            session.add(comment)
        for number, row in enumerate(_rows(session)):
            _date(row, DAY + timedelta(hours=1 + number, minutes=41, seconds=27))
    return world


def _say_by_criteria(world: World) -> None:
    """Let every response say something by a criterion, and everybody read an exemplar."""
    set_criteria(world, OWN, practice=1)
    add_exemplar(world)
    with world.database.write() as session:
        criterion = session.scalars(select(Criterion.id)).one()
        exemplar = session.scalars(select(Exemplar.id)).one()
        for response_id in session.scalars(select(Response.id)).all():
            said = {"criterion_id": criterion, "level": 2, "comment": "Kindly put, I find."}
            session.add(CriterionReading(response_id=response_id, **said))
        for participation_id in session.scalars(select(Participation.id)).all():
            read = {"exemplar_id": exemplar, "criterion_id": criterion, "level": 1}
            session.add(CalibrationReading(participation_id=participation_id, **read))


def _rows(session: Any) -> list[Any]:
    return [row for model in (Reflection, Response) for row in session.scalars(select(model))]


def _date(row: Any, moment: datetime) -> None:
    for name in ("saved_at", "submitted_at", "visible_at", "released_at"):
        if getattr(row, name, None) is not None:
            setattr(row, name, moment)
    if isinstance(row, Response):
        later = moment + timedelta(minutes=10)
        row.reply, row.replied_at = "<p>Thank you.</p>", later
        row.helpfulness, row.helpfulness_at = 4, later
