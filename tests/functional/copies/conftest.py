"""A school with a sandbox LMS of any family, whose courses and links are copied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.grades import LineItem
from lti_tool.models.participations import Participation
from lti_tool.sandbox.walker import Page
from tests.support.servers import Pair, tool_and_sandbox


@dataclass
class School:
    """The tool in one LMS; links and courses are told as the LMS's control API tells them."""

    pair: Pair
    tool: dict[str, Any]

    def place(self, title: str = "Reading together") -> dict[str, Any]:
        """Make an activity in the LMS's deep linking window; return its link."""
        walker = self.pair.walker
        walker.be("claire")
        before = {link["id"] for link in walker.links()}
        page = walker.open_deep_linking(self.tool["client_id"])
        walker.finish_deep_linking(walker.fill(page, {"title": title}))
        (made,) = (link for link in walker.links() if link["id"] not in before)
        return made

    def attach(self, title: str = "Reading together", **link: Any) -> dict[str, Any]:
        """Make a plain link and set an activity up for it; return the link."""
        values = {"client_id": self.tool["client_id"], "title": title, **link}
        made: dict[str, Any] = self.pair.walker.control("links", values)
        page = self.open(made)
        assert "A new reflection activity" in page.text
        self.pair.walker.fill(page, {"title": title})
        return made

    def open(self, link: dict[str, Any], who: str = "claire") -> Page:
        """Open a link as somebody: claire (educator), layla (tutor), amina (learner)."""
        self.pair.walker.be(who)
        return self.pair.walker.launch(link["id"])

    def copy_course(self, title: str = "Next year", of: str = "") -> list[dict[str, Any]]:
        """Copy the first course, or another; return the links of the copy."""
        walker = self.pair.walker
        source = of or walker.control("courses")[0]["id"]
        made = walker.control("courses", {"copy_of": source, "title": title})
        return walker.links(made["id"])

    def duplicate(self, link: dict[str, Any], **how: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.pair.walker.control(f"links/{link['id']}/duplicate", how)
        return made

    def change(self, link: dict[str, Any], **values: Any) -> None:
        """Change a link in the LMS, e.g. what its copy has lost."""
        self.pair.walker.control(f"links/{link['id']}", values)

    def activity(self, link: dict[str, Any]) -> Activity | None:
        """Return what a link of the LMS opens."""
        with self.pair.services.db.read() as session:
            opened = select(Activity).join(ResourceLink, ResourceLink.activity_id == Activity.id)
            return session.scalar(opened.where(ResourceLink.lti_id == link["id"]))

    def column(self, link: dict[str, Any]) -> LineItem:
        """Return the gradebook column that we know of a link."""
        with self.pair.services.db.read() as session:
            query = select(LineItem).join(ResourceLink)
            return session.scalars(query.where(ResourceLink.lti_id == link["id"])).one()

    def date(self, link: dict[str, Any], **days: int) -> None:
        """Set dates of the activity that a link opens, in days from now."""
        with self.pair.services.db.write() as session:
            opened = select(ResourceLink.activity_id).where(ResourceLink.lti_id == link["id"])
            activity = session.get_one(Activity, session.scalar(opened))
            for name, value in days.items():
                setattr(activity, name, clock.now() + timedelta(days=value))

    def begun(self, activity: Activity) -> int:
        """Count who takes part in an activity."""
        with self.pair.services.db.read() as session:
            taking_part = Participation.activity_id == activity.id
            return session.scalar(select(func.count()).where(taking_part)) or 0


MakeSchool = Callable[[str], School]


@pytest.fixture
def make_school(database_url: str, tmp_path: Path) -> Iterator[MakeSchool]:
    """Return a maker of schools; the LMS's family is its argument."""
    with ExitStack() as stack:

        def make(personality: str) -> School:
            # Open edX has no dynamic registration: it takes over a tool that is there.
            first = "moodle" if personality == "openedx" else personality
            pair = stack.enter_context(tool_and_sandbox(database_url, tmp_path, first))
            school = School(pair, pair.connect())
            pair.walker.control("people/claire", {"locale": "en"})
            if first != personality:
                pair.walker.control("personality", {"name": personality})
            return school

        yield make


@pytest.fixture
def moodle(make_school: MakeSchool) -> School:
    return make_school("moodle")
