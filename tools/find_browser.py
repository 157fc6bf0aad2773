"""Find a Chromium for the browser tests, else install one, else say loudly that there is none.

Looks where ``tests/browser/chromium.py`` looks: ``$CHROMIUM``, the PATH, Playwright's own. Tries to
install Playwright's build, then the system's package as root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

from tests.browser.chromium import find

LOUD = """
================================================================================
 NO BROWSER FOUND, AND NONE COULD BE INSTALLED.
 The browser tests will be skipped and counted as skipped.
 Install Chromium, or name one:  CHROMIUM=/path/to/chromium make test
================================================================================
"""


def attempts() -> list[list[str]]:
    """Return the commands that may bring a browser, in the order to try them."""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        commands += [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ]
    return commands


def is_there() -> bool:
    """Return whether the tests will find a browser."""
    with sync_playwright() as playwright:
        return find(playwright) is not None


def main() -> None:
    """Make sure that there is a browser, or say that there is not."""
    for command in attempts():
        if is_there():
            return
        sys.stderr.write(f"No browser yet; trying: {' '.join(command)}\n")
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not is_there():
        sys.stderr.write(LOUD)


if __name__ == "__main__":
    main()
