"""All of one's work, looking back, what came in, and one's own dates and data."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import icalendar
import pytest
import time_machine
from flask import Flask

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.people import User
from lti_tool.services.container import Services
from lti_tool.services.desk.people import People
from lti_tool.services.engine.confirmations import Confirmation
from tests.factories.learning import go_on, rate, reflect, respond, tell_all
from tests.factories.work import participation_of
from tests.factories.world import Person, World, add_course, make_world
from tests.functional.learner.conftest import Tab, TabMaker

FEED = re.compile(r"http://127\.0\.0\.1:5000(/calendar/[0-9a-f]{64}\.ics)")


@pytest.fixture
def world(services: Services) -> World:
    return make_world(services.db, learners=2, responses_required=1, grace_minutes=0)


def done(world: World) -> tuple[Person, Person]:
    """Let both learners do all of it but the tutor's part."""
    for person in world.learners:
        rate(world, person)
        reflect(world, person)
    for person in world.learners:
        respond(world, person)
    for person in world.learners:
        tell_all(world, person)
        go_on(world, person)
    return world.learners[0], world.learners[1]


def mine(tab: Tab, path: str = "/my-work") -> str:
    answer = tab.client.get(f"/s/{tab.handle}{path}")
    assert answer.status_code == 200
    return tab.read(answer)


def test_my_work_shows_activities_steps_and_levels_over_time(world: World, tab: TabMaker) -> None:
    one, _other = done(world)
    tutor = world.viewer(world.tutor)
    levels = [Confirmation(world.competency_ids[0], 3, "", "")]
    with world.database.read() as session:
        title = session.get_one(Activity, world.activity_id).title
        participation_id = participation_of(session, world, one).id
    People(world.database).confirm(tutor, world.activity_id, participation_id, levels)
    page = mine(tab(one))
    assert title in page
    assert "Try it at the desk" in page
    assert "You, before" in page
    assert "Confirmed by a tutor" in page
    assert "Learner 2" not in page


def test_nothing_begun_says_so(world: World, tab: TabMaker) -> None:
    assert "Nothing yet" in mine(tab(world.learners[0]))


def test_my_data_is_of_this_course_and_mine_alone(world: World, tab: TabMaker) -> None:
    one, _other = done(world)
    elsewhere = add_course(world, learners=0)
    same = Person(one.user_id, one.membership_id, one.name, one.role)
    reflect(elsewhere, same, "Told in another course, where other people are listening to me")
    answer = tab(one).client.get(f"/s/{tab(one).handle}/my-work/export")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    told = json.loads(archive.read("data.json"))
    everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert told["reflection_revisions_by_reflection"]
    assert told["responses_by_author"]
    assert told["next_steps_by_participation"][0]["action"] == "Try it at the desk"
    assert "Told in another course" not in everything
    assert "Learner 2" not in everything


def test_a_calendar_of_ones_own_dates_in_ones_own_zone(
    app: Flask, world: World, tab: TabMaker
) -> None:
    one, _other = done(world)
    with world.database.write() as session:
        session.get_one(User, one.user_id).time_zone = "Asia/Tokyo"
        due = clock.now().replace(hour=15, minute=0, second=0) + timedelta(days=3)
        session.get_one(Activity, world.activity_id).next_due_at = due
    here = tab(one)
    assert "/calendar/" not in mine(here)
    made = here.client.post(
        f"/s/{here.handle}/my-work/calendar",
        data={"csrf_token": here.csrf},
        follow_redirects=True,
    )
    found = FEED.search(made.text)
    assert found
    feed = app.test_client().get(found[1])
    assert feed.mimetype == "text/calendar"
    events = icalendar.Calendar.from_ical(feed.data).walk("VEVENT")
    summaries = {str(event["summary"]): event for event in events}
    assert "Try it at the desk" in summaries
    assert "What came of it? Try it at the desk" in summaries
    end = summaries["Next, due: What I take from this month"].decoded("dtend")
    assert (end.hour, str(end.tzinfo)) == (0, "Asia/Tokyo")
    for private in (one.name, str(one.user_id), here.handle, str(world.activity_id)):
        assert private not in feed.text


def test_a_withdrawn_calendar_is_gone_and_the_next_has_another_address(
    app: Flask, world: World, services: Services
) -> None:
    viewer = world.viewer(world.learners[0])
    first = services.calendars.make(viewer)
    assert services.calendars.make(viewer) == services.calendars.address(viewer) == first
    services.calendars.withdraw(viewer)
    second = services.calendars.make(viewer)
    assert second != first
    path = first.removeprefix("http://127.0.0.1:5000")
    assert app.test_client().get(path).status_code == 404
    assert app.test_client().get(second.removeprefix("http://127.0.0.1:5000")).status_code == 200


def test_after_thirty_days_the_next_launch_asks_what_came_of_it(
    world: World, tab: TabMaker
) -> None:
    one, _other = done(world)
    assert "What came of it?" not in tab(one).get()
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        here = tab(one)
        assert "Did you do it? What came of it?" in here.get()
        home = here.client.get(f"/s/{here.handle}/activities")  # the course, without a link
        assert "Say what came of it" in home.text
        assert here.post("/looking-back", after_days="30").status_code == 422
        page = here.read(
            here.post("/looking-back", after_days="30", outcome="partly", result="Two of five")
        )
        assert "Two of five" in page
        assert "Did you do it?" not in here.get()
        assert "Two of five" not in _dossier(world, one)
    with time_machine.travel(clock.now() + timedelta(days=91), tick=False):
        here = tab(one)
        assert "Did you do it?" in here.get()
        here.post("/looking-back", after_days="90", outcome="done", result="All", shared="1")
        assert "All" in _dossier(world, one)


def test_what_came_of_it_is_asked_in_an_archived_activity_too(world: World, tab: TabMaker) -> None:
    one, _other = done(world)
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).closed_at = clock.now()
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        here = tab(one)
        page = here.get()
        assert "This activity is archived" in page and "Say what came of it" in page
        assert "Did you do it?" in here.get("/looking-back")
        kept = here.post("/looking-back", after_days="30", outcome="done", result="Three of five")
        assert "That is kept with your next step" in here.read(kept)
        assert "Three of five" in mine(here)
        assert "Say what came of it" not in here.get()


def _dossier(world: World, person: Person) -> str:
    with world.database.read() as session:
        key = participation_of(session, world, person).id
    people = People(world.database)
    dossier = people.open(world.viewer(world.tutor), world.activity_id, key)
    return " ".join(answer.result for answer in dossier.follow_ups)


def test_the_first_page_tells_what_came_in_since_the_last_visit(
    world: World, tab: TabMaker
) -> None:
    one, other = world.learners
    for person in world.learners:
        reflect(world, person)
    assert "Since your last visit" not in tab(one).get()
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
        respond(world, other)
        page = tab(one).get()
        assert "Since your last visit" in page
        assert "1 response came in" in page
    with time_machine.travel(clock.now() + timedelta(hours=9), tick=False):
        assert "Since your last visit" not in tab(one).get()


def test_what_i_take_from_a_response_is_kept_beside_it(world: World, tab: TabMaker) -> None:
    one, other = world.learners
    for person in world.learners:
        reflect(world, person)
    respond(world, other)
    here = tab(one)
    found = re.search(r"/received/([0-9a-f-]{36})", here.get("/received"))
    assert found
    here.post(f"/received/{found[1]}", helpfulness="4", takeaway="Ask before I answer")
    assert "Ask before I answer" in here.get("/next")
    here.post(f"/received/{found[1]}/takeaway", takeaway="Ask twice")
    assert "Ask twice" in here.get("/received")
    assert "Ask twice" not in tab(other).get("/new")


def test_what_a_tutor_would_like_to_see_stays_until_levels_are_confirmed(
    world: World, tab: TabMaker, services: Services
) -> None:
    one, _other = done(world)
    tutor = world.viewer(world.tutor)
    with world.database.read() as session:
        key = participation_of(session, world, one).id
    services.timelines.ask_more(tutor, world.activity_id, key, "Say what you did.")
    for _visit in range(2):
        with time_machine.travel(clock.now() + timedelta(days=_visit)):
            assert "Say what you did." in mine(tab(one), f"/activities/{world.activity_id}")
    levels = [Confirmation(world.competency_ids[0], 3, "", "")]
    People(world.database).confirm(tutor, world.activity_id, key, levels)
    assert "Say what you did." not in mine(tab(one), f"/activities/{world.activity_id}")
