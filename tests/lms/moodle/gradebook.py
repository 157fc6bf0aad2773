"""Moodle's gradebook, read as a learner and as the educator see it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.lms.moodle.course import Course


@dataclass(frozen=True)
class Grade:
    """What the gradebook shows of one learner and the activity."""

    value: str
    passed: bool
    comment: str


@dataclass
class Gradebook:
    """The reports of one course."""

    course: Course

    def own(self, learner: str, activity: str) -> Grade:
        """Return a learner's grade from the learner's own report."""
        page = self.course.people.open(learner, "/grade/report/user/index.php", id=self.course.id)
        row = page.locator("table.user-grade tr").filter(has_text=activity)
        return Grade(
            value=row.locator("td.column-grade").inner_text().split()[0],
            passed=row.locator("td.column-grade [title='Pass']").count() > 0,
            comment=row.locator("td.column-feedback").inner_text().strip(),
        )

    def open_grader(self) -> Page:
        """Open the report of all learners as the educator."""
        return self.course.people.open(
            "educator", "/grade/report/grader/index.php", id=self.course.id
        )

    def cell(self, page: Page, learner: str, activity: str) -> Locator:
        """Return the cell of a learner and the activity in the report of all learners."""
        heading = page.locator("#user-grades th.item").filter(has_text=activity)
        item = heading.get_attribute("data-itemid")
        row = page.locator("#user-grades tr.userrow").filter(has_text=learner)
        return row.locator(f"td.gradecell[data-itemid='{item}']")

    def graded(self, page: Page, learner: str, activity: str) -> Grade:
        """Return a learner's grade from the report of all learners, with its comment opened."""
        cell = self.cell(page, learner, activity)
        value = cell.locator(".gradevalue").inner_text()
        passed = cell.locator("[title='Pass']").count() > 0
        cell.locator("button.cellmenubtn").click()
        cell.locator("a[data-action=feedback]").click()
        comment = page.locator(".modal.show .modal-body").inner_text().strip()
        return Grade(value, passed, comment)
