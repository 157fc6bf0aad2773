"""A course of Moodle's backed up and restored as a new one, by the administrator's pages."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.lms.moodle.course import Course


def restore_as_new(course: Course) -> int:
    """Back up a course with its people, restore it as a new one; return the new one's number."""
    page = course.people.open("admin", "/backup/backup.php", id=course.id)
    _press(page, "#id_oneclickbackup")
    _go_on(page)
    with page.expect_navigation():
        page.locator("table.backup-files-table a[href*='restore']").first.click()
    page.wait_for_load_state("networkidle")
    _go_on(page)
    _choose_new_course(page)
    while "course/view.php" not in page.url:
        _go_on(page)
    return int(page.evaluate("M.cfg.courseId"))


def delete_course(course: Course) -> None:
    """Delete a course."""
    page = course.people.open("admin", "/course/delete.php", id=course.id)
    _go_on(page)


def _choose_new_course(page: Page) -> None:
    form = page.locator("form").filter(has=page.locator("input[name=target][value='2']"))
    form.locator("input[name=targetid]").first.check()
    with page.expect_navigation():
        form.locator("[type=submit]").last.click()
    page.wait_for_load_state("networkidle")


def _go_on(page: Page) -> None:
    """Press the button that leads on: the last one of the main part that is shown."""
    with page.expect_navigation():
        page.locator(
            "#region-main button[type=submit]:visible, #region-main input[type=submit]:visible"
        ).last.click()
    page.wait_for_load_state("networkidle")


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.click(button)
    page.wait_for_load_state("networkidle")
