"""Learning records from the operator's switch to the store: what it is told, and what never."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.participations import ConfirmedLevel
from lti_tool.models.people import User
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.desk.people import People
from lti_tool.services.engine.confirmations import Confirmation, seen_of
from lti_tool.services.privacy.erasure import erase
from tests.factories.learning import WORDS, go_on, rate, reflect, respond, tell_all
from tests.factories.work import add_participation
from tests.factories.world import World, make_world
from tests.functional.operator.conftest import Operator
from tests.support.queries import counted
from tests.support.record_store import SECRET, USER, Kept, make_store
from tests.support.servers import running
from tests.support.visitor import visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SUBMIT = "http://activitystrea.ms/schema/1.0/submit"
ADL = "http://adlnet.gov/expapi/verbs"
OURS = "http://127.0.0.1:5000/xapi"


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def endpoint(kept: Kept) -> Iterator[str]:
    with running(make_store(kept)) as url:
        yield f"{url}/xapi"


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, learners=3)


def switch_on(
    app: Flask, world: World, endpoint: str, secret: str = SECRET, pseudonymous: bool = True
) -> None:
    services_of(app).learning_records.switch_on(
        world.registration_id, endpoint, USER, secret, "2.0.0", pseudonymous
    )


def whole_way(app: Flask, world: World) -> None:
    """Let one learner go all the way, with two peers."""
    for learner in world.learners:
        rate(world, learner)
        reflect(world, learner)
    for learner in world.learners:
        for _turn in range(2):
            respond(world, learner)
    tell_all(world, world.learners[0])
    tell_all(world, world.learners[0])
    go_on(world, world.learners[0])
    services_of(app).people.confirm(
        world.viewer(world.tutor),
        world.activity_id,
        add_participation(world, world.learners[0]),
        [Confirmation(key, 2, "A note that stays here", "") for key in world.competency_ids],
    )


def withdraw_levels(world: World) -> None:
    """Let a tutor take back all that was confirmed."""
    with world.database.read() as session:
        found = [
            Confirmation(one.competency_id, None, "", seen_of(one))
            for one in session.scalars(select(ConfirmedLevel))
        ]
    key = add_participation(world, world.learners[0])
    People(world.database).confirm(world.viewer(world.tutor), world.activity_id, key, found)


def is_void(statement: dict[str, Any]) -> bool:
    return bool(statement["verb"]["id"] == f"{ADL}/voided")


def test_the_operator_switches_it_on_and_learners_work(
    app: Flask, world: World, kept: Kept, endpoint: str
) -> None:
    operator = Operator(app, app.test_client()).enter()
    operator.get(f"/operator/platforms/{world.registration_id}")
    page = operator.get(operator.page.link("Learning records"))
    assert "has no record store" in page.text
    page = operator.send("endpoint", endpoint="nowhere", username="miroir")
    assert page.status == 422 and "whole address" in page.text
    values = {"endpoint": endpoint + "/", "username": "miroir", "password": SECRET}
    page = operator.send("endpoint", **values)
    assert "They go to a record store" in page.text and SECRET not in page.html
    assert "answered as it should" in operator.send(action="/records/try").text
    whole_way(app, world)
    assert services_of(app).outbox.deliver_due()["sent"] >= 14
    verbs = Counter(one["verb"]["id"] for one in kept.by_id.values())
    assert verbs == {
        SUBMIT: 3,
        f"{ADL}/commented": 6,
        "http://id.tincanapi.com/verb/rated": 2,
        "https://w3id.org/xapi/tla/verbs/planned": 1,
        f"{OURS}/verbs/reached-level": 2,
        f"{ADL}/completed": 1,
    }
    assert max(kept.batches) > 1 and kept.headers[0]["X-Experience-Api-Version"] == "1.0.3"
    _says_nothing_personal(world, json.dumps([*kept.by_id.values()], ensure_ascii=False))
    withdraw_levels(world)
    assert services_of(app).outbox.deliver_due()["sent"] == 2
    levels = {key for key, one in kept.by_id.items() if "reached-level" in one["verb"]["id"]}
    assert {one["object"]["id"] for one in kept.by_id.values() if is_void(one)} == levels
    assert "No learning record leaves" in operator.send(action="/records/off").text
    assert services_of(app).learning_records.of(world.registration_id) is None


def _says_nothing_personal(world: World, told: str) -> None:
    with world.database.read() as session:
        users = [session.get_one(User, one.user_id) for one in world.learners]
        issuer = session.get_one(Registration, world.registration_id).issuer
        hidden = [*(one.sub for one in users), *(str(one.id) for one in users), issuer]
    hidden += [one.name for one in (*world.learners, world.tutor)]
    hidden += [WORDS[:20], "Try it at the desk", "A note that stays here", "What made you"]
    assert [one for one in hidden if one in told] == []


def test_without_a_store_a_step_costs_nothing_more(
    app: Flask, world: World, endpoint: str, kept: Kept
) -> None:
    reflect(world, world.learners[0])
    with counted(world.database) as statements:
        reflect(world, world.learners[1])
    assert [one for one in statements if "record_stores" in one] == []
    learner = visit(app, world, world.learners[2])
    assert "learning records" not in learner.get("/my-work").text
    switch_on(app, world, endpoint)
    assert "keeps learning records elsewhere" in learner.get("/my-work").text
    reflect(world, world.learners[2])
    services_of(app).learning_records.switch_off(world.registration_id)
    assert services_of(app).outbox.deliver_due() == {"superseded": 1} and not kept.by_id


def test_faults_are_told_apart_and_nothing_is_told_twice(
    app: Flask, world: World, endpoint: str, kept: Kept
) -> None:
    services = services_of(app)
    switch_on(app, world, endpoint, secret="another")
    for learner in world.learners:
        reflect(world, learner)
    assert services.outbox.deliver_due() == {"queued": 3}
    (waiting,) = services.console.outbox.groups(None, OutboxState.QUEUED)
    assert (waiting.kind, waiting.reason) == ("xapi", "records_unauthorized")
    switch_on(app, world, endpoint)
    kept.answers = [400, 400, 200, 409]
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert services.outbox.deliver_due() == {"refused": 1, "sent": 2}
        services.outbox.retry_all()
        assert services.outbox.deliver_due() == {"sent": 1} and len(kept.by_id) == 1


def test_what_an_erased_person_did_is_taken_back(
    app: Flask, world: World, endpoint: str, kept: Kept
) -> None:
    switch_on(app, world, endpoint, pseudonymous=False)
    author, other = world.learners[:2]
    reflect(world, author)
    services_of(app).outbox.deliver_due()
    ((told, statement),) = kept.by_id.items()
    with world.database.read() as session:
        account = {
            "homePage": session.get_one(Registration, world.registration_id).issuer,
            "name": session.get_one(User, author.user_id).sub,
        }
    assert statement["actor"]["account"] == account
    reflect(world, other)
    with world.database.write() as session:
        erase(session, session.get_one(User, author.user_id))
        erase(session, session.get_one(User, other.user_id))
    assert services_of(app).outbox.deliver_due() == {"sent": 1}
    voids = [one for one in kept.by_id.values() if one["verb"]["id"] == f"{ADL}/voided"]
    assert [one["object"]["id"] for one in voids] == [told] and len(kept.by_id) == 2


def test_the_same_by_command(app: Flask, world: World, endpoint: str) -> None:
    runner, name = app.test_cli_runner(), "Library school"

    def run(*options: str, typed: str = "") -> str:
        return runner.invoke(args=["platforms", "records", name, *options], input=typed).output

    assert "nothing is recorded" in run()
    assert "whole address" in run("--endpoint", "x", "--user", USER, typed=SECRET)
    assert "go to" in run("--endpoint", endpoint, "--user", USER, typed=f"{SECRET}\n")
    assert "with pseudonyms" in run() and "as it should" in run("--test")
    assert "leaves any more" in run("--off") and "has no record store" in run("--test")


def test_the_profile_is_there_for_everybody_to_read(app: Flask) -> None:
    client = app.test_client()
    answer = client.get("/xapi/profile")
    profile = json.loads(answer.data)
    assert answer.content_type == "application/ld+json" and profile["type"] == "Profile"
    for concept in profile["concepts"]:
        told = json.loads(client.get(concept["id"].removeprefix("http://127.0.0.1:5000")).data)
        assert told["id"] == concept["id"] and told["inScheme"] == profile["versions"][0]["id"]
    assert client.get("/xapi/profile/v1.0").status_code == 200
    assert client.get("/xapi/verbs/unknown").status_code == 404
