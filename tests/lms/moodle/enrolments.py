"""Who is in a course, by Moodle's own page of manual enrolments."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.lms.moodle.course import EDUCATOR, Course


def enrol(course: Course, name: str) -> None:
    """Enrol somebody as a student."""
    page = _open(course)
    page.locator("#addselect option").filter(has_text=name).click()
    _press(page, "#add")


def unenrol(course: Course, name: str) -> None:
    """Take somebody out of the course."""
    page = _open(course)
    page.locator("#removeselect option").filter(has_text=name).click()
    _press(page, "#remove")


def _open(course: Course) -> Page:
    page = course.people.open(EDUCATOR, "/enrol/instances.php", id=course.id)
    link = page.locator("a[href*='/enrol/manual/manage.php']").first.get_attribute("href")
    page.goto(str(link))
    page.wait_for_load_state("networkidle")
    return page


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.click(button)
    page.wait_for_load_state("networkidle")
