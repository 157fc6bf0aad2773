"""Hiding names: asking for one with a reason, and hiding more, never less, later."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.errors import InvalidInput
from lti_tool.models import Database
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.rules.pseudonyms import pseudonym
from lti_tool.rules.vocabulary import Anonymity, Step
from lti_tool.services.container import Services
from tests.factories.hidden import hidden
from tests.factories.learning import reflect
from tests.factories.work import participation_of
from tests.factories.world import make_world
from tests.support.visitor import visit


def test_a_tutor_asks_for_a_name_with_a_reason_that_the_learner_reads(
    app: Flask, database: Database
) -> None:
    world = hidden(database, Anonymity.DOUBLE_BLIND)
    author = world.learners[0]
    with database.read() as session:
        participation = participation_of(session, world, author)
        alias = pseudonym(participation.alias or 0, "en")
    here = f"/activities/{world.activity_id}/people/{participation.id}"
    tutor = visit(app, world, world.tutor)
    assert alias in tutor.get(here).text
    assert tutor.send("unmask_reason", unmask_reason=" ").status == 422
    assert author.name not in tutor.page.text
    assert author.name in tutor.send("unmask_reason", unmask_reason="She may need help").text
    history = select(ModerationDecision.reason).where(ModerationDecision.step == Step.UNMASK)
    with database.read() as session:
        assert session.scalars(history).all() == ["She may need help"]
    told = visit(app, world, author).get(f"/activities/{world.activity_id}").text
    assert "She may need help" in told
    assert world.tutor.name not in told


def test_names_can_be_hidden_later_but_not_shown_again(services: Services) -> None:
    world = make_world(services.db, learners=3)
    for person in world.learners:
        reflect(world, person)
    viewer = world.viewer(world.educator)

    def save(mode: Anonymity) -> None:
        activity = services.activities.get(viewer, world.activity_id)
        values = replace(activity.values, anonymity=mode)
        services.activities.update(viewer, world.activity_id, values, activity.seen)

    save(Anonymity.PSEUDONYMS)
    with services.db.read() as session:
        aliases = session.scalars(select(Participation.alias)).all()
    assert len(set(aliases)) == 3
    assert None not in aliases
    save(Anonymity.DOUBLE_BLIND)
    for looser in (Anonymity.OPEN, Anonymity.PSEUDONYMS):
        with pytest.raises(InvalidInput) as refused:
            save(looser)
        assert "anonymity" in refused.value.fields


def test_in_a_small_course_the_studio_warns(app: Flask, database: Database) -> None:
    for learners, warned in ((4, True), (5, False)):
        world = make_world(database, learners=learners)
        page = visit(app, world, world.educator).get(f"/activities/{world.activity_id}/settings")
        assert ("easily guessed who wrote what" in page.text) is warned
