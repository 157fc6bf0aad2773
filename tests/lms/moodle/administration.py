"""What Moodle's administrator does: connect the tool, activate it, show it in the chooser."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Locator, Page

from tests.lms.moodle.site import People

CARDS = "#tool-list-container .tool-card"


@dataclass
class Administration:
    """The administrator on Moodle's page "Manage tools"."""

    people: People

    def begin_registration(self, link: str) -> tuple[Page, FrameLocator]:
        """Paste the registration link; return the page and the tool's frame in it."""
        page = self.people.open("admin", "/mod/lti/toolconfigure.php")
        page.fill("#tool-url", link)
        page.click("#tool-create-button")
        return page, page.frame_locator("#external-registration-template-container iframe")

    def card(self, type_id: int) -> Locator:
        """Return the card of a tool."""
        return self.people.page("admin").locator(f"{CARDS}[data-type-id='{type_id}']")

    def activate(self, type_id: int) -> None:
        """Activate a tool that waits for it."""
        card = self.card(type_id)
        card.locator(".tool-card-footer a.activate").click()
        card.get_by_text("Active", exact=True).wait_for()

    def show_in_chooser(self, type_id: int) -> Page:
        """Offer the tool in every course's activity chooser; return the page, saved."""
        page = self.open_settings(type_id)
        page.select_option("select[name=lti_coursevisible]", "2")
        page.click("input[name=submitbutton]")
        page.wait_for_load_state("networkidle")
        return page

    def open_settings(self, type_id: int) -> Page:
        """Open the tool's settings."""
        sesskey = self.people.page("admin").evaluate("M.cfg.sesskey")
        return self.people.open(
            "admin", "/mod/lti/typessettings.php", action="update", id=type_id, sesskey=sesskey
        )

    def delete(self, type_id: int) -> None:
        """Remove the tool; its activities stay and can no longer be opened."""
        sesskey = self.people.page("admin").evaluate("M.cfg.sesskey")
        self.people.open(
            "admin", "/mod/lti/typessettings.php", action="delete", id=type_id, sesskey=sesskey
        )
