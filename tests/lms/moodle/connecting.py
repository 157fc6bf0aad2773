"""Operator and administrator connect the tool."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Page

from tests.lms.moodle import miroir
from tests.lms.moodle.administration import Administration
from tests.lms.moodle.album import Album
from tests.lms.moodle.course import EDUCATOR, Course
from tests.lms.moodle.moodle import PLATFORM, Moodle
from tests.lms.moodle.site import People
from tests.lms.moodle.tool import Tool

COURSE = "MIROIR101"


def connect(people: People, tool: Tool, album: Album) -> Moodle:
    """Register by the operator's link, activate the tool and offer it to courses."""
    admin = Administration(people)
    page, frame = admin.begin_registration(tool.invite(PLATFORM))
    type_id = confirm(page, frame, album)
    card = admin.card(type_id)
    card.scroll_into_view_if_needed()
    album.take(page, "pending")
    admin.activate(type_id)
    album.take(page, "active")
    settings = admin.open_settings(type_id)
    admin.show_in_chooser(settings)
    album.take_at(settings, "select[name=lti_coursevisible]", "settings")
    admin.save(settings)
    return Moodle(people, tool, album, type_id, Course(people, course_called(people, COURSE)))


def confirm(page: Page, frame: FrameLocator, album: Album) -> int:
    """Agree to connect on the tool's page in Moodle's; return Moodle's number of the tool."""
    miroir.expect_heading(frame, "Connect Miroir to this learning platform?")
    album.take(page, "register")
    miroir.press(frame, "Connect Miroir")
    miroir.expect_heading(frame, "Miroir is connected")
    deployment = frame.locator("dl.facts div").filter(has_text="Deployment ID").locator("dd")
    type_id = int(deployment.inner_text())
    # Its frame goes away with the click, which a usual click would wait for.
    frame.get_by_role("button", name="Close now").dispatch_event("click")
    return type_id


def course_called(people: People, short_name: str) -> int:
    """Return Moodle's number of a course that ``seed.php`` has made."""
    page = people.open(EDUCATOR, "/course/view.php", name=short_name)
    return int(page.evaluate("M.cfg.courseId"))
