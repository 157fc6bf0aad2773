"""What a credential says of a level, where little is known or little may be told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.exports import open_badges
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency, CompetencyFramework, CompetencyLevel
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.rules.vocabulary import Anonymity
from lti_tool.services.credentials.facts import Confirmed, achievement_of

MORNING = datetime(2026, 3, 1, 8, 15, 30, tzinfo=UTC)


def confirmed(at: datetime, anonymity: Anonymity = Anonymity.OPEN) -> Confirmed:
    framework = CompetencyFramework(title={"en": "Library"}, licence="", licence_url="", source="")
    framework.uri, framework.creator = "", ""
    framework.levels = [CompetencyLevel(position=1, label={}, description={})]
    competency = Competency(statement={}, description={}, code="L1", uri="", identifier="1")
    way = Participation(activity=Activity(anonymity=anonymity))
    return Confirmed(ConfirmedLevel(level=1, confirmed_at=at), way, competency, framework)


@pytest.mark.parametrize(
    ("anonymity", "at", "told"),
    [
        (Anonymity.PSEUDONYMS, MORNING, MORNING),
        (Anonymity.DOUBLE_BLIND, MORNING, MORNING.replace(hour=0, minute=0, second=0)),
        (
            Anonymity.DOUBLE_BLIND,
            MORNING + timedelta(hours=9),
            MORNING.replace(hour=12, minute=0, second=0),
        ),
    ],
)
def test_a_moment_tells_no_tutor_whose_level_it_is(
    anonymity: Anonymity, at: datetime, told: datetime
) -> None:
    assert confirmed(at, anonymity).at == told


def test_words_that_are_missing_break_nothing() -> None:
    told = open_badges.achievement(achievement_of(confirmed(MORNING), "https://miroir.example"))
    assert told["name"] == told["description"] == "L1"
    assert told["resultDescription"][0]["rubricCriterionLevel"][0]["name"] == "1"
