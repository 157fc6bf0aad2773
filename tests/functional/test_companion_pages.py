"""The companion from the operator's token to the learner's page, in the words of each page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.companion import MoodleCompanion
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.models.people import Context, User
from lti_tool.models.platforms import Registration
from lti_tool.sandbox import SandboxSettings
from lti_tool.sandbox import create_app as create_sandbox
from lti_tool.sandbox.walker import Walker
from tests.factories.learning import go_on, rate, reflect
from tests.factories.work import add_participation
from tests.factories.world import World, make_world
from tests.functional.operator.conftest import Operator
from tests.functional.outbox.conftest import served
from tests.support.visitor import visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TOKEN = "0123456789abcdef0123456789abcdef"
LEVELS = ["Discovering", "Practising", "Autonomous", "Guiding others"]


@pytest.fixture
def moodle() -> Iterator[Walker]:
    """Serve a Moodle-like sandbox."""

    def make(url: str) -> Flask:
        return create_sandbox(SandboxSettings(url, None, "moodle", "tests"))

    with served(make, "localhost") as url:
        yield Walker(url)


@pytest.fixture
def world(app: Flask, moodle: Walker) -> World:
    """Make a course that is the sandbox's first one, with a learner of it."""
    world = make_world(services_of(app).db, learners=1)
    learner = next(one for one in moodle.control("people") if one["role"] == "learner")
    with world.database.write() as session:
        session.get_one(Registration, world.registration_id).issuer = moodle.sandbox_url
        session.get_one(Context, world.context_id).lti_id = "2"
        person = session.get_one(User, world.learners[0].user_id)
        person.sub, person.name = learner["sub"], learner["name"]
        first = session.get_one(Competency, world.competency_ids[0])
        number = session.get_one(CompetencyFramework, first.framework_id).identifier
    known = {"idnumber": number, "name": "Ours", "scale": LEVELS, "competencies": ["A1"]}
    moodle.control("webservices", {"token": TOKEN, "enabled": True, "frameworks": [known]})
    group = {"name": "Lyon, autumn", "people": [learner["id"]], "course_id": "2"}
    moodle.control("groups", group)
    return world


def test_from_the_token_to_the_learners_page(app: Flask, world: World, moodle: Walker) -> None:
    services = services_of(app)
    educator, tutor = visit(app, world, world.educator), visit(app, world, world.tutor)
    learner = visit(app, world, world.learners[0])
    place = f"/activities/{world.activity_id}"
    assert "Moodle’s competencies" not in educator.get(f"{place}/manage").text
    assert educator.get(f"{place}/moodle").status == 404
    set_up(Operator(app, app.test_client()).enter(), world)

    reflect(world, world.learners[0])
    rate(world, world.learners[0])
    go_on(world, world.learners[0])
    person = f"{place}/people/{add_participation(world, world.learners[0])}"
    educator.get(f"{place}/manage")
    assert "stay in Miroir" in educator.follow("See and decide").text
    looked = educator.send(action="/look").text
    assert "In Moodle: “Competency A1” of “Ours”." in looked
    assert "but not this competency" in looked  # A2
    assert "go to Moodle from now on" in educator.send("do", do="on").text
    tutor.get(person)
    tutor.send("levels.0.competency", levels__0__level="3", levels__1__level="1")
    services.outbox.deliver_due()
    page = tutor.get(person)
    assert "“Autonomous” told" in page.text and "Moodle shows it too" in page.text
    assert "Moodle has the framework, but not this competency." in page.text
    assert "The message" not in page.text
    assert "is on its way" in tutor.send(action="/retry/").text or "sent again" in tutor.page.text
    page = learner.get(f"{place}/next")
    assert "also becomes your rating" in page.text and "“Autonomous” told" in page.text
    by_hand = {"course": "2", "user": sub_of(world), "idnumber": "A1", "grade": 1}
    moodle.control("webservices/ratings", by_hand)
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=True):
        services.companion.reader.read_due()
    assert "1 rating in Moodle to look at" in tutor.get(f"{place}/people").text
    assert "Moodle shows “Discovering”, Miroir sent “Autonomous”" in tutor.get(person).text
    tutor.get(person)
    page = tutor.send("levels.0.competency", levels__0__level="")
    assert "Moodle keeps one that you took back" in page.text
    assert "No tutor confirms this level any more" in page.text
    report = f"/report/competency/index.php?id=2&amp;user={sub_of(world)}"
    assert report in tutor.client.get(f"/s/{tutor.handle}{person}").text
    assert "1 rating in Moodle to look at" in tutor.get(f"{place}/people").text
    groups = educator.get(f"{place}/cohorts/groups")
    assert "Lyon, autumn" not in groups.text
    assert "Lyon, autumn" in educator.send(action="/groups/read").text
    moodle.control("webservices", {"enabled": False})
    assert "Moodle could not be asked" in educator.send(action="/groups/read").text
    educator.get(f"{place}/moodle")
    assert "do not let Miroir in" in educator.send(action="/look").text
    assert "Nothing more goes" in educator.send("do", do="off").text


def sub_of(world: World) -> str:
    with world.database.read() as session:
        return session.get_one(User, world.learners[0].user_id).sub


def set_up(operator: Operator, world: World) -> None:
    """Set the token in the console, test it, and find it nowhere again."""
    operator.get(f"/operator/platforms/{world.registration_id}/companion")
    assert "letters and digits only" in operator.send("token", token="not a token!").text
    page = operator.send("token", token=TOKEN, reads_groups="1")
    assert "Test it next" in page.text and TOKEN not in page.text
    page = operator.send(action="/test")
    assert (
        "What could be tried is in order." in page.text and "Moodle takes the token." in page.text
    )
    with world.database.read() as session:
        row = session.get_one(MoodleCompanion, world.registration_id)
        assert TOKEN not in row.token and row.reads_groups


def test_the_command_does_what_the_console_does(app: Flask, world: World, moodle: Walker) -> None:
    with world.database.read() as session:
        name = session.get_one(Registration, world.registration_id).client_id
    runner = app.test_cli_runner()
    assert (
        "has no companion" in runner.invoke(args=["platforms", "companion", name, "--test"]).output
    )
    done = runner.invoke(args=["platforms", "companion", name], input=f"{TOKEN}\n")
    assert "is set up" in done.output and TOKEN not in done.output
    moodle.control("webservices", {"without": ["core_user_get_users_by_field"]})
    tested = runner.invoke(args=["platforms", "companion", name, "--test"])
    assert tested.exit_code == 1 and "    core_user_get_users_by_field" in tested.output
    done = runner.invoke(args=["platforms", "companion", name, "--off"])
    assert "is forgotten" in done.output
