from __future__ import annotations

import re

import pytest
from flask import Flask

from lti_tool.app import services_of
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.rules.vocabulary import ModerationMode, SessionKind
from tests.factories.work import add_participation
from tests.factories.world import World, make_world
from tests.support.visitor import Visitor, visit

SAVE = ("do", "save")


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db)


@pytest.fixture
def educator(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.educator)


@pytest.fixture
def window(app: Flask, world: World) -> Visitor:
    visitor = visit(app, world, world.educator, SessionKind.DEEP_LINKING)
    visitor.get("/studio/choose")
    return visitor


def empty_link(world: World) -> None:
    with world.database.write() as session:
        session.get_one(ResourceLink, world.resource_link_id).activity_id = None


def newest(world: World) -> Activity:
    with world.database.read() as session:
        return session.query(Activity).order_by(Activity.created_at.desc()).first()


def test_a_title_and_one_button_are_enough(world: World, window: Visitor) -> None:
    page = window.send("title", title="Reading together", button=SAVE)
    made = newest(world)
    assert (made.title, made.responses_required, made.context_id) == (
        "Reading together",
        2,
        world.context_id,
    )
    assert f"/deep-linking/respond/{made.id}" in page.url


def test_the_window_offers_what_the_course_has_and_a_way_out(window: Visitor) -> None:
    assert window.page.link("From this course (1)", "/studio/existing")
    assert window.page.link("Cancel", "/deep-linking/cancel")


def test_it_can_be_seen_as_a_learner_first(window: Visitor) -> None:
    page = window.send("title", title="Reading together", button=("do", "preview"))
    assert "This is what a learner sees" in page.text
    assert page.link("Place it in the course", "/deep-linking/respond/")
    assert "Now: what do you do today?" in window.follow("The reflection").text


def test_all_that_was_decided_is_kept(world: World, window: Visitor) -> None:
    window.send(
        "title",
        title="Reading together",
        competencies=[str(item) for item in world.competency_ids],
        reflection_moderation="before",
        responses_required="3",
        now_due_at="2035-01-15T17:00",
        button=SAVE,
    )
    made = newest(world)
    assert made.reflection_moderation is ModerationMode.BEFORE
    assert made.responses_required == 3
    assert made.now_due_at is not None and made.now_due_at.hour == 17
    with world.database.read() as session:
        found = [item.id for item in session.get_one(Activity, made.id).competencies]
    assert found == world.competency_ids


def test_errors_stand_beside_their_fields_and_nothing_is_lost(window: Visitor) -> None:
    page = window.send(
        "title",
        grace_minutes="soon",
        prompts__0__text="My own question?",
        weight_reflection="90",
        button=SAVE,
    )
    assert page.status == 422
    assert "Please fill this in." in page.text
    assert "A whole number from 0 to 1440." in page.text
    fields = page.form("title").fields
    assert ("grace_minutes", "soon") in fields and ("weight_reflection", "90") in fields
    assert ("prompts.0.text", "My own question?") in fields


def texts(visitor: Visitor) -> list[str]:
    fields = dict(visitor.page.form("title").fields)
    return [fields[name] for name in sorted(fields) if name.endswith(".text")]


def test_questions_are_added_moved_and_removed_without_script(window: Visitor) -> None:
    now, new, feelings, change = texts(window)
    window.send("title", title="Kept", button=("do", "down.0"))
    assert texts(window) == [new, now, feelings, change]
    window.send("title", button=("do", "up.3"))
    assert texts(window) == [new, now, change, feelings]
    window.send("title", button=("do", "remove.1"))
    window.send("title", button=("do", "add"))
    assert texts(window) == [new, change, feelings, ""]
    assert ("title", "Kept") in window.page.form("title").fields


@pytest.mark.parametrize("button", ["up.0", "down.3", "remove.9", "up.x"])
def test_a_button_that_cannot_be_changes_nothing(window: Visitor, button: str) -> None:
    before = texts(window)
    assert window.send("title", button=("do", button)).status == 200
    assert texts(window) == before


def test_a_plain_link_is_given_its_activity(world: World, educator: Visitor) -> None:
    empty_link(world)
    assert "A new reflection activity" in educator.get("/").text
    page = educator.send("title", title="Reading together", button=SAVE)
    assert "This link opens the activity now." in page.text
    with world.database.read() as session:
        link = session.get_one(ResourceLink, world.resource_link_id)
    assert link.activity_id == newest(world).id


def test_a_plain_link_can_open_an_activity_that_is_there(world: World, educator: Visitor) -> None:
    empty_link(world)
    educator.get("/studio/attach")
    educator.follow("From this course (1)")
    page = educator.send(action="/studio/pick", button=("activity", str(world.activity_id)))
    assert "This link opens the activity now." in page.text
    assert str(world.activity_id) in page.url


def test_a_tutor_waits_until_an_educator_has_set_the_link_up(app: Flask, world: World) -> None:
    empty_link(world)
    tutor = visit(app, world, world.tutor)
    page = tutor.get("/studio/attach")
    assert page.status == 200 and "A new reflection activity" not in page.text


def test_learners_and_other_courses_find_no_studio(app: Flask, world: World) -> None:
    other = make_world(world.database)
    learner = visit(app, world, world.learners[0])
    stranger = visit(app, other, other.educator)
    settings = f"/activities/{world.activity_id}/settings"
    for path in ("/studio/choose", "/studio/attach", settings):
        assert learner.get(path).status == 403
    assert stranger.get(settings).status == 404
    assert visit(app, world, world.tutor).get(settings).status == 403
    preview = f"/activities/{world.activity_id}/preview"
    assert (stranger.get(preview).status, learner.get(preview).status) == (404, 403)


@pytest.mark.parametrize("step", ["start", "now", "respond", "next"])
def test_every_page_of_a_learner_is_shown_and_leads_to_no_learners_page(
    world: World, educator: Visitor, step: str
) -> None:
    page = educator.get(f"/activities/{world.activity_id}/preview", step=step)
    assert page.status == 200 and "This is what a learner sees" in page.text
    addresses = [form.action for form in page.forms] + [link["href"] for link in page.links]
    learners = re.compile(r"/activities/[^/]+(/(now|new|next|received|submission)\b.*)?$")
    assert addresses and not [one for one in addresses if learners.search(one)]


def test_a_form_of_the_preview_leads_on_and_keeps_nothing(world: World, educator: Visitor) -> None:
    educator.get(f"/activities/{world.activity_id}/preview", step="next")
    address = f"/activities/{world.activity_id}/preview?step=start"
    token = dict(educator.page.forms[0].fields)["csrf_token"]
    answer = educator.client.post(
        f"/s/{educator.handle}{address}", data={"csrf_token": token, "need": "Mine"}
    )
    assert answer.status_code == 303 and answer.location.endswith("step=now")


def test_dates_and_rules_can_always_be_changed(world: World, educator: Visitor) -> None:
    add_participation(world, world.learners[0])
    page = educator.get(f"/activities/{world.activity_id}/settings")
    assert "1 learner has begun." in page.text
    page = educator.send("title", responses_required="1", next_due_at="2001-01-01T10:00")
    assert "Saved. Please note that a date is over already." in page.text
    assert "This date is over." in page.text
    assert newest(world).responses_required == 1


def test_changed_questions_are_asked_from_now_on(world: World, educator: Visitor) -> None:
    add_participation(world, world.learners[0])
    educator.get(f"/activities/{world.activity_id}/settings")
    page = educator.send("title", prompts__0__text="What do you do today?")
    assert "You changed questions that learners are answering" in page.text
    assert "<del>" in page.html and "<ins>" in page.html
    page = educator.send("title", button=SAVE)
    assert "Who has begun keeps the questions" in page.text
    with world.database.read() as session:
        assert session.get_one(Activity, world.activity_id).current_version.number == 2


def test_a_typing_error_is_mended_for_everybody(world: World, educator: Visitor) -> None:
    add_participation(world, world.learners[0])
    educator.get(f"/activities/{world.activity_id}/settings")
    educator.send("title", prompts__0__text="What do you do now!")
    page = educator.send("title", prompts__0__text="What do you do?", change="typo")
    assert "You changed questions" in page.text, "the answer was about another change"
    page = educator.send("title", change="typo")
    assert "Saved." in page.text
    with world.database.read() as session:
        version = session.get_one(Activity, world.activity_id).current_version
        assert (version.number, version.prompts[0].text) == (1, "What do you do?")


def test_more_than_wording_is_no_typing_error(world: World, educator: Visitor) -> None:
    add_participation(world, world.learners[0])
    educator.get(f"/activities/{world.activity_id}/settings")
    page = educator.send("title", prompts__1__audience="cohort")
    assert "Read by peers and tutors; before, by its author and tutors." in page.text
    assert "Only a typing error" not in page.text
    educator.send("title", change="typo", button=SAVE)
    with world.database.read() as session:
        versions = session.get_one(Activity, world.activity_id).versions
        audiences = [version.prompts[1].audience.value for version in versions]
    assert audiences == ["tutor", "cohort"]


def test_of_two_educators_the_slower_is_told_and_loses_nothing(
    app: Flask, world: World, educator: Visitor
) -> None:
    slow = visit(app, world, world.educator)
    for visitor in (slow, educator):
        visitor.get(f"/activities/{world.activity_id}/settings")
    educator.send("title", title="The faster title")
    page = slow.send("title", title="The slower title")
    assert page.status == 409
    assert "Somebody else saved this activity" in page.text
    assert ("title", "The slower title") in page.form("title").fields
    slow.send("title")
    assert newest(world).title == "The slower title"
