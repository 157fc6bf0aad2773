"""Moodle's gradebook, read as a learner and as the educator see it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Locator, Page

from tests.lms.moodle.course import EDUCATOR, Course, set_editing


@dataclass(frozen=True)
class Grade:
    """What the gradebook shows of one learner and the activity."""

    value: str
    passed: bool
    comment: str


@dataclass(frozen=True)
class Gradebook:
    """The reports of one course."""

    course: Course

    def own(self, learner: str, module: int) -> tuple[Page, Grade]:
        """Return a learner's own report and the grade in it."""
        page = self.course.people.open(learner, "/grade/report/user/index.php", id=self.course.id)
        row = page.locator("table.user-grade tr").filter(has=page.locator(_link_to(module)))
        grade = row.locator("td.column-grade")
        return page, Grade(
            value=grade.inner_text().split()[0],
            passed=grade.locator("[title='Pass']").count() > 0,
            comment=row.locator("td.column-feedback").inner_text().strip(),
        )

    def open_grader(self) -> Page:
        """Open the report of all learners."""
        page = self.course.people.open(
            EDUCATOR, "/grade/report/grader/index.php", id=self.course.id
        )
        set_editing(page, False)
        return page

    def of(self, page: Page, name: str, module: int) -> Grade:
        """Return a learner's grade from the report of all learners, and leave its comment open."""
        cell = self._cell(page, name, module)
        value = cell.locator(".gradevalue").inner_text().strip()
        passed = cell.locator("[title='Pass']").count() > 0
        cell.locator("button.cellmenubtn").click()
        cell.locator("a[data-action=feedback]").click()
        window = page.locator(".modal.show .modal-body")
        window.get_by_text(name).wait_for()
        return Grade(value, passed, window.inner_text())

    def review(self, page: Page, name: str, module: int) -> FrameLocator:
        """Follow "Grade analysis" of a learner's cell in the report; return the tool's frame."""
        cell = self._cell(page, name, module)
        cell.locator("button.cellmenubtn").click()
        cell.locator("a[href*='/mod/lti/grade.php']").click()
        page.wait_for_url("**/mod/lti/view.php?**")
        return page.frame_locator("#contentframe")

    def _cell(self, page: Page, name: str, module: int) -> Locator:
        heading = page.locator("#user-grades th.item").filter(has=page.locator(_link_to(module)))
        item = heading.get_attribute("data-itemid")
        row = page.locator("#user-grades tr.userrow").filter(has_text=name)
        return row.locator(f"td.gradecell[data-itemid='{item}']")


def _link_to(module: int) -> str:
    return f"a[href*='/mod/lti/'][href*='id={module}']"
