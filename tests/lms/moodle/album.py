"""Pictures of what people saw, in the order in which they saw it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

FOLDER = "MIROIR_SCREENSHOTS"
"""Environment variable: the folder for the pictures; without it none are taken."""
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass
class Album:
    """Numbered pictures in a folder."""

    folder: Path | None
    taken: int = 0

    @classmethod
    def from_environment(cls) -> Album:
        """Return the album that the environment names, or one that keeps nothing."""
        named = os.environ.get(FOLDER)
        folder = Path(named) if named else None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        return cls(folder)

    def take(self, page: Page, name: str) -> None:
        """Photograph what the window shows."""
        if self.folder is None:
            return
        self.taken += 1
        for frame in page.frames[1:]:
            # A frame's page may be there before it is painted.
            frame.evaluate(PAINTED)
        page.screenshot(
            path=self.folder / f"{self.taken:02}-{name}.png", animations="disabled", caret="hide"
        )

    def take_at(self, page: Page, place: str, name: str) -> None:
        """Photograph the window with a place of the page in its middle."""
        page.locator(place).evaluate("field => field.scrollIntoView({block: 'center'})")
        self.take(page, name)
