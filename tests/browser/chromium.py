"""Find a Chromium for the tests in a browser."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright

PATIENCE = 20_000
"""Milliseconds that any test in a browser waits for anything; two cores may be shared by all."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find(playwright: Playwright | None = None) -> str | None:
    """Return the path of a Chromium, or None.

    Looked for in this order: the environment variable ``CHROMIUM``, the usual names on ``PATH``,
    then the browser that Playwright itself installed, when an instance of it is given.
    """
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in NAMES]
    if playwright is not None:
        candidates.append(playwright.chromium.executable_path)
    return next((path for path in candidates if path and Path(path).exists()), None)


def launch(playwright: Playwright) -> Browser | None:
    """Return a running headless Chromium, or None if there is none on this machine."""
    path = find(playwright)
    if path is None:
        return None
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


def open_profile(
    playwright: Playwright, folder: Path, third_parties_store: bool
) -> BrowserContext | None:
    """Return a browser with a profile of its own in ``folder``, or None if there is none.

    A profile, unlike a private window, lets frames of other sites store things, or not, as told.
    """
    path = find(playwright)
    if path is None:
        return None
    mode = 0 if third_parties_store else 1
    told = {"cookie_controls_mode": mode, "block_third_party_cookies": not third_parties_store}
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(json.dumps({"profile": told}))
    return playwright.chromium.launch_persistent_context(
        folder, executable_path=path, args=list(ARGUMENTS)
    )
