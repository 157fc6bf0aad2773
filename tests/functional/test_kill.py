"""``kill -9`` at any moment loses nothing that somebody was told is saved (DESIGN 8)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.cli.demo_course import answer_fields
from lti_tool.models import Database
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.keys import AccessToken
from lti_tool.models.reflections import ReflectionRevision
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.sandbox.walker import Form, Page, Walker
from lti_tool.services.building import build
from tests.support.processes import Installation, until
from tests.support.servers import SECRET

WORDS = "I listen first and then I ask what the person has already tried alone"
MORE = f"{WORDS}, and only then do I show them a catalogue"


@dataclass
class Course:
    """A course with one activity that a learner can complete alone, and its learner's browser."""

    installation: Installation
    database: Database
    walker: Walker

    def writing(self, page: Page) -> Form:
        return next(form for form in page.forms if answer_fields(form))

    def autosave(self, page: Page, text: str) -> requests.Response:
        """Save a text as the page's script does."""
        form = self.writing(page)
        return self.walker.session.post(
            self.installation.url + form.attributes["data-autosave-url"],
            json={
                "fields": {answer_fields(form)[0]: text},
                "version": int(form.attributes["data-version"]),
            },
            headers={"X-CSRF-Token": form.attributes["data-csrf"]},
            timeout=20,
        )

    def submit(self, page: Page, text: str) -> Page:
        form = self.writing(page)
        return self.walker.submit(page, form, dict.fromkeys(answer_fields(form), text))

    def messages(self) -> list[OutboxMessage]:
        with self.database.read() as session:
            return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at)))

    def state(self) -> OutboxState:
        return self.messages()[-1].state

    def has_token(self) -> bool:
        """Return whether the worker has all it needs to send."""
        with self.database.read() as session:
            for_scores = AccessToken.scopes.contains("scope/score")
            return any(session.scalars(select(AccessToken.token).where(for_scores)))

    def lms(self, path: str, body: Any = None) -> Any:
        return self.walker.control(path, body)


@pytest.fixture
def course(database_url: str, database: Database, tmp_path: Path) -> Iterator[Course]:
    """Start web and LMS, connect them, and place an activity."""
    installation = Installation(database_url, tmp_path)
    try:
        installation.start_lms()
        installation.start_web()
        services = build(database_url, SECRET, installation.url, True, wake=lambda: None)
        walker = Walker(installation.lms_url)
        tool = walker.register(services.platforms.invite("Sandbox"))
        services.db.close()
        place_activity(walker, tool["client_id"])
        walker.be("imogen")
        yield Course(installation, database, walker)
    finally:
        installation.end()


def place_activity(walker: Walker, client_id: str) -> None:
    """Make an activity that asks for a reflection and a next step, and nothing of others."""
    walker.be("claire")
    page = walker.open_deep_linking(client_id)
    form = page.form("title", "responses_required")
    values = {
        "title": "Alone",
        "responses_required": 0,
        "grace_minutes": 0,
        "tutor_confirms": None,
        "weight_reflection": 80,
        "weight_responses": 0,
        "weight_helpfulness": 0,
        "weight_next_step": 20,
        "do": "save",
        **{name: 1 for name in form.names if name.endswith("min_words")},
    }
    walker.finish_deep_linking(walker.submit(page, form, values))


def begin(course: Course) -> Page:
    """Go to the page on which the reflection is written."""
    page = course.walker.launch(course.walker.links()[-1]["id"])
    page = course.walker.get(page.link(part="/now"))
    return course.walker.submit(page, page.form("need"), {"need": "To teach better"})


def test_nothing_is_lost_when_the_web_server_and_the_worker_are_killed(course: Course) -> None:
    page = begin(course)
    assert course.autosave(page, WORDS).json()["version"] == 1
    course.installation.kill("web")
    course.installation.start_web()
    page = course.walker.get(page.url)
    assert WORDS in page.html

    killed_while_it_submits(course, page)
    page = hand_in(course, course.walker.get(page.url))
    complete(course, page)
    killed_while_it_sends(course)
    assert_one_score(course, 100)


def killed_while_it_submits(course: Course, page: Page) -> None:
    """Kill the web server under a submission; what was saved before is there, or more."""

    def submit() -> None:
        with pytest.raises(requests.RequestException):
            while True:
                course.submit(page, MORE)

    sender = threading.Thread(target=submit)
    sender.start()
    sender.join(0.1)
    course.installation.kill("web")
    sender.join()
    course.installation.start_web()


def hand_in(course: Course, page: Page) -> Page:
    """Submit, unless the submission under which the server died had arrived: once, in any case."""
    assert WORDS in page.html
    if any(answer_fields(form) for form in page.forms):
        page = course.submit(page, MORE)
    assert page.status == 200
    with course.database.read() as session:
        assert [one.number for one in session.scalars(select(ReflectionRevision))] == [1]
    return page


def complete(course: Course, page: Page) -> None:
    """Choose the next step, which completes the activity while the LMS is slow."""
    course.lms("switches", {"area": "ags", "delay_ms": 4000})
    page = course.walker.get(page.link(part="/next"))
    form = page.form("action", "by_date")
    choices = {"action": "Try it at the desk", "by_date": _in_a_month()}
    assert course.walker.submit(page, form, choices).status == 200
    assert course.state() is OutboxState.QUEUED


def killed_while_it_sends(course: Course) -> None:
    """Kill the worker between claim and record; a new one sends again, once the lease is over."""
    course.installation.start_worker()
    until(course.has_token)  # who dies while getting one delays the next by 30 seconds
    course.installation.kill("worker")
    assert course.state() is OutboxState.SENDING
    first = course.messages()[-1]
    course.lms("switches", {"area": "ags"})
    with course.database.write() as session:
        over = update(OutboxMessage).values(leased_until=first.score_timestamp)
        session.execute(over)
    course.installation.start_worker()
    until(lambda: course.state() is OutboxState.SENT)
    again = course.messages()[-1]
    assert again.id == first.id
    assert first.score_timestamp is not None and again.score_timestamp is not None
    assert again.score_timestamp > first.score_timestamp


def assert_one_score(course: Course, points: float) -> None:
    """The learner has one score; a second one that was on its way changed nothing."""
    (score,) = course.lms("scores")
    assert score["value"] == points
    stamps = [stamp for stamp in map(_timestamp, course.lms("log?area=ags")) if stamp]
    assert len(stamps) == len(set(stamps)) <= 2
    assert [message.state for message in course.messages()] == [OutboxState.SENT]


def _timestamp(entry: dict[str, Any]) -> str:
    """Return the timestamp of a score in the LMS's log; "" for what is no score."""
    found = re.search(r"timestamp\W+([\dT:.+Z-]+)", str(entry["request"]))
    return found[1] if found and "/scores" in entry["url"] else ""


def _in_a_month() -> str:
    return (clock.now() + timedelta(days=30)).date().isoformat()
