"""What is kept of a person, handed out and erased; what is over, forgotten."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.errors import Forbidden, NotFound
from lti_tool.models import Base, Database
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.launches import LaunchSession, UsedLogin
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.models.responses import Response
from lti_tool.rules.vocabulary import OutboxState, SessionKind, WorkState
from lti_tool.secrecy import Secrets
from lti_tool.services.desk.dossier_views import Dossier
from lti_tool.services.desk.people import People
from lti_tool.services.engine.completion import refresh
from lti_tool.services.learner.responses import Responses
from lti_tool.services.privacy.privacy import Privacy
from lti_tool.services.privacy.records import OWNERS
from lti_tool.services.privacy.ties import PERSONAL, TIES
from tests.factories.learning import ask, go_on, rate, reflect, respond, tell_all
from tests.factories.world import Person, World, make_world

NAME, EMAIL = "Zaynab Unmistakable", "zaynab@example.org"
SECRETS = Secrets("a secret of the tests, long enough for anybody")
WORDS = "Zebracrossing words that I alone wrote down about my library and my work"


@pytest.fixture
def world(database: Database) -> World:
    """Return a course in which Zaynab and her peers went all the way, and a tutor looked on."""
    world = make_world(database, learners=2)
    zaynab = world.add_learner(NAME)
    with database.write() as session:
        session.get_one(User, zaynab.user_id).email = EMAIL
    for learner in world.learners:
        reflect(world, learner, WORDS if learner is zaynab else "I read the shelves by hand daily")
    for learner in world.learners:
        rate(world, learner)
        for _ in range(2):
            respond(world, learner)
    for learner in world.learners:
        tell_all(world, learner)
        go_on(world, learner)
    world.handle(zaynab)
    return world


def zaynab(world: World) -> Person:
    return world.learners[-1]


def key(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    return world.registration_id, zaynab(world).user_id


def everything(database: Database) -> str:
    """Return all that the database holds, as text."""
    with database.read() as session:
        return "\n".join(
            str(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in sorted(session.execute(select(table)), key=str)
        )


def exported(world: World) -> tuple[dict[str, Any], str]:
    content = b"".join(Privacy(world.database, SECRETS).export(*key(world)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        told = json.loads(archive.read("data.json"))
        return told, archive.read("README.html").decode()


def test_every_column_that_refers_to_people_is_covered() -> None:
    known = {(tie.table, tie.column) for tie in TIES}
    found = {
        (table.name, foreign.parent.name)
        for table in Base.metadata.sorted_tables
        for foreign in table.foreign_keys
        if foreign.column.table.name in PERSONAL
    }
    assert found - known == set(), "decide in services/privacy_ties.py what becomes of these"
    assert known - found == set()


def test_every_table_that_is_somebodys_can_be_followed() -> None:
    referred = {
        foreign.column.table.name
        for tie in TIES
        for foreign in Base.metadata.tables[tie.table].c[tie.column].foreign_keys
    }
    assert referred & set(PERSONAL) <= {*OWNERS, "users"}


def test_a_summary_counts_each_kind(world: World) -> None:
    kept = Privacy(world.database, SECRETS).kept(*key(world))
    assert (kept.name, kept.platform) == (NAME, "Library school")
    assert kept.courses == ("Library practice",)
    found = dict(kept.counts)
    assert found["Reflections"] == 1
    assert found["Responses written"] == found["Responses received"] == 2
    assert found["Self-ratings"] == 4


def test_an_export_has_all_of_it_and_nobody_else(world: World) -> None:
    told, page = exported(world)
    assert told["person"]["email"] == EMAIL
    assert told["reflections_by_participation"][0]["activity"] == "What I take from this month"
    (answer,) = [row for row in told["reflection_answers_by_reflection"] if row["html"]]
    assert (answer["prompt"], WORDS in answer["html"]) == ("What do you do now?", True)
    assert len(told["responses_by_author"]) == 2
    assert len(told["responses_by_reflection"]) == 2
    assert not any("author_id" in row for row in told["responses_by_reflection"])
    assert NAME in page
    assert WORDS in page
    others = [learner.user_id for learner in world.learners[:-1]]
    assert not any(str(other) in json.dumps(told) for other in others)
    for secret in ("handle_hash", "browser_hash", "Learner 1"):
        assert secret not in json.dumps(told)


def test_an_export_shows_no_markup_that_could_act(world: World) -> None:
    with world.database.write() as session:
        person = session.get_one(User, zaynab(world).user_id)
        person.chosen_name = "<script>alert(1)</script>"
    _told, page = exported(world)
    assert "<script" not in page


def test_an_export_of_somebody_who_only_looked_in(database: Database) -> None:
    world = make_world(database, learners=1)
    told, _page = exported(world)
    assert told["reflections_by_participation"] == []


def test_erasing_leaves_no_trace_of_who_it_was(world: World) -> None:
    with world.database.read() as session:
        sub = session.get_one(User, zaynab(world).user_id).sub
    Privacy(world.database, SECRETS).erase(*key(world))
    left = everything(world.database)
    for trace in (NAME, EMAIL, sub, "Zebracrossing"):
        assert trace not in left


def test_peers_keep_what_they_received_and_gave(world: World) -> None:
    peers = world.learners[:2]
    before = [standing(world, one) for one in peers]
    Privacy(world.database, SECRETS).erase(*key(world))
    assert [standing(world, one) for one in peers] == before
    for learner in peers:
        received = Responses(world.database).received(world.viewer(learner), world.activity_id)
        assert "A former participant" in [one.author for one in received.responses]
        assert len(received.responses) == 2


def standing(world: World, learner: Person) -> tuple[bool, float]:
    with world.database.write() as session:
        found = session.scalars(
            select(Participation).where(
                Participation.user_id == learner.user_id,
                Participation.activity_id == world.activity_id,
            )
        ).one()
        progress = refresh(session, found)
        return progress.complete, progress.score


def test_consequences_are_told_beforehand(world: World) -> None:
    found = Privacy(world.database, SECRETS).consequences(*key(world))
    assert (found.responses_left, found.reflections_emptied) == (2, 1)


def test_what_nobody_received_goes_whole(database: Database) -> None:
    world = make_world(database, learners=2, response_moderation="before")
    first, second = world.learners
    reflect(world, first)
    reflect(world, second)
    respond(world, second)
    assert count(world, Response) == 1
    Privacy(database, SECRETS).erase(world.registration_id, second.user_id)
    assert count(world, Response) == 0
    with database.read() as session:
        mine = Participation.user_id == second.user_id
        assert session.scalar(select(func.count()).where(mine)) == 0
    assert ask(world, first) is None


def test_a_reflection_without_its_text_is_served_to_nobody(world: World) -> None:
    late = world.add_learner("Late")
    Privacy(world.database, SECRETS).erase(*key(world))
    reflect(world, late)
    for _ in range(2):
        respond(world, late)
    with world.database.read() as session:
        empty = Response.reflection.has(state=WorkState.WITHHELD)
        query = select(func.count()).select_from(Response)
        assert session.scalar(query.where(Response.author_id == late.user_id)) == 2
        assert session.scalar(query.where(Response.author_id == late.user_id, empty)) == 0


def test_reasons_of_tutors_go_and_the_steps_stay(world: World) -> None:
    tutor = world.viewer(world.tutor)
    with world.database.read() as session:
        response = session.scalars(
            select(Response).where(Response.author_id == zaynab(world).user_id)
        ).first()
        assert response is not None
    with world.database.write() as session:
        found = session.get_one(Response, response.id)
        session.add(found.withhold(tutor.user_id, "Zebracrossing is no way to talk"))
        session.add(found.release(tutor.user_id))
    Privacy(world.database, SECRETS).erase(*key(world))
    with world.database.read() as session:
        query = select(ModerationDecision).where(ModerationDecision.response_id == response.id)
        history = list(session.scalars(query))
        assert len(history) >= 3
        assert {one.reason for one in history} == {""}


def test_an_erased_tutor_stays_a_former_participant_in_the_history(world: World) -> None:
    with world.database.write() as session:
        found = session.scalars(select(Response).where(Response.state == "released")).first()
        assert found is not None
        session.add(found.withhold(world.tutor.user_id, "Too harsh"))
        work = found.reflection.participation_id
    Privacy(world.database, SECRETS).erase(world.registration_id, world.tutor.user_id)
    dossier = People(world.database).open(world.viewer(world.educator), world.activity_id, work)
    assert isinstance(dossier, Dossier)
    assert "Too harsh" in everything(world.database)


def test_the_desk_no_longer_lists_an_erased_learner(world: World) -> None:
    Privacy(world.database, SECRETS).erase(*key(world))
    people = People(world.database).page(world.viewer(world.educator), world.activity_id)
    assert [row.name for row in people.rows] == ["Learner 1", "Learner 2"]


def test_no_score_is_promised_for_an_erased_learner(world: World) -> None:
    Privacy(world.database, SECRETS).erase(*key(world))
    with world.database.write() as session:
        for participation in session.scalars(select(Participation)):
            participation.activity.next_due_at = clock.now() - timedelta(days=1)
            refresh(session, participation)
    with world.database.read() as session:
        mine = OutboxMessage.user_id == zaynab(world).user_id
        assert session.scalar(select(func.count()).where(mine)) == 0


def test_somebody_erased_is_gone_for_every_use_case(world: World) -> None:
    privacy = Privacy(world.database, SECRETS)
    privacy.erase(*key(world))
    for use in (privacy.kept, privacy.export, privacy.consequences, privacy.erase):
        with pytest.raises(NotFound):
            use(*key(world))


def test_another_platform_s_people_are_not_found(world: World) -> None:
    other = make_world(world.database, learners=0)
    with pytest.raises(NotFound):
        Privacy(world.database, SECRETS).erase(other.registration_id, zaynab(world).user_id)


def test_only_a_privacy_launch_has_a_subject(world: World) -> None:
    with pytest.raises(Forbidden):
        Privacy(world.database, SECRETS).subject(world.viewer(zaynab(world)))
    with pytest.raises(Forbidden):
        person = world.viewer(world.educator, SessionKind.DEEP_LINKING)
        Privacy(world.database, SECRETS).subject(person)


def count(world: World, model: type[Base]) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_dry_run_counts_and_changes_nothing(world: World) -> None:
    before = everything(world.database)
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        purged = Privacy(world.database, SECRETS).purge(365, dry_run=True)
        assert purged.courses == ("Library practice",)
        assert purged.rows["reflections"] == 3
        assert purged.rows["users"] > 0
        assert everything(world.database) == before
        assert Privacy(world.database, SECRETS).purge(365, dry_run=False) == purged


def test_an_ended_course_is_forgotten_and_its_activity_kept(world: World) -> None:
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        Privacy(world.database, SECRETS).purge(365, dry_run=False)
        assert not Privacy(world.database, SECRETS).purge(365, dry_run=False).rows
    left = everything(world.database)
    for trace in (NAME, "Learner 1", "Tariq Tutor", "Zebracrossing"):
        assert trace not in left
    assert "What I take from this month" in left
    assert [count(world, model) for model in (Membership, Participation, LaunchSession)] == [0] * 3


def test_a_course_in_use_is_left_alone(world: World) -> None:
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        with world.database.write() as session:
            membership = session.get_one(Membership, world.educator.membership_id)
            membership.last_seen_at = clock.now() - timedelta(days=100)
        purged = Privacy(world.database, SECRETS).purge(365, dry_run=False)
        assert (purged.courses, count(world, Participation)) == ((), 3)
        assert Privacy(world.database, SECRETS).purge(60, dry_run=False).courses


def test_old_messages_logins_and_sessions_are_forgotten(world: World) -> None:
    now, mine = clock.now(), zaynab(world)
    with world.database.write() as session:
        session.execute(OutboxMessage.__table__.delete())
        column = session.scalars(select(LineItem)).one()
        part = session.scalars(
            select(Participation).where(Participation.user_id == mine.user_id)
        ).one()
        for age in (50, 40):
            session.add(message(column, part, age))
        session.add(UsedLogin(state_hash="x", used_at=now, expires_at=now - timedelta(minutes=1)))
    purged = Privacy(world.database, SECRETS).purge(30, dry_run=False)
    assert purged.rows["outbox_messages"] == 1
    assert purged.rows["outbox_answers"] == 1
    assert purged.rows["used_logins"] == 1
    assert count(world, Participation) == 3


def message(column: LineItem, participation: Participation, age_days: int) -> OutboxMessage:
    moment = clock.now() - timedelta(days=age_days)
    return OutboxMessage(
        registration_id=column.registration_id,
        line_item_id=column.id,
        user_id=participation.user_id,
        participation_id=participation.id,
        payload={"scoreGiven": 1, "scoreMaximum": 100},
        state=OutboxState.SENT,
        detail="what the LMS answered",
        created_at=moment,
        finished_at=moment,
    )
