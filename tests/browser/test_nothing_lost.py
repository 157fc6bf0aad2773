"""A learner's words survive a closed tab, a lost connection and an ended session."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.models.launches import LaunchSession
from lti_tool.models.reflections import ReflectionAnswer
from lti_tool.sandbox.walker import Walker
from tests.browser.people import Somebody
from tests.support.servers import Pair

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FIRST = "What I wrote before the tab was closed."
SECOND = "What I wrote while there was no connection."


@pytest.fixture
def link_id(pair: Pair) -> str:
    """Place an activity, as an educator without a screen."""
    tool = pair.connect()
    walker = Walker(pair.sandbox_url)
    walker.be("claire")
    page = walker.open_deep_linking(tool["client_id"])
    made = walker.submit(page, page.form("title"), {"title": "Kept", "do": "save"})
    walker.finish_deep_linking(made)
    return str(walker.links()[-1]["id"])


@pytest.fixture
def learner(pair: Pair, lax_context: BrowserContext) -> Somebody:
    """Be a learner whose browser keeps things for frames, as most do by default."""
    return Somebody("amina", lax_context.new_page(), pair)


def start_writing(learner: Somebody, link_id: str) -> None:
    learner.open(link_id)
    learner.go("/now")
    if learner.frame.locator("[name=need]").count():
        learner.frame.fill("[name=need]", "To keep my words")
        learner.press("/now/start", then="/now")
    learner.frame.wait_for_selector("[contenteditable=true]")


def saved_texts(pair: Pair) -> str:
    with pair.services.db.read() as session:
        return " ".join(session.scalars(select(ReflectionAnswer.html)))


def wait_until_saved(learner: Somebody, text: str) -> None:
    for _ in range(200):
        if text in saved_texts(learner.pair):
            return
        learner.page.wait_for_timeout(100)
    raise AssertionError(f"never saved: {text}")


def another_tab(learner: Somebody) -> Somebody:
    """Close the tab and open another of the same browser."""
    context = learner.page.context
    learner.page.close()
    return Somebody(learner.who, context.new_page(), learner.pair)


def test_words_survive_a_closed_tab(learner: Somebody, pair: Pair, link_id: str) -> None:
    start_writing(learner, link_id)
    learner.write([FIRST])
    wait_until_saved(learner, FIRST)
    learner = another_tab(learner)
    start_writing(learner, link_id)
    expect(learner.frame.locator("[contenteditable=true]").first).to_contain_text(FIRST)


def test_words_survive_a_lost_connection(learner: Somebody, pair: Pair, link_id: str) -> None:
    start_writing(learner, link_id)
    learner.page.context.set_offline(True)
    learner.write([SECOND])
    learner.page.wait_for_timeout(3000)
    assert SECOND not in saved_texts(pair)
    learner = another_tab(learner)
    learner.page.context.set_offline(False)
    start_writing(learner, link_id)
    expect(learner.frame.locator("[contenteditable=true]").first).to_contain_text(SECOND)
    wait_until_saved(learner, SECOND)


def test_words_survive_the_end_of_the_session(learner: Somebody, pair: Pair, link_id: str) -> None:
    start_writing(learner, link_id)
    with pair.services.db.write() as session:
        session.execute(update(LaunchSession).values(expires_at=clock.now()))
    learner.write([SECOND])
    learner.page.wait_for_timeout(3000)
    assert SECOND not in saved_texts(pair)
    start_writing(learner, link_id)
    expect(learner.frame.locator("[contenteditable=true]").first).to_contain_text(SECOND)


def test_two_activities_in_two_tabs_do_not_mix(learner: Somebody, pair: Pair, link_id: str) -> None:
    copied = pair.walker.control(f"links/{link_id}/duplicate", {})["id"]
    start_writing(learner, link_id)
    other = Somebody("amina", learner.page.context.new_page(), pair)
    other.open(str(copied))
    learner.write([FIRST])
    wait_until_saved(learner, FIRST)
    assert learner.frame.url != other.frame.url
