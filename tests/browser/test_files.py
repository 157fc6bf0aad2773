"""A learner adds files while writing: a lost connection, a pasted picture, a readable page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import select

from lti_tool.models.attachments import Attachment
from tests.browser.test_deciding import look, sit_down
from tests.factories.files import pdf, picture
from tests.factories.learning import rate
from tests.factories.world import make_world
from tests.support.servers import Pair

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PASTE = """(area, bytes) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], 'image.png', {type: 'image/png'}));
  const how = {clipboardData: data, bubbles: true, cancelable: true};
  area.dispatchEvent(new ClipboardEvent('paste', how));
}"""


def test_files_survive_a_lost_connection(
    pair: Pair, blocking_browser: Browser, tmp_path: Path
) -> None:
    world = make_world(pair.services.db, learners=1)
    one = world.learners[0]
    rate(world, one)
    page = sit_down(blocking_browser, pair, world, one, f"activities/{world.activity_id}/now", 360)
    (tmp_path / "plan.pdf").write_bytes(pdf())
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.url)
        route.abort("internetdisconnected")

    page.page.route("**/now/files?*", lose)
    with page.page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add a picture or a file").first.press("Enter")
    chooser.value.set_files(tmp_path / "plan.pdf")
    expect(page.get_by_text("The connection is lost.").first).to_be_visible()
    page.page.unroute("**/now/files?*")
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.get_by_role("link", name="plan.pdf")).to_be_visible()
    page.locator("[contenteditable=true]").nth(1).evaluate(PASTE, list(picture("PNG")))
    alt = page.get_by_label("What does it show?")
    alt.fill("Our desk")
    alt.press("Enter")
    alt.press("Tab")
    look(page, "files")
    with page.page.expect_download() as saved:
        page.get_by_role("link", name="plan.pdf").press("Enter")
    assert saved.value.suggested_filename == "plan.pdf"
    assert saved.value.failure() is None
    page.get_by_role("button", name="Remove plan.pdf").press("Enter")
    page.get_by_role("button", name="Put plan.pdf back").press("Enter")
    expect(page.get_by_role("button", name="Remove plan.pdf")).to_be_visible()
    with world.database.read() as session:
        rows = session.scalars(select(Attachment).order_by(Attachment.position)).all()
    assert [(row.name, row.alt) for row in rows] == [("plan.pdf", ""), ("image.png", "Our desk")]
    assert lost
