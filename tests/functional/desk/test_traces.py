"""What staff could put together: names behind pseudonyms, other tutors' learners, hidden links."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.people import Context
from lti_tool.models.reflections import Reflection
from lti_tool.rules.clocks import DueDates, ExtensionScope
from lti_tool.rules.flagging import FlagReason
from lti_tool.rules.vocabulary import Anonymity, Step, WorkState
from lti_tool.services.desk.audit import Audit, Wanted
from lti_tool.services.desk.bulk import Picked
from lti_tool.services.desk.extensions import Draft, Extensions
from lti_tool.services.desk.moderation import Moderation
from lti_tool.services.desk.people import People
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.desk.replies import Replies, ReplyValues
from lti_tool.services.desk.signal_views import Place
from lti_tool.services.desk.work import expected_of
from lti_tool.services.engine.flagging import raise_flag
from tests.factories.cohorts import add_cohort
from tests.factories.hidden import hidden
from tests.factories.work import add_participation, add_reflection
from tests.factories.world import World, make_world
from tests.support.visitor import visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def blind(database: Database) -> World:
    return hidden(database, Anonymity.DOUBLE_BLIND)


def test_a_filter_by_person_finds_no_pseudonym(blind: World) -> None:
    """Whose id is known from another activity is not found by it where names are hidden."""
    person = blind.learners[0].user_id
    audit, viewer = Audit(blind.database), blind.viewer(blind.educator)
    assert audit.page(viewer, Wanted()).lines
    assert audit.page(viewer, Wanted(person_id=person)).lines == ()
    assert list(audit.lines(viewer, Wanted(person_id=person))) == []


def test_the_history_tells_days_and_no_networks_of_the_hidden(app: Flask, blind: World) -> None:
    """On the page, in the file, and among the lines of a whole course."""
    lines = Audit(blind.database).page(blind.viewer(blind.educator), Wanted()).lines
    assert {line.at.strftime("%H:%M:%S") for line in lines} == {"00:00:00"}
    assert {line.origin for line in lines if line.who_id is None} == {""}
    file = visit(app, blind, blind.educator).get(
        f"/activities/{blind.activity_id}/history.csv", scope="course"
    )
    assert not re.search(r"\d\d:\d\d", file.html)


def test_a_page_does_not_begin_after_a_person_who_is_hidden(blind: World) -> None:
    people, viewer = People(blind.database), blind.viewer(blind.tutor)
    with pytest.raises(NotFound):
        people.page(viewer, blind.activity_id, after=blind.learners[0].user_id)


def test_the_place_in_todays_list_is_sealed(app: Flask, blind: World) -> None:
    place = Place(1, clock.now(), uuid.uuid4())
    tutor = visit(app, blind, blind.tutor)
    assert tutor.get(f"/activities/{blind.activity_id}/today", after=str(place)).status == 404


@pytest.mark.parametrize(("mode", "name"), [("double_blind", "A tutor"), ("open", "Leocadia")])
def test_a_saved_reply_names_no_tutor_where_none_is_told(
    app: Flask, database: Database, mode: str, name: str
) -> None:
    world = hidden(database, Anonymity(mode))
    body = ReplyValues("Thanks", "Thank you. {tutor}", "en", is_shared=False)
    Replies(database).save(world.viewer(world.tutor), None, body)
    desk = visit(app, world, world.tutor).get(f"/activities/{world.activity_id}/desk")
    assert f"Thank you. {name}" in desk.html
    assert ("Thank you. Leocadia" in desk.html) is (mode == "open")


def test_more_time_across_cohorts_names_ones_own_learners_only(database: Database) -> None:
    now = clock.now()
    world = make_world(database, learners=2, now_due_at=now + timedelta(days=1))
    mine, theirs = world.learners
    add_cohort(world, "Mine", [mine], [world.tutor])
    add_cohort(world, "Theirs", [theirs])
    people = (add_participation(world, mine), theirs.user_id)
    draft = Draft(ExtensionScope.CHOSEN, DueDates(now + timedelta(days=9)), "Ill", people)
    extensions, educator = Extensions(database), world.viewer(world.educator)
    seen = extensions.preview(educator, world.activity_id, draft).seen
    extensions.give(educator, world.activity_id, draft, seen)
    page = extensions.page(world.viewer(world.tutor), world.activity_id, ExtensionScope.CHOSEN)
    assert [(line.names, line.number) for line in page.lines] == [((mine.name,), 1)]


def test_what_was_flagged_is_not_decided_among_several(database: Database) -> None:
    """It waits for a decision of its own, also where a form says otherwise."""
    world = make_world(database, learners=2)
    with database.write() as session:
        session.get_one(Context, world.context_id).tutors_see_all = True
    work = add_reflection(world, world.learners[0], "<p>x y</p>", WorkState.RELEASED)
    with database.write() as session:
        subject = session.get_one(Reflection, work)
        raise_flag(session, subject, world.learners[1].user_id, FlagReason.HURTFUL, "")
        expected = expected_of(subject)
    picked: list[tuple[Picked, str]] = [((WorkKind.REFLECTION, work), expected)]
    done = Moderation(database).decide_many(
        world.viewer(world.tutor), world.activity_id, picked, Step.WITHHOLD, "Not so."
    )
    assert (done.done, done.left) == (0, (world.learners[0].name,))


def test_what_was_done_for_somebody_by_name_does_not_lead_to_their_pseudonym(blind: World) -> None:
    """Staff see who has not begun; what they gave and noted then would name them afterwards."""
    late = blind.add_learner("Wilhelmina Ostrander")
    viewer, activity_id = blind.viewer(blind.tutor), blind.activity_id
    place, due = late.user_id, clock.now() + timedelta(days=9)
    with blind.database.write() as session:
        session.get_one(Activity, activity_id).now_due_at = clock.now() + timedelta(days=1)
    draft = Draft(ExtensionScope.CHOSEN, DueDates(due), "Wilhelmina is ill", (place,))
    extensions = Extensions(blind.database)
    seen = extensions.preview(viewer, activity_id, draft).seen
    extensions.give(viewer, activity_id, draft, seen)
    begun = add_participation(blind, late)
    (line,) = extensions.page(viewer, activity_id, ExtensionScope.CHOSEN).lines
    assert (line.names, line.number) == (("",), 1)
    dossier = People(blind.database).open(viewer, activity_id, begun)
    assert dossier.name and dossier.care.done == ()
