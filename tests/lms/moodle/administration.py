"""What Moodle's administrator does: connect the tool, activate it, show it in the chooser."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Locator, Page

from tests.lms.moodle.site import People

SETTINGS = "/mod/lti/typessettings.php"


@dataclass(frozen=True)
class Administration:
    """The administrator on Moodle's page "Manage tools"."""

    people: People

    def begin_registration(self, link: str) -> tuple[Page, FrameLocator]:
        """Paste the registration link; return the page and the tool's frame in it."""
        page = self.people.open("admin", "/mod/lti/toolconfigure.php")
        page.fill("#tool-url", link)
        page.click("#tool-create-button")
        return page, page.frame_locator("#external-registration-template-container iframe")

    def choose_update(self, frame: FrameLocator, type_id: int) -> None:
        """Choose, where Moodle asks because the tool is there, to update it."""
        frame.locator(f"button[data-href$='type={type_id}']").click()

    def card(self, type_id: int) -> Locator:
        """Return the card of a tool, shown once the registration's frame has closed."""
        page = self.people.page("admin")
        return page.locator(f"#tool-list-container .tool-card[data-type-id='{type_id}']")

    def activate(self, type_id: int) -> None:
        """Activate a tool that waits for it."""
        card = self.card(type_id)
        card.locator(".tool-card-footer a.activate").click()
        card.get_by_text("Active", exact=True).wait_for()

    def open_settings(self, type_id: int) -> Page:
        """Open the tool's settings."""
        return self._settings("update", type_id)

    def set_service(self, page: Page, name: str, value: str) -> str:
        """Choose, in the open settings, how the tool may use a service; return what it was."""
        page.locator("a.collapseexpand.collapsemenu").evaluate("link => link.click()")
        field = page.locator(f"select[name={name}]")
        before = field.input_value()
        field.select_option(value)
        return before

    def show_in_chooser(self, page: Page) -> None:
        """Choose, in the open settings, to offer the tool in every course's activity chooser."""
        page.select_option("select[name=lti_coursevisible]", "2")

    def save(self, page: Page) -> None:
        """Save the tool's settings."""
        with page.expect_navigation():
            page.click("input[name=submitbutton]")
        page.wait_for_load_state("networkidle")

    def delete(self, type_id: int) -> None:
        """Remove the tool."""
        self._settings("delete", type_id)

    def _settings(self, action: str, type_id: int) -> Page:
        sesskey = self.people.page("admin").evaluate("M.cfg.sesskey")
        return self.people.open("admin", SETTINGS, action=action, id=type_id, sesskey=sesskey)
