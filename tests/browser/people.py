"""Five people in front of a course: what each does, click by click, in any language.

Fields and forms are found by their names and addresses, never by words, so that the same walk goes
in French and in Arabic too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Error, Frame, Page, expect

from tests.browser.chromium import PATIENCE
from tests.support.servers import Pair

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
RUN_AXE = """axe.run(document, {resultTypes: ["violations"]}).then(result => result.violations.map(
    v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).join(", ")))"""
SCREENSHOTS = os.environ.get("MIROIR_SCREENSHOTS")
"""A folder for a picture of every page that is walked through, if somebody wants to look."""


@dataclass
class Somebody:
    """A person with a browser of their own, and the tool's frame in it."""

    who: str
    page: Page
    pair: Pair
    problems: list[str] = field(default_factory=list)
    shots: int = 0
    seen: set[str] = field(default_factory=set)
    """Pages that somebody of the course has looked at, each with its language and width."""

    def __post_init__(self) -> None:
        """Be this person in the LMS, and notice whatever the browser complains about."""
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda m: self.problems.append(m.text) if _is_fault(m) else None)
        self.page.request.post(f"{self.pair.sandbox_url}/person", form={"person": self.who})

    def lms(self, path: str) -> None:
        """Open a page of the LMS."""
        self.page.goto(self.pair.sandbox_url + path)

    def open(self, link_id: str) -> None:
        """Open an activity of the course; the tool comes in a frame."""
        self.lms(f"/activity/{link_id}")
        self.in_tool("/s/")

    def in_tool(self, part: str) -> Frame:
        """Wait until the tool's frame shows a page with this part in its address, and rests."""
        calm, before = 0, ""
        for _ in range(PATIENCE // 30):
            found = [f for f in self.page.frames if f.url.startswith(self.pair.tool_url)]
            now = _measure(found[-1]) if found and part in found[-1].url else ""
            calm = calm + 1 if now and now == before else 0
            if calm >= 3:
                return found[-1]
            before = now
            self.page.wait_for_timeout(30)
        shown = [f"{f.url}: {f.inner_text('body')[:500]}" for f in self.page.frames]
        raise AssertionError(f"{self.who} waits for {part} in vain: {shown}")

    @property
    def frame(self) -> Frame:
        """The tool's frame as it stands."""
        return self.in_tool(self.pair.tool_url)

    def go(self, part: str) -> None:
        """Follow the first link in the tool whose address has this part."""
        self.activate(f"a[href*='{part}']:visible")
        self.in_tool(part)

    def activate(self, selector: str) -> None:
        """Press Enter on the first link or button: the whole way goes by keyboard.

        A click at a point can miss while the LMS still makes the frame higher.
        """
        self.frame.locator(selector).first.press("Enter")

    def press(self, form: str, button: str = "button[type=submit]", then: str = "") -> None:
        """Press a button of the form whose address has this part; wait for what comes then."""
        self.activate(f"form[action*='{form}'] {button}")
        if then:
            self.in_tool(then)

    def write(self, texts: list[str]) -> None:
        """Type into the rich-text editors of the page, one text each."""
        editors = self.frame.locator("[contenteditable=true]")
        expect(editors.first).to_be_visible()
        for number, text in enumerate(texts):
            if text:
                editors.nth(number).click()
                self.page.keyboard.insert_text(text)

    def choose_levels(self, position: int, prefix: str = "level-") -> None:
        """Choose one position of the scale for every competency that the page asks for."""
        names = self.frame.eval_on_selector_all(
            f"input[type=radio][name^='{prefix}']", "all => [...new Set(all.map(i => i.name))]"
        )
        assert names, f"{self.who} is asked for no level"
        for name in names:
            self.frame.check(f"input[name='{name}'][value='{position}']")

    def look(self, name: str) -> None:
        """Check the page that is shown: accessible, nothing sideways, no complaint; picture it.

        Once per language and width: the second person in French finds the same page.
        """
        frame = self.frame
        assert self.problems == [], f"{self.who}: {name}"
        key = f"{name} {frame.evaluate('document.documentElement.lang + innerWidth')}"
        if key in self.seen:
            return
        self.seen.add(key)
        if SCREENSHOTS:
            self.shots += 1
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(300)
            self.page.screenshot(path=f"{SCREENSHOTS}/{self.who}-{self.shots:02}-{name}.png")
        frame.evaluate(AXE)
        assert frame.evaluate(RUN_AXE) == [], f"{self.who}: {name}"
        wide = frame.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1], f"{self.who}: {name} is wider than its frame"


def _measure(frame: Frame) -> str:
    """Return page and sizes once it is loaded, else ""; a click must not meet a moving page."""
    try:
        return str(
            frame.evaluate(
                "document.readyState === 'complete' ? `${location} ${innerHeight}"
                " ${document.documentElement.scrollHeight}` : ''"
            )
        )
    except Error:
        return ""  # it went on to another page this moment


def _is_fault(message: object) -> bool:
    text = str(getattr(message, "text", ""))
    harmless = ("third-party cookie", "422", "blocked autofocusing")
    expected = any(part in text.lower() for part in harmless)
    return getattr(message, "type", "") == "error" and not expected


class Course:
    """The course in the sandbox LMS and the people in it."""

    def __init__(self, pair: Pair, browser: Browser) -> None:
        self.pair, self.browser = pair, browser
        self.people: dict[str, Somebody] = {}
        self.seen: set[str] = set()

    def person(self, who: str, width: int = 1280, height: int = 1000) -> Somebody:
        """Return a person with a browser of their own; the same one when asked again."""
        if who not in self.people:
            context = self.browser.new_context(viewport={"width": width, "height": height})
            self.people[who] = Somebody(who, context.new_page(), self.pair, seen=self.seen)
        return self.people[who]

    def close(self) -> None:
        """Close all browsers."""
        for somebody in self.people.values():
            somebody.page.context.close()

    def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait for something that happens in the background."""
        page = next(iter(self.people.values())).page
        for _ in range(PATIENCE // 100):
            if is_so():
                return
            page.wait_for_timeout(100)
        raise AssertionError(f"waited in vain: {what}")
