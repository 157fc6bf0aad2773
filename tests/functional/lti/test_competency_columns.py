"""The whole way: one activity for each competency, its level in a column of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin, urlsplit

import pytest

from lti_tool.models.frameworks import Competency
from lti_tool.sandbox import gradebook
from lti_tool.sandbox.walker import Page, Walker
from lti_tool.sandbox.webpages import Form
from tests.support.servers import Pair, handle_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def press(walker: Walker, page: Page, form: Form, **typed: object) -> Page:
    """Send a form with everything that it says, and these fields and buttons."""
    pairs = [(name, value) for name, value in form.fields if name not in typed]
    for name, value in typed.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, str(one)) for one in values]
    answer = walker.session.post(urljoin(page.url, form.action), data=pairs, timeout=30)
    assert answer.status_code == 200, answer.text[:500]
    return walker.get(answer.url)


def opened(pair: Pair, who: str, link_id: str) -> tuple[Walker, Page, str]:
    """Open an activity of the course as somebody; also return where their session is."""
    walker = pair.browser()
    walker.be(who)
    page = walker.launch(link_id)
    return walker, page, f"{pair.tool_url}/s/{handle_of(page)}"


def place(pair: Pair) -> list[str]:
    """Place an activity for each of two competencies; return the links."""
    client_id = pair.connect()["client_id"]
    pair.walker.be("claire")
    page = pair.walker.open_deep_linking(client_id)
    with pair.services.db.read() as session:
        found = session.query(Competency).filter(Competency.code.in_(("A1", "A2"))).all()
        chosen = [str(one.id) for one in found]
    form = page.form("title")
    page = press(pair.walker, page, form, title="Week 2", competencies=chosen, do="each")
    boxes = [value for name, value in page.form("activity").fields if name == "activity"]
    assert len(boxes) == 2
    respond = "&".join(f"activity={one}" for one in boxes)
    base = page.url.partition("/studio/")[0]
    pair.walker.finish_deep_linking(pair.walker.get(f"{base}/deep-linking/respond?{respond}"))
    return [link["id"] for link in pair.walker.links() if link["title"].startswith("Week 2")]


def launch_at_once(pair: Pair, link_id: str, many: int) -> None:
    """Let so many launches of a link come at the same moment, with workers busy beside them."""
    people = [one["id"] for one in pair.walker.control("people") if one["role"] == "learner"]

    def launch(number: int) -> int:
        walker = pair.browser()
        walker.be(people[number % len(people)])
        return walker.launch(link_id).status

    with ThreadPoolExecutor(many + 2) as pool:
        launches = [pool.submit(launch, number) for number in range(many)]
        workers = [pool.submit(pair.services.outbox.deliver_due) for _ in range(2)]
        assert [one.result() for one in launches] == [200] * many
        for worker in workers:
            worker.result()


def test_a_level_goes_from_a_tutors_page_to_a_column_that_launches_allowed(pair: Pair) -> None:
    link_id = place(pair)[0]
    here = pair.sandbox.extensions["sandbox"]
    coupled = [item for item in here.store.line_items.all() if item.coupled]
    assert all(item.tag.startswith("case:") for item in coupled)
    claire, page, home = opened(pair, "claire", link_id)
    activity = urlsplit(page.url).path.split("/activities/")[1].split("/")[0]
    page = claire.get(f"{home}/activities/{activity}/columns")
    page = press(claire, page, page.form("notes"), do="on", notes="1")
    assert "said=columns" in page.url
    opened(pair, "amina", link_id)
    layla, page, home = opened(pair, "layla", link_id)
    page = layla.get(f"{home}/activities/{activity}/people")
    person = next(a["href"] for a in page.links if "/people/" in a["href"])
    page = layla.get(urljoin(page.url, person))
    form = page.form("levels.0.level")
    press(layla, page, form, **{"levels.0.level": "3", "levels.0.note": "Seen at work"})
    launch_at_once(pair, link_id, 50)
    while pair.services.outbox.deliver_due():
        pass
    made = [item for item in here.store.line_items.all() if not item.coupled]
    assert [(item.maximum, item.link_id) for item in made] == [(4, "")]
    assert made[0].label.startswith("Week 2 – A") and made[0].tag in {one.tag for one in coupled}
    (score,) = gradebook.scores_of(here, made[0])
    assert score.value == 3 and "Seen at work" in score.comment
