"""Levels that tutors confirm become ratings of Moodle's competencies, whatever Moodle does.

The sandbox answers as Moodle 4.5 was seen to. One database is enough: the outbox beneath is tried
on both.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from lti_tool import clock
from lti_tool.http import Http
from lti_tool.lti.families import Outcome
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.models.participations import ConfirmedLevel
from lti_tool.models.people import Context, User
from lti_tool.models.platforms import Registration
from lti_tool.remote.moodle_competencies import GRADE, MEMBERS, SITE_INFO, MoodleCompetencies
from lti_tool.remote.moodle_services import MoodleSite
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.secrecy import Secrets
from lti_tool.services.companion.companion import Companion, build_companion
from lti_tool.services.companion.places import Memory, wanted_of
from lti_tool.services.companion.rating import Order, rate
from lti_tool.services.engine.confirmations import Confirmation, confirm, seen_of
from lti_tool.services.outbox import rating_states
from lti_tool.services.outbox.outbox import Outbox
from lti_tool.services.outbox.rating_states import RatingDrift, RatingState
from tests.conftest import SECRET
from tests.functional.outbox.conftest import Lms, Stage

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TOKEN = "0123456789abcdef0123456789abcdef"
USER_COMPETENCY_VIEW = "moodle/competency:usercompetencyview"
LEVELS = ["Discovering", "Practising", "Autonomous", "Guiding others"]


@dataclass
class Course:
    """A course of a Moodle-like sandbox with the companion switched on."""

    lms: Lms
    companion: Companion
    outbox: Outbox
    code: str = "A1"

    def moodle(self, **values: Any) -> dict[str, Any]:
        """Set something of the sandbox's web services; return all of it."""
        return dict(self.lms.walker.control("webservices", values))

    def confirm(self, level: int | None, number: int = 0) -> None:
        """Let the tutor confirm a level of the first competency."""
        world = self.lms.world
        with self.lms.database.write() as session:
            activity = session.get_one(Activity, world.activity_id)
            standing = session.query(ConfirmedLevel).filter_by(competency_id=self.key).first()
            what = Confirmation(self.key, level, "It shows in the text.", seen_of(standing))
            confirm(
                session,
                world.viewer(world.tutor),
                activity,
                self.lms.participations[number],
                [what],
            )

    @property
    def key(self) -> uuid.UUID:
        return self.lms.world.competency_ids[0]

    def state(self, number: int = 0) -> RatingState:
        participation = self.lms.participations[number]
        with self.lms.database.read() as session:
            return rating_states.states_for(session, [participation])[participation][self.key]

    def rating(self, number: int = 0) -> dict[str, Any] | None:
        """Return what Moodle has of a learner's competency."""
        found = self.lms.walker.control("webservices")["ratings"]
        rated: dict[str, Any] | None = found.get(f"2:{self.lms.sub(number)}:{self.code}")
        return rated


@pytest.fixture
def course(stage: Stage) -> Course:
    lms = stage.lms("moodle")
    companion = build_companion(lms.database, Secrets(SECRET), Http(allow_local=True))
    with lms.database.write() as session:
        registration = session.get_one(Registration, lms.world.registration_id)
        registration.issuer = lms.walker.sandbox_url
        session.get_one(Context, lms.world.context_id).lti_id = "2"
        session.get_one(ResourceLink, lms.world.resource_link_id).lti_id = "17"
        session.get_one(User, lms.world.learners[0].user_id).name = ""
        competency = session.get_one(Competency, lms.world.competency_ids[0])
        framework = session.get_one(CompetencyFramework, competency.framework_id).identifier
    made = Course(lms, companion, stage.outbox(more=companion.handlers))
    known = {"idnumber": framework, "name": "Ours", "scale": LEVELS, "competencies": ["A1", "A2"]}
    made.moodle(token=TOKEN, enabled=True, frameworks=[known])
    companion.settings.set(lms.world.registration_id, TOKEN, reads_groups=False)
    return made


def moodle_of(course: Course) -> MoodleCompetencies:
    return MoodleCompetencies(
        course.companion.services, MoodleSite(course.lms.walker.sandbox_url, TOKEN)
    )


def order_of(course: Course) -> Order:
    """Return what the outbox would send for the first learner."""
    with course.lms.database.read() as session:
        competency = session.get_one(Competency, course.key)
        wanted = wanted_of(session, [competency])[competency.id]
    return Order("2", course.lms.sub(0), "", wanted, {"en": "Practising"}, "A note")


def switch_on(course: Course) -> int:
    world = course.lms.world
    educator = world.viewer(world.educator)
    return course.companion.sharing.switch(educator, world.activity_id, True)


def test_confirmed_levels_and_nothing_else_reach_moodle(course: Course) -> None:
    course.confirm(2)
    assert not course.lms.messages()  # nobody has switched it on
    assert switch_on(course) == 1
    assert course.outbox.deliver_due()["sent"] >= 1
    rated = course.rating()
    assert rated is not None and rated["grade"] == 2
    assert rated["note"].startswith("Confirmed by Tariq Tutor in Miroir, “What I take from")
    assert rated["note"].endswith(f"{course.lms.walker.sandbox_url}/mod/lti/view.php?l=17")
    shown = course.state().shown
    assert shown is not None and (shown.label, shown.drift) == ("Practising", RatingDrift.SAME)
    assert switch_on(course) == 0  # nothing is told twice
    told = course.lms.walker.control("log?area=webservices")
    assert all(TOKEN not in entry["url"] for entry in told)
    with course.lms.database.read() as session:
        assert TOKEN not in str(session.connection().exec_driver_sql(
            "SELECT token FROM moodle_companions").all())  # fmt: skip


def test_an_hour_without_moodle_loses_nothing_and_holds_up_no_score(course: Course) -> None:
    switch_on(course)
    course.moodle(enabled=True, maintenance=True)
    course.confirm(2)
    course.lms.promise()
    course.outbox.deliver_due()
    assert course.lms.grade() is not None
    assert (course.state().state, course.state().reason) == (OutboxState.QUEUED, "moodle_resting")
    course.lms.switch("webservices", "down")
    with time_machine.travel(clock.now() + timedelta(minutes=30), tick=True):
        course.outbox.deliver_due()
        course.confirm(3)
    assert course.rating() is None
    course.lms.switch("webservices")
    course.moodle(maintenance=False)
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        course.outbox.deliver_due()
        rated = course.rating()
    assert rated is not None and rated["grade"] == 3
    assert course.state().state is OutboxState.SENT


def test_what_somebody_changes_in_moodle_is_shown_and_can_be_sent_again(course: Course) -> None:
    switch_on(course)
    course.confirm(3)
    course.outbox.deliver_due()
    hand = {"course": "2", "user": course.lms.sub(0), "idnumber": "A1", "grade": 1}
    course.lms.walker.control("webservices/ratings", hand)
    assert not course.companion.reader.read_due()  # once a day is enough
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=True):
        assert course.companion.reader.read_due() == {"read": 1}
        state = course.state()
        assert state.shown is not None and state.shown.label == "Discovering"
        assert state.shown.drift is RatingDrift.CHANGED and state.can_retry
        viewer = course.lms.world.viewer(course.lms.world.tutor)
        course.outbox.retry(viewer, state.message_id)
        course.outbox.deliver_due()
        rated = course.rating()
        assert rated is not None and rated["grade"] == 3
        course.confirm(None)
        told = course.companion.telling.of_learner(
            viewer, course.lms.world.activity_id, course.lms.participations[0]
        )
    assert told is not None and told.levels[0].withdrawn


FAULTS = [
    ({"enabled": False}, "moodle_off", Outcome.LATER),
    ({"token": "another"}, "moodle_token", Outcome.LATER),
    ({"suspended": True}, "moodle_account", Outcome.LATER),
    ({"without": [GRADE]}, "moodle_access", Outcome.LATER),
    ({"competencies": False}, "moodle_competencies_off", Outcome.LATER),
    ({"forbidden": ["competencygrade"]}, "moodle_permission", Outcome.LATER),
    ({"forbidden": ["view"]}, "moodle_course_closed", Outcome.LATER),
    ({"forbidden": ["viewdetails"]}, "moodle_no_user", Outcome.REFUSED),
    ({"frameworks": []}, "moodle_framework_missing", Outcome.LATER),
]
TESTED = [
    ({"enabled": False}, "moodle_off", ""),
    ({"token": "another"}, "moodle_token", ""),
    ({"service": False}, "moodle_access", ""),
    ({"suspended": True}, "moodle_account", ""),
    ({"without": [GRADE, MEMBERS]}, "functions", f"{GRADE} {MEMBERS}"),
    ({"without": [SITE_INFO]}, "functions", SITE_INFO),
    ({"competencies": False}, "moodle_competencies_off", "Competencies are not enabled."),
    ({"forbidden": ["view"]}, "capabilities", "moodle/course:view"),
    (
        {"forbidden": ["competencygrade", "coursecompetencymanage", "viewdetails"]},
        "capabilities",
        "moodle/competency:competencygrade moodle/competency:coursecompetencymanage"
        " moodle/user:viewdetails",
    ),
    ({"forbidden": ["usercompetencyview"]}, "capabilities", USER_COMPETENCY_VIEW),
    ({"forbidden": ["managegroups"]}, "capabilities", "moodle/course:managegroups"),
]


def test_every_fault_has_a_reason_and_the_self_test_names_it(course: Course) -> None:
    switch_on(course)
    course.confirm(2)
    platform, order = course.lms.world.registration_id, order_of(course)
    before = course.moodle()
    for fault, reason, outcome in FAULTS:
        course.moodle(**fault)
        verdict = rate(moodle_of(course), Memory(), order)
        assert (verdict.reason, verdict.outcome) == (reason, outcome)
        course.moodle(**before)
    course.companion.settings.set(platform, "", reads_groups=True)
    assert [one.result for one in course.companion.tests.run(platform)] == ["ok"] * 5
    for fault, code, names in TESTED:
        course.moodle(**fault)
        found = [one for one in course.companion.tests.run(platform) if one.result == "failed"]
        said = "" if code.startswith("moodle") and not names else names
        assert [(one.code, one.names if said else "") for one in found][-1] == (code, said)
        course.moodle(**before)


def test_another_scale_or_another_person_is_not_rated(course: Course) -> None:
    switch_on(course)
    known = course.moodle()["frameworks"][0]
    course.moodle(frameworks=[known | {"scale": ["Not yet competent", "Competent"]}])
    course.confirm(2)
    course.outbox.deliver_due()
    assert (course.state().reason, course.state().detail) == (
        "moodle_scale",
        "Not yet competent, Competent",
    )
    course.moodle(frameworks=[known])
    with course.lms.database.write() as session:
        session.get_one(User, course.lms.world.learners[0].user_id).name = "Zoé Nobody-Else"
    course.confirm(4)
    course.outbox.deliver_due()
    assert course.state().reason == "moodle_other_person" and course.rating() is None
