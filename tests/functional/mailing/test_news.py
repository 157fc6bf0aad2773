"""News by mail: once, one mail a day, by day; and the educator's week in figures."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lti_tool.app import services_of
from lti_tool.errors import WhoCanFix
from lti_tool.models.clocks import LearnerClock
from lti_tool.models.mail import MailState
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.remote.mail import Answer, Post
from lti_tool.rules.vocabulary import Role, WorkState
from lti_tool.services.container import Services
from lti_tool.services.sweeps import Sweeps
from tests.factories.work import add_participation, add_reflection, add_response
from tests.factories.world import Person, World, make_world
from tests.functional.mailing.conftest import Mails, text_of
from tests.support.visitor import visit

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)  # a Tuesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def reachable(world: World, person: Person, **fields: str) -> None:
    name = person.name.split()[-1].lower()
    told = {"email": f"{name}@lib.example", "time_zone": "UTC", **fields}
    with world.database.write() as session:
        user = session.get_one(User, person.user_id)
        for field, value in told.items():
            setattr(user, field, value)


def swept(services: Services) -> Counter[str]:
    """Sweep, and send what that wrote."""
    Sweeps(services.db, writes_mail=True).run()
    return services.mailing.deliver_due()


def test_what_happened_is_told_once_and_by_day(services: Services, mails: Mails) -> None:
    with time_machine.travel(NOON, tick=False):
        world = make_world(services.db, learners=3)
        author, peer, third = world.learners
        for person in (author, peer, world.tutor):
            reachable(world, person)
        reflection = add_reflection(world, author, state=WorkState.RELEASED)
    with time_machine.travel(NOON + 9 * HOUR, tick=False):
        add_response(world, reflection, third, "<p>My very words</p>", WorkState.RELEASED)
        assert swept(services) == {}  # nine in the evening
    with time_machine.travel(NOON + 20 * HOUR, tick=False):
        assert swept(services) == {"sent": 1}
        assert swept(services) == {}
        [mail] = mails()
        assert mail["To"] == "1@lib.example"
        assert "A response to your reflection came in." in text_of(mail)
        private = ("My very words", third.name, "/s/")
        assert [word for word in private if word in mail.as_string()] == []
    with time_machine.travel(NOON + 22 * HOUR, tick=False):
        with services.db.write() as session:
            work = session.get_one(Reflection, reflection)
            session.add(work.withhold(world.tutor.user_id, "It names a patron"))
        assert swept(services) == {}  # written to today
    with time_machine.travel(NOON + 45 * HOUR, tick=False):
        assert swept(services) == {"sent": 1}
        assert sum("was taken out" in text_of(mail) for mail in mails()) == 1
        assert not any("patron" in mail.as_string() for mail in mails())


def test_a_date_that_comes_near_is_told_to_who_has_something_left(
    services: Services, mails: Mails
) -> None:
    with time_machine.travel(NOON, tick=False):
        world = make_world(services.db, learners=5, opens_at=NOON - DAY, now_due_at=NOON + 3 * DAY)
        late, stopped, gone, extended, staff = world.learners
        for person in world.learners:
            reachable(world, person)
        services.wishes.choose_mine(world.viewer(stopped), on=False)
        add_participation(world, extended)
        with services.db.write() as session:
            session.get_one(Membership, gone.membership_id).left_at = NOON
            session.get_one(Membership, staff.membership_id).granted_role = Role.TUTOR
            session.add(
                LearnerClock(
                    activity_id=world.activity_id,
                    user_id=extended.user_id,
                    now_due_at=NOON + 6 * DAY,
                )
            )
    with time_machine.travel(NOON + 1.5 * DAY, tick=False):
        assert swept(services) == {}  # midnight
    with time_machine.travel(NOON + 2 * DAY, tick=False):
        assert swept(services) == {"sent": 1}
        assert [mail["To"] for mail in mails()] == ["1@lib.example"]
        assert mails()[0]["Subject"] == "A date comes near: What I take from this month"
    with time_machine.travel(NOON + 5 * DAY, tick=False):
        assert swept(services) == {"sent": 1}
        assert [mail["To"] for mail in mails()] == ["1@lib.example", "4@lib.example"]
    assert late.name == "Learner 1"


def test_an_erased_person_has_no_mail_left(services: Services, mails: Mails) -> None:
    with time_machine.travel(NOON, tick=False):
        world = make_world(services.db, learners=2)
        author, peer = world.learners
        reachable(world, author)
        reflection = add_reflection(world, author, state=WorkState.RELEASED)
    with time_machine.travel(NOON + 3 * HOUR, tick=False):
        add_response(world, reflection, peer, "<p>Words</p>", WorkState.RELEASED)
    with time_machine.travel(NOON + 4 * HOUR, tick=False):
        assert Sweeps(services.db, writes_mail=True).run()["digests"] == 1
        services.privacy.erase(world.registration_id, author.user_id)
        assert services.mailing.deliver_due() == {}
        with services.db.read() as session:
            assert session.scalar(select(MailState.user_id)) is None
    assert mails() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_educator_has_the_week_in_figures(app: Flask, mails: Mails) -> None:
    services = services_of(app)
    with time_machine.travel(NOON, tick=False):
        world = make_world(services.db, learners=3)
        reachable(world, world.educator)
        add_reflection(world, world.learners[0], state=WorkState.HELD)
        educator = visit(app, world, world.educator)
        page = educator.get(f"/activities/{world.activity_id}/today")
        page = educator.follow("Mails")
        assert "The course in figures" in page.text
        page = educator.send(action="/mails")
        assert "comes each Monday morning" in page.text
        assert swept(services) == {}
    with time_machine.travel(NOON + 6 * DAY, tick=False):
        assert swept(services) == {"sent": 1}
        assert swept(services) == {}
        [mail] = mails()
        text = text_of(mail)
        assert "Not begun: 2" in text
        assert "Texts that wait for a decision: 1" in text
        assert not any(person.name in text for person in world.learners)
        stop = str(mail["List-Unsubscribe"]).strip("<>").removeprefix("http://127.0.0.1:5000")
        assert "End the summary" in app.test_client().get(stop).text
        app.test_client().post(stop, data={"List-Unsubscribe": "One-Click"})
        assert "no such summary any more" in app.test_client().get(stop).text
    with time_machine.travel(NOON + 13 * DAY, tick=False):
        assert swept(services) == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_staff_are_told_of_mails_that_do_not_arrive(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Answer("mail_address", WhoCanFix.LEARNER, permanent=True, status=550)
    monkeypatch.setattr(Post, "send", lambda *_told: refused)
    services = services_of(app)
    world = make_world(services.db, learners=1)
    reachable(world, world.learners[0])
    place = add_participation(world, world.learners[0])
    tutor = visit(app, world, world.tutor)
    tutor.get(f"/activities/{world.activity_id}/today/{place}/nudge")
    tutor.send("body_en", button=("step", "preview"))
    tutor.send("body_en", button=("step", "send"))
    assert services.mailing.deliver_due() == {"refused": 1}
    page = tutor.get(f"/activities/{world.activity_id}/mails")
    assert "The mail server does not know this address." in page.text
    assert "The learner can correct it in the LMS." in page.text
    page = tutor.get(f"/activities/{world.activity_id}/people/{place}/timeline")
    assert "A mail did not arrive" in page.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mail_waits_until_its_server_is_there_again(
    services: Services, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = Answer("mail_unreachable", WhoCanFix.OPERATOR, permanent=False, down=True)
    with time_machine.travel(NOON, tick=False):
        world = make_world(services.db, learners=2)
        reachable(world, world.learners[0])
        reflection = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    with time_machine.travel(NOON + 2 * HOUR, tick=False):
        add_response(world, reflection, world.learners[1], "<p>Words</p>", WorkState.RELEASED)
        with monkeypatch.context() as broken:
            broken.setattr(Post, "send", lambda *_told: down)
            assert "sent" not in swept(services) and mails() == []
    with time_machine.travel(NOON + 5 * HOUR, tick=False):
        assert swept(services) == {"sent": 1}
        assert [mail["To"] for mail in mails()] == ["1@lib.example"]
