"""Choosing a template, wording questions, taking links from a chat: all of it without script."""

from __future__ import annotations

import pytest
from flask import Flask

from lti_tool import i18n
from lti_tool.app import services_of
from lti_tool.models.activities import Activity
from lti_tool.rules.vocabulary import Audience, SessionKind
from tests.factories.learning import rate
from tests.factories.world import World, make_world
from tests.support.visitor import Visitor, visit

SAVE = ("do", "save")
CHAT = "[10:15] Zelda Roy : see https://example.org/guide Zelda\n[10:16] Ben : no link\n"


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db)


@pytest.fixture
def window(app: Flask, world: World) -> Visitor:
    visitor = visit(app, world, world.educator, SessionKind.DEEP_LINKING)
    visitor.get("/studio/choose")
    return visitor


def newest(world: World) -> Activity:
    with world.database.read() as session:
        made = session.query(Activity).order_by(Activity.created_at.desc()).first()
        made.current_version.prompts  # noqa: B018  (read while there is a session)
        return made


def fields(visitor: Visitor, end: str) -> list[str]:
    found = dict(visitor.page.form("title").fields)
    return [found[name] for name in found if name.endswith(end)]


def test_each_template_says_what_it_is_good_for(window: Visitor) -> None:
    assert "For one incident that stays with you" in window.page.text
    choices = window.page.form("title").choices["template"]
    assert choices == ["now_new_next", "what", "gibbs", "kolb", "deal", "four_r", "blank"]


def test_a_template_that_was_only_ticked_is_taken(world: World, window: Visitor) -> None:
    window.send("title", title="An incident", template="gibbs", button=SAVE)
    made = newest(world)
    prompts = made.current_version.prompts
    assert made.template == "gibbs" and len(prompts) == 6
    assert [one.audience for one in prompts if one.template_key == "gibbs.feelings"] == [
        Audience.TUTOR
    ]


def test_its_questions_are_in_the_activitys_language(world: World, window: Visitor) -> None:
    window.send("title", title="Un mois", locale="fr", button=("do", "template"))
    with i18n.use("fr"):
        french = i18n.gettext("Now: what do you do today?")
    assert fields(window, ".text")[0] == french
    window.send("title", button=SAVE)
    assert newest(world).current_version.prompts[0].text == french


def test_own_questions_stay_when_another_template_is_taken(window: Visitor) -> None:
    window.send("title", prompts__0__text="My own question?", button=("do", "add"))
    window.send("title", template="what", button=("do", "template"))
    assert fields(window, ".text")[3:] == ["My own question?"]
    window.send("title", template="blank", button=("do", "template"))
    assert fields(window, ".text") == ["My own question?"]


def test_a_question_is_worded_in_another_language(world: World, window: Visitor) -> None:
    window.send("title", title="T", template="blank", button=("do", "template"))
    window.send(
        "title", prompts__0__text="Why?", prompts__0__language="fr", button=("do", "word.0")
    )
    window.send("title", prompts__0__text_fr="Pourquoi ?", button=SAVE)
    (prompt,) = newest(world).current_version.prompts
    assert prompt.translations == {"fr": {"text": "Pourquoi ?", "help": ""}}


def test_help_without_a_question_is_refused_beside_its_field(window: Visitor) -> None:
    window.send("title", prompts__0__language="fr", button=("do", "word.0"))
    page = window.send("title", title="T", prompts__0__help_fr="Dites.", button=SAVE)
    assert page.status == 422 and 'id="f-prompts.0.text_fr-error"' in page.html


def test_questions_are_tied_to_competencies(app: Flask, world: World, window: Visitor) -> None:
    first, second = world.competency_ids
    window.send("title", title="T", competencies=[str(first)], button=("do", "connect"))
    name = f"prompts.0.c_{first.hex}"
    assert name in window.page.form("title").names
    page = window.send("title", **{name: "1", f"prompts.1.c_{second.hex}": "1"}, button=SAVE)
    assert page.status == 200
    prompts = newest(world).current_version.prompts
    assert [[one.id for one in prompt.competencies] for prompt in prompts[:2]] == [[first], []]


def test_links_of_a_chat_are_taken_without_names(app: Flask, world: World) -> None:
    educator = visit(app, world, world.educator)
    educator.get(f"/activities/{world.activity_id}/settings")
    page = educator.send("title", chat=CHAT, button=("do", "chat"))
    assert fields(educator, ".url") == ["https://example.org/guide"]
    assert fields(educator, ".words") == ["see …"] and not "".join(fields(educator, "chat")).strip()
    assert "Zelda" not in page.html
    educator.send("title", event_at="2030-01-15T17:00", button=SAVE)
    rate(world, world.learners[0])
    page = visit(app, world, world.learners[0]).get(f"/activities/{world.activity_id}/now")
    assert "https://example.org/guide" in page.html and "The session of" in page.text


def test_what_a_learner_will_see_follows_the_typing(window: Visitor) -> None:
    form = window.page.form("title")
    sent = dict(form.filled({"prompts.0.text": "Is it live?", "prompts.0.min_words": "x"}))
    answer = window.client.post(f"/s/{window.handle}/studio/look", data=sent)
    assert "Is it live?" in answer.text and "Read by its author and tutors." in answer.text
