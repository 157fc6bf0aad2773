"""A tutor reminds learners: looked at first, sent once, found in Miroir, ended with one click."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.activities import Activity
from lti_tool.models.interventions import Intervention
from lti_tool.models.mail import Nudge
from lti_tool.models.people import Context, User
from lti_tool.rules.interventions import InterventionKind
from lti_tool.rules.vocabulary import Anonymity
from tests.factories.work import add_participation
from tests.factories.world import World, make_world
from tests.functional.mailing.conftest import Mails, text_of
from tests.support.visitor import Visitor, visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAY = timedelta(days=1)


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world(services_of(app).db, opens_at=clock.now() - 5 * DAY)
    with world.database.write() as session:
        session.get_one(Context, world.context_id).lms_url = "https://lms.example/course/2"
        for learner, (email, locale) in zip(
            world.learners,
            [("ana@lib.example", "fr"), ("", "en"), ("bo@lib.example", "en")],
            strict=True,
        ):
            user = session.get_one(User, learner.user_id)
            user.email, user.locale = email, locale
    return world


def path(world: World, page: str) -> str:
    return f"/activities/{world.activity_id}/{page}"


def test_all_who_have_not_begun_are_reminded(app: Flask, world: World, mails: Mails) -> None:
    with time_machine.travel(clock.now() + 4 * DAY):
        tutor = visit(app, world, world.tutor)
        tutor.get(path(world, "today"), show="not_started")
        page = tutor.follow("Remind all of them")
        assert "the LMS tells no address" in page.text
        page = tutor.send(
            "body_fr", body_fr="Bonjour {nom},", button=("step", "preview"), kind="cognitive"
        )
        assert page.status == 422
        assert "{nom} stands for nothing" in page.text
        page = tutor.send("body_fr", body_fr="Bonjour {name},", button=("step", "preview"))
        assert "Bonjour Learner 1," in page.text
        assert services_of(app).mailing.deliver_due() == {}
        page = tutor.send("body_fr", button=("step", "send"))
        assert "whom no mail reaches finds it in Miroir" in page.text
        assert "Nobody needs you just now" in page.text
        assert services_of(app).mailing.deliver_due() == {"sent": 2}
        assert services_of(app).mailing.deliver_due() == {}
    french, english = mails()
    assert (french["To"], english["To"]) == ("ana@lib.example", "bo@lib.example")
    assert "Bonjour Learner 1," in text_of(french)
    assert "https://lms.example/course/2" in text_of(french)
    assert "/s/" not in text_of(french)
    assert "Learner 3" in text_of(english)
    with world.database.read() as session:
        kinds = list(session.scalars(select(Intervention.kind)))
    assert kinds == [InterventionKind.COGNITIVE] * 3


def test_a_reminder_waits_in_miroir_and_mails_end_with_one_click(
    app: Flask, world: World, mails: Mails
) -> None:
    bo = world.learners[2]
    place = add_participation(world, bo)
    tutor = visit(app, world, world.tutor)
    tutor.get(path(world, f"people/{place}"))
    tutor.follow("Write a reminder")
    tutor.send("body_en", body_en="Hello {name}.", button=("step", "preview"))
    tutor.send("body_en", button=("step", "send"))
    tutor.get(path(world, f"today/{place}/nudge"))
    assert "Was reminded less than a day ago" in tutor.page.text
    services_of(app).mailing.deliver_due()
    assert "Reminder sent by mail" in tutor.get(path(world, f"people/{place}/timeline")).text
    learner = visit(app, world, bo)
    assert "Hello Learner 3." in learner.get(path(world, "")[:-1]).text
    assert "Hello Learner 3." not in learner.send(action="/reminders/").text
    [mail] = mails()
    stop = str(mail["List-Unsubscribe"]).strip("<>").removeprefix("http://127.0.0.1:5000")
    stranger = app.test_client()
    assert "No more mails" in stranger.get(stop).text
    assert stranger.get(stop[:-1] + "0").status_code == 404 or stop.endswith("0")
    assert stranger.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "You get no mails from Miroir any more" in stranger.get(stop).text
    assert "You get no mails" in learner.get("/my-work").text
    assert "Mails come again" in learner.send(action="/my-work/mails").text


def test_where_names_are_hidden_nobody_is_named_and_nothing_tells_who_it_is(
    app: Flask, mails: Mails
) -> None:
    world = make_world(services_of(app).db, anonymity=Anonymity.DOUBLE_BLIND)
    bo = world.learners[2]
    with world.database.write() as session:
        user = session.get_one(User, bo.user_id)
        user.email, user.locale = "bo@lib.example", "fr"
    place = add_participation(world, bo)
    tutor: Visitor = visit(app, world, world.tutor)
    tutor.get(path(world, f"today/{place}/nudge"))
    assert "Français" not in tutor.page.text.split("<footer")[0]
    assert "by mail where one reaches them" in tutor.page.text
    tutor.send("body_en", button=("step", "preview"))
    tutor.send("body_en", button=("step", "send"))
    services_of(app).mailing.deliver_due()
    [mail] = mails()
    names = (bo.name, world.tutor.name, "{")
    assert [name for name in names if name in text_of(mail) + mail["Subject"]] == []


def test_who_can_do_nothing_is_not_reminded(app: Flask, world: World) -> None:
    place = add_participation(world, world.learners[0])
    with world.database.write() as session:
        session.get_one(User, world.learners[1].user_id).erased_at = clock.now()
    tutor = visit(app, world, world.tutor)
    gone = tutor.get(path(world, f"today/{world.learners[1].user_id}/nudge"))
    assert "Does not take part" in gone.text
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).closed_at = clock.now()
    assert "is archived" in tutor.get(path(world, f"today/{place}/nudge")).text
    with world.database.read() as session:
        assert session.scalar(select(Nudge.id)) is None
