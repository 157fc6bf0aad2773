"""Evidence and its history, depth of reflection, a cohort's levels, levels of other courses."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.activities import Activity, PromptCompetency
from lti_tool.models.attachments import Attachment
from lti_tool.models.frameworks import Competency, CompetencyLevel
from lti_tool.models.levels import DepthRating, EvidenceLink, LevelDecision
from lti_tool.models.participations import ConfirmedLevel
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import ReflectionRevision
from lti_tool.rules.files import FileKind
from lti_tool.rules.vocabulary import Anonymity, DepthRubric, Role
from lti_tool.services.desk import level_maps
from lti_tool.services.desk.people import People
from lti_tool.services.engine import completion
from lti_tool.services.engine.confirmations import Confirmation
from lti_tool.services.privacy.erasure import erase
from tests.factories.learning import go_on, rate, reflect
from tests.factories.work import participation_of
from tests.factories.world import Person, World, add_course, make_world
from tests.support.visitor import Visitor, visit

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, responses_required=0, depth_rubric=DepthRubric.KEMBER)


@pytest.fixture
def tutor(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.tutor)


def confirm(world: World, learner: Person, level: int | None, *evidence: str) -> None:
    """Let the tutor say something of the first competency."""
    with world.database.read() as session:
        key = participation_of(session, world, learner).id
        where = ConfirmedLevel.participation_id == key
        stands = session.scalar(select(ConfirmedLevel.confirmed_at).where(where))
    seen = stands.isoformat() if stands else ""
    said = Confirmation(world.competency_ids[0], level, "Seen", seen, evidence)
    People(world.database).confirm(world.viewer(world.tutor), world.activity_id, key, [said])


def person_path(world: World, learner: Person) -> str:
    with world.database.read() as session:
        key = participation_of(session, world, learner).id
    return f"/activities/{world.activity_id}/people/{key}"


def box(tutor: Visitor, words: str, number: int = 0) -> tuple[str, str]:
    """Return name and value of the box whose label has these words."""
    found = re.search(
        rf'name="(levels\.{number}\.e_\d+)" value="([^"]+)"[^>]*>\s*<label[^>]*>(?:(?!</label>).)*?'
        + re.escape(words),
        tutor.page.html,
        re.DOTALL,
    )
    assert found, words
    return found[1].replace(".", "__"), found[2]


def set_anonymity(world: World, anonymity: Anonymity) -> None:
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).anonymity = anonymity


def add_file(world: World) -> None:
    """Let the one reflection have been handed in with a picture."""
    with world.database.write() as session:
        revision = session.scalars(select(ReflectionRevision)).one()
        file = Attachment(
            reflection_id=revision.reflection_id,
            prompt_id=world.prompt_ids[0],
            kind=FileKind.IMAGE,
            name="shelf.jpg",
            media_type="image/jpeg",
            size=1,
            sha256="0" * 64,
            position=0,
        )
        session.add(file)
        session.flush()
        prompt = str(world.prompt_ids[0])
        revision.files = [{"id": file.id.hex, "prompt": prompt, "alt": "Our shelf"}]


def test_a_level_rests_on_what_was_ticked_and_all_of_it_is_kept(
    app: Flask, world: World, tutor: Visitor
) -> None:
    learner = world.learners[0]
    with world.database.write() as session:
        for prompt_id in world.prompt_ids[:1]:
            key = world.competency_ids[1]
            session.add(PromptCompetency(prompt_id=prompt_id, competency_id=key))
    rate(world, learner)
    reflect(world, learner)
    go_on(world, learner)
    add_file(world)
    me = visit(app, world, learner)
    evidence = f"/activities/{world.activity_id}/evidence"
    me.get(evidence)
    page = me.send("url", title="Guide", url="javascript:alert(1)", sentence="I wrote it")
    assert page.status == 422 and "An address that begins with https://" in page.text
    page = me.send("url", title="Guide", url="https://example.org/g?a=1", sentence="I wrote it")
    assert "The link is added." in page.text and "I wrote it" in page.text

    tutor.get(person_path(world, learner))
    told = [box(tutor, words)[0] for words in ("Self-rating", "Guide", "Next step")]
    assert told
    first = tutor.page.html.split("levels.0.competency")[1].split("levels.1.competency")[0]
    assert "Answer to" not in first
    box(tutor, "What do you do now?", 1)
    assert "shelf.jpg" not in first and box(tutor, "shelf.jpg", 1)
    name, key = box(tutor, "Guide")
    page = tutor.send("levels.0.competency", levels__0__level="3", **{name: key})
    assert "The levels are saved." in page.text
    assert "1 decision on this level" in page.text

    page = me.get(evidence)
    assert "What a tutor confirmed, and on what (1)" in page.text and "Tariq Tutor" in page.text
    page = me.send("link")
    assert "The link is gone." in page.text and "https://example.org/g?a=1" in page.text
    page = tutor.get(person_path(world, learner))
    assert "as it was when it was ticked" in page.text
    page = tutor.send("levels.0.competency", levels__0__level="", **{name: None})
    assert "2 decisions on this level" in page.text and "Withdrawn" in page.text
    assert "Withdrawn" in me.get(evidence).text and "Guide" in me.page.text
    for change in (update(LevelDecision).values(note="x"), delete(LevelDecision)):
        with pytest.raises(DBAPIError, match="append-only"), world.database.write() as session:
            session.execute(change)
    with world.database.write() as session:
        erase(session, session.get_one(User, learner.user_id))
    with world.database.read() as session:
        assert not session.scalars(select(LevelDecision)).all()
        assert not session.scalars(select(EvidenceLink)).all()


@one_database
def test_history_keeps_its_words_when_the_framework_changes(
    app: Flask, world: World, tutor: Visitor
) -> None:
    learner = world.learners[0]
    confirm(world, learner, 2)
    with world.database.write() as session:
        competency = session.get_one(Competency, world.competency_ids[0])
        was, competency.statement = competency.statement["en"], {"en": "Something new"}
        competency.retired_at = session.get_one(Activity, world.activity_id).created_at
        scale = CompetencyLevel.framework_id == competency.framework_id
        session.execute(update(CompetencyLevel).where(scale).values(label={"en": "Renamed"}))
        session.execute(delete(CompetencyLevel).where(scale, CompetencyLevel.position > 1))
    page = tutor.get(f"{person_path(world, learner)}/levels")
    for words in ("Something new", "Worded then:", was, "Practising", "has dropped"):
        assert words in page.text, words
    assert "Renamed" in tutor.get(person_path(world, learner)).text
    assert tutor.get(f"/activities/{world.activity_id}/levels").status == 200
    me = visit(app, world, learner)
    assert "Practising" in me.get("/my-competencies").text
    file = me.client.get(f"/s/{me.handle}/my-competencies.csv").get_data().decode("utf-8-sig")
    assert "Confirmed by a tutor,Practising,2,What I take from this month" in file
    answer = tutor.client.get(f"/s/{tutor.handle}{person_path(world, learner)}/levels.csv")
    assert answer.get_data().decode("utf-8-sig") == file


@one_database
def test_depth_is_marked_read_and_counts_for_nothing(
    app: Flask, world: World, tutor: Visitor
) -> None:
    learner = world.learners[0]
    reflect(world, learner)
    with world.database.read() as session:
        way = participation_of(session, world, learner)
        before = completion.measure(session, way).score
    slow = visit(app, world, world.educator)
    slow.get(person_path(world, learner))
    tutor.get(person_path(world, learner))
    page = tutor.send("depth_seen", depth="2", depth_comment="Which moment do you think of?")
    assert "The mark is saved." in page.text and "Marked by Tariq Tutor" in page.text
    page = slow.send("depth_seen", depth="4")
    assert page.status == 409 and "Another tutor marked it meanwhile" in page.text
    me = visit(app, world, learner)
    page = me.get(f"/activities/{world.activity_id}/submission")
    for words in ("Understanding", "Which moment", "would look like: Reflection", "never counts"):
        assert words in page.text, words
    with world.database.read() as session:
        way = participation_of(session, world, learner)
        assert completion.measure(session, way).score == before
        assert session.scalars(select(DepthRating.rubric)).one() is DepthRubric.KEMBER
    tutor.get(person_path(world, learner))
    page = tutor.send("depth_seen", depth="")
    assert "Marked by" not in page.text
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).depth_rubric = DepthRubric.NONE
    assert "How deep it goes" not in tutor.get(person_path(world, learner)).text


def test_a_cohorts_levels_are_shown_and_taken_away(world: World, tutor: Visitor) -> None:
    one, two, _third = world.learners
    rate(world, one, level=1, target=4)
    rate(world, two, level=2, target=2)
    confirm(world, one, 2)
    confirm(world, two, 3)
    page = tutor.get(f"/activities/{world.activity_id}/levels")
    assert "Learner 1" in page.text and "Learner 3" not in page.text
    assert "1 of 2" in page.text and "2 levels short" in page.text
    for gone in ("99", "x", "-3"):
        page = tutor.get(f"/activities/{world.activity_id}/levels", page=gone)
        assert "Learner 1" in page.text
    with world.database.write() as session:
        session.get_one(User, one.user_id).name = "=1+1"
    answer = tutor.client.get(f"/s/{tutor.handle}/activities/{world.activity_id}/levels.csv")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Learner,A1: says,A1: aim,A1: confirmed")
    assert "'=1+1,1,4,2,1,4," in lines
    assert "Learner 2,2,2,3,2,2," in lines


@one_database
def test_few_who_are_hidden_from_staff_stand_in_no_list(
    world: World, tutor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).anonymity = Anonymity.DOUBLE_BLIND
    rate(world, world.learners[0], level=1, target=4)
    page = tutor.get(f"/activities/{world.activity_id}/levels")
    assert "Among fewer than five" in page.text and "Furthest" not in page.text
    answer = tutor.client.get(f"/s/{tutor.handle}/activities/{world.activity_id}/levels.csv")
    assert len(answer.get_data().decode("utf-8-sig").splitlines()) == 1
    monkeypatch.setattr(level_maps, "SMALL_GROUP", 1)
    with world.database.write() as session:
        participation_of(session, world, world.learners[0]).unmasked_at = clock.now()
    assert "Learner 1" in tutor.get(f"/activities/{world.activity_id}/levels").text
    answer = tutor.client.get(f"/s/{tutor.handle}/activities/{world.activity_id}/levels.csv")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and "Learner 1" not in lines[1]


@one_database
def test_levels_of_another_course_are_the_learners_to_share(
    app: Flask, world: World, tutor: Visitor
) -> None:
    learner, other = world.learners[0], add_course(world, learners=0)
    with world.database.write() as session:
        session.get_one(Activity, other.activity_id).title = "Elsewhere"
        there = Membership(context_id=other.context_id, user_id=learner.user_id, role=Role.LEARNER)
        session.add(there)
    rate(world, learner)
    confirm(other, learner, 4)
    path = f"{person_path(world, learner)}/levels"
    assert "Elsewhere" not in tutor.get(path).text
    me = visit(app, world, learner)
    page = me.get("/my-competencies")
    assert "Elsewhere" in page.text and "alone" in page.text
    form = next(form for form in page.forms if ("course", str(world.context_id)) in form.fields)
    answer = me.client.post(form.action, data=dict(form.fields), follow_redirects=True)
    assert "can see your other levels now" in answer.text
    assert "Elsewhere" in tutor.get(path).text
    set_anonymity(other, Anonymity.DOUBLE_BLIND)
    assert "Elsewhere" not in tutor.get(path).text
    assert "Elsewhere" in me.get("/my-competencies").text
    set_anonymity(other, Anonymity.OPEN)
    set_anonymity(world, Anonymity.DOUBLE_BLIND)
    page = tutor.get(path)
    assert "Elsewhere" not in page.text and learner.name not in page.text
    form = next(one for one in me.get("/my-competencies").forms if one.action == form.action)
    foreign = {**dict(form.fields), "course": str(make_world(world.database).context_id)}
    assert me.client.post(form.action, data=foreign).status_code == 404


@one_database
def test_whose_words_a_frameworks_are_stands_wherever_they_are_shown(
    app: Flask, world: World, tutor: Visitor
) -> None:
    learner, place = world.learners[0], f"/activities/{world.activity_id}"
    me = visit(app, world, learner)
    assert "Written for Miroir, licensed CC BY 4.0" in me.get(f"{place}/now", step="start").text
    rate(world, learner)
    reflect(world, learner)
    go_on(world, learner)
    confirm(world, learner, 2)
    for page in (f"{place}/next", f"{place}/evidence", "/my-competencies"):
        assert "licensed CC BY 4.0" in me.get(page).text, page
    path = person_path(world, learner)
    for page in (f"{place}/levels", path, f"{path}/levels"):
        assert "licensed CC BY 4.0" in tutor.get(page).text, page
    file = me.client.get(f"/s/{me.handle}/my-competencies.csv").get_data().decode("utf-8-sig")
    assert "Source of the framework" in file and "licensed CC BY 4.0" in file
