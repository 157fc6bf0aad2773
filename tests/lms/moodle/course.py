"""What people do on a course's own pages: add the activity, open it, look at its completion."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Page, expect

from tests.lms.moodle.site import People, number_in

EDUCATOR = "nadia"
COMPLETE_THE_COMPETENCY = "3"


@dataclass(frozen=True)
class Course:
    """One course, as its people see it; ``id`` is Moodle's number of it."""

    people: People
    id: int

    def open_chooser(self) -> Page:
        """Open the activity chooser of the first section."""
        page = self.people.open(EDUCATOR, "/course/view.php", id=self.id)
        set_editing(page, True)
        page.locator("[data-action='open-chooser']").locator("visible=true").first.click()
        page.locator(".modchooser [data-region='chooser-option-container']").first.wait_for()
        return page

    def choose_tool(self, page: Page, type_id: int) -> None:
        """Take the tool in the open chooser: the form of a new activity follows."""
        page.locator(
            f".modchooser a[data-action='add-chooser-option'][href*='typeid={type_id}&']"
            f", .modchooser a[data-action='add-chooser-option'][href$='typeid={type_id}']"
        ).locator("visible=true").first.click()
        page.locator("#id_selectcontent").wait_for()
        page.wait_for_load_state("networkidle")

    def open_new_activity(self, type_id: int) -> Page:
        """Open the form of a new activity without the chooser."""
        page = self.people.open(
            EDUCATOR, "/course/modedit.php", add="lti", type="", course=self.id, section=1,
            typeid=type_id, **{"return": 0},
        )  # fmt: skip
        page.locator("#id_selectcontent").wait_for()
        return page

    def select_content(self, page: Page) -> FrameLocator:
        """Press "Select content"; return the tool's frame in the window that opens."""
        page.click("#id_selectcontent")
        return page.frame_locator("#contentitem-page-iframe")

    def complete_by_passing(self, page: Page, grade: int, competency: str) -> None:
        """Let a passing grade complete the activity, and that a competency of the course."""
        page.locator("a.collapseexpand.collapsemenu").evaluate("link => link.click()")
        page.fill("#id_gradepass", str(grade))
        page.check("#id_completion_2")
        page.check("#id_completionusegrade")
        page.check("#id_completionpassgrade_1")
        # Moodle shows a search field in the place of this list.
        option = page.locator("#id_competencies option").filter(has_text=competency)
        page.select_option("#id_competencies", option.get_attribute("value"), force=True)
        page.select_option("#id_competency_rule", COMPLETE_THE_COMPETENCY)

    def save(self, page: Page) -> int:
        """Save the form and display the activity; return the number of its course module."""
        page.click("#id_submitbutton")
        page.wait_for_url("**/mod/lti/view.php?**")
        return number_in(page.url)

    def open_activity(self, user: str, module: int) -> tuple[Page, FrameLocator]:
        """Open the activity as a user; return the page and the tool's frame in it."""
        return self.open_view(user, id=module)

    def open_view(self, who: str, **query: object) -> tuple[Page, FrameLocator]:
        """Open Moodle's page of an activity as it is asked for."""
        page = self.people.page(who)
        page.goto(self.people.site.at("/mod/lti/view.php", query))
        return page, page.frame_locator("#contentframe")

    def find_activity(self, title: str) -> int:
        """Return the number of the course module with this title, as the educator sees it."""
        page = self.people.open(EDUCATOR, "/course/view.php", id=self.id)
        item = page.locator("[data-for='cmitem']").filter(has_text=title)
        return int(str(item.get_attribute("data-id")))

    def expect_done(self, learner: str, module: int) -> Page:
        """Expect that the course page tells a learner that the activity is done."""
        page = self.people.open(learner, "/course/view.php", id=self.id)
        item = page.locator(f"[data-for='cmitem'][data-id='{module}']")
        expect(item.locator(".activity-completion button")).to_contain_text("Done")
        return page

    def expect_completed(self, names: tuple[str, ...], activity: str) -> Page:
        """Expect that the educator's report says that learners completed the activity."""
        page = self.people.open(EDUCATOR, "/report/progress/index.php", course=self.id)
        for name in names:
            row = page.locator("#completion-progress tbody tr").filter(has_text=name)
            passed = row.locator(f"[title*='{activity}: Completed (achieved pass grade)']")
            expect(passed.first).to_be_attached()
        return page

    def expect_competency(self, learner: str, competency: str) -> Page:
        """Expect that Moodle rates a learner proficient in a competency of the course."""
        page = self.people.open(learner, "/admin/tool/lp/coursecompetencies.php", courseid=self.id)
        row = page.locator("table.managecompetencies tr").filter(has_text=competency)
        expect(row.get_by_text("Competent", exact=True)).to_be_visible()
        return page

    def duplicate(self, module: int) -> int:
        """Duplicate an activity; return the number of the new course module."""
        page = self.people.open(EDUCATOR, "/course/view.php", id=self.id)
        sesskey = page.evaluate("M.cfg.sesskey")
        self.people.open(EDUCATOR, "/course/mod.php", duplicate=module, sesskey=sesskey)
        modules = page.locator("[data-for='cmitem']")
        return max(
            int(number) for number in modules.evaluate_all("all => all.map(one => one.dataset.id)")
        )

    def delete_activity(self, module: int) -> None:
        """Take the activity out of the course."""
        self.people.open(EDUCATOR, "/course/view.php", id=self.id)
        sesskey = self.people.page(EDUCATOR).evaluate("M.cfg.sesskey")
        self.people.open(EDUCATOR, "/course/mod.php", delete=module, confirm=1, sesskey=sesskey)


def set_editing(page: Page, on: bool) -> None:
    """Turn Moodle's edit mode on or off."""
    switch = page.locator("input[name=setmode]")
    if switch.is_checked() != on:
        with page.expect_navigation():
            switch.click()
        page.wait_for_load_state("networkidle")
