"""What people do on a course's own pages: add the activity, open it, look at its completion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from playwright.sync_api import FrameLocator, Page

from tests.lms.moodle.site import People, number_in

WINDOW = "#contentitem-page-iframe"
PASSING_GRADE = "#id_completionpassgrade_1"


@dataclass
class Course:
    """One course, as its people see it."""

    people: People

    @cached_property
    def id(self) -> int:
        """Moodle's number of the course."""
        page = self.people.open("educator", "/course/view.php", name=self.people.site.course)
        return int(page.evaluate("M.cfg.courseId"))

    def open_chooser(self) -> Page:
        """Open the activity chooser of the first section as the educator."""
        page = self.people.open("educator", "/course/view.php", id=self.id)
        if not page.locator("input[name=setmode]").is_checked():
            page.locator("input[name=setmode]").click()
            page.wait_for_load_state("networkidle")
        page.locator("[data-action='open-chooser']").nth(1).click()
        page.locator(".modchooser [data-region='chooser-option-container']").first.wait_for()
        return page

    def choose(self, page: Page, tool: str) -> None:
        """Take a tool in the open chooser: the form of a new activity follows."""
        option = page.locator(".modchooser [data-region='chooser-option-container']")
        option.filter(has_text=tool).locator("[data-action='add-chooser-option']").locator(
            "visible=true"
        ).first.click()
        page.locator("#id_selectcontent").wait_for()
        page.wait_for_load_state("networkidle")

    def select_content(self, page: Page) -> FrameLocator:
        """Press "Select content"; return the tool's frame in the window that opens."""
        page.click("#id_selectcontent")
        return page.frame_locator(WINDOW)

    def complete_by_passing(self, page: Page, grade: int) -> None:
        """Set the grade to pass, and that passing completes the activity."""
        page.locator("a.collapseexpand.collapsemenu").evaluate("link => link.click()")
        page.fill("#id_gradepass", str(grade))
        page.check("#id_completion_2")
        page.check("#id_completionusegrade")
        page.check(PASSING_GRADE)

    def save(self, page: Page) -> int:
        """Save the form and display the activity; return its course module's number."""
        page.click("#id_submitbutton")
        page.wait_for_url("**/mod/lti/view.php?**")
        return number_in(page.url)

    def open_activity(self, user: str, module: int) -> tuple[Page, FrameLocator]:
        """Open the activity as a user; return the page and the tool's frame in it."""
        page = self.people.page(user)
        page.goto(self.people.site.at("/mod/lti/view.php", {"id": module}))
        return page, page.frame_locator("#contentframe")

    def completion_seen_by(self, user: str, module: int) -> str:
        """Return what the course page says to a learner about completing the activity."""
        page = self.people.open(user, "/course/view.php", id=self.id)
        item = page.locator(f"[data-for='cmitem'][data-id='{module}']")
        return item.locator("[data-region='completion-info'], .activity-completion").inner_text()

    def completion_report(self, learner: str, activity: str) -> str:
        """Return what the educator's report says of a learner and the activity."""
        page = self.people.open("educator", "/report/progress/index.php", course=self.id)
        row = page.locator("#completion-progress tbody tr").filter(has_text=learner)
        return row.locator(f"[title*='{activity}']").get_attribute("title") or ""
