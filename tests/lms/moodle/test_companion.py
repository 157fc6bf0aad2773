"""The companion in a real Moodle: ratings of its competencies, its groups, and what it lacks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from lti_tool.exports.moodle_csv import moodle_csv
from lti_tool.remote.moodle_competencies import FOR_GROUPS, FOR_RATINGS, GRADE, MEMBERS
from lti_tool.services.frameworks.builtin_frameworks import builtin_drafts
from lti_tool.views.pages.operator.companion_words import CAPABILITIES, FOR_GROUPS_TOO
from tests.lms.moodle import miroir
from tests.lms.moodle.desk import open_learners
from tests.lms.moodle.moodle import PLATFORM, Moodle
from tests.lms.moodle.people import AMINA, NAMES
from tests.lms.moodle.site import SECONDS
from tests.lms.moodle.test_journey import COMPETENCIES, embed, reflect
from tests.lms.moodle.tool import ROOT
from tests.lms.moodle.web_services import SWITCH, WebServices

COURSE = "MIROIR101"
EVERYBODYS = ("moodle/competency:competencyview", "moodle/competency:coursecompetencyview")
"""What Moodle lets every user do, unless somebody took it away."""


@pytest.fixture
def web_services(moodle: Moodle) -> Iterator[WebServices]:
    """Set up Moodle's side as its administrator does, with the framework that has our codes."""
    made = WebServices.from_environment()
    token = made.run(
        "make", *FOR_RATINGS, *FOR_GROUPS, "--", *CAPABILITIES, *FOR_GROUPS_TOO
    ).splitlines()[-1]
    (draft,) = (
        one for one in builtin_drafts() if {*COMPETENCIES} <= {item.code for item in one.items}
    )
    file = b"".join(moodle_csv(draft)).decode()
    framework = made.run("import", draft.identifier, given=file)
    set_token(moodle, token)
    yield made
    made.run("forget", framework)
    made.run("remove")


def set_token(moodle: Moodle, token: str) -> None:
    """Set the token by the operator's command, which reads it from a pipe."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "platforms", "companion", PLATFORM]
    subprocess.run(
        [*command, "--groups"],
        cwd=ROOT,
        env=moodle.tool.environment,
        input=f"{token}\n",
        check=True,
        text=True,
        stdout=subprocess.DEVNULL,
    )


def self_test(moodle: Moodle) -> str:
    """Run the companion's self-test; return what it printed."""
    return moodle.tool.run("platforms", "companion", PLATFORM, "--test", may_fail=True)


def test_a_confirmed_level_is_a_rating_in_moodle(moodle: Moodle, web_services: WebServices) -> None:
    module = embed(moodle)
    switch_on(moodle, module)
    reflect(moodle, module, AMINA)
    page, frame = open_person(moodle, module)
    confirm(frame, 2)
    expect_told(page, frame, "“Autonomous” told")
    moodle.album.take_at(page, "#contentframe", "companion-told")
    see_in_moodle(moodle, web_services, "Autonomous")
    see_as_learner(moodle, module)
    if os.environ.get(SWITCH):
        web_services.switch("stop")
        try:
            confirm(frame, 3)
            expect_told(page, frame, "Not told yet")
            moodle.album.take(page, "companion-moodle-is-down")
        finally:
            web_services.switch()
        frame.locator("aside").get_by_role("button", name="Send again").first.click()
        expect_told(page, frame, "“Guiding others” told", again="Send again")
        see_in_moodle(moodle, web_services, "Guiding others")
    read_groups(moodle, web_services, module)
    faults_are_named(moodle, web_services)
    moodle.course.delete_activity(module)


def switch_on(moodle: Moodle, module: int) -> None:
    """Look what Moodle has of the competencies, and decide, as the educator."""
    page, frame = moodle.course.open_activity("nadia", module)
    miroir.open_tab(frame, "Publish")
    miroir.press(frame, "See and decide")
    miroir.expect_heading(frame, "Moodle’s competencies")
    miroir.press(frame, "Look in Moodle")
    miroir.see(frame, "is added to this course with the first rating")
    expect(frame.get_by_text("no level of this name")).to_have_count(0)
    moodle.album.take(page, "companion-look")
    miroir.press(frame, "Tell Moodle what tutors confirm")
    miroir.see(frame, "Levels that tutors confirm go to Moodle from now on.")
    moodle.album.take(page, "companion-on")


def open_person(moodle: Moodle, module: int) -> tuple[Page, FrameLocator]:
    """Open Amina's page as the tutor."""
    page, frame = open_learners(moodle, module)
    frame.get_by_role("link", name=NAMES[AMINA]).click()
    miroir.expect_heading(frame, NAMES[AMINA])
    return page, frame


def confirm(frame: FrameLocator, level: int) -> None:
    """Confirm a level (0 the lowest) of the first competency."""
    scale = frame.locator("#levels fieldset.levels").first
    scale.get_by_label(miroir.LEVELS[level], exact=True).check()
    miroir.press(frame, "Save levels")
    miroir.see(frame, "The levels are saved.")


def expect_told(page: Page, frame: FrameLocator, text: str, again: str = "") -> None:
    """Look at the learner's page until it says so of the rating in Moodle."""
    link = frame.get_by_role("link", name="Timeline", exact=True)
    for _second in range(3 * SECONDS):
        if text in frame.locator("aside, .aside").first.inner_text():
            return
        page.wait_for_timeout(1000)
        link.click()
        frame.get_by_role("link", name=NAMES[AMINA]).first.click()
        miroir.expect_heading(frame, NAMES[AMINA])
        link = frame.get_by_role("link", name="Timeline", exact=True)
    pytest.fail(f"it never said {text!r}")


def see_in_moodle(moodle: Moodle, web_services: WebServices, level: str) -> None:
    """Find the rating, the tutor's name and the link on the learner's own page in Moodle."""
    competency = web_services.run("competency", COMPETENCIES[0])
    learner = moodle.people.number_of(AMINA)
    page = moodle.people.open(
        AMINA,
        "/admin/tool/lp/user_competency_in_course.php",
        courseid=moodle.course.id,
        competencyid=competency,
        userid=learner,
    )
    main = page.locator("#region-main")
    expect(main.get_by_text(level, exact=True).first).to_be_visible()
    expect(main.get_by_text("Confirmed by Tom Okafor in Miroir").first).to_be_visible()
    expect(main).to_contain_text(f"{moodle.people.site.url}/mod/lti/view.php?l=")
    moodle.album.take_at(page, "blockquote >> nth=0", "companion-rating-in-moodle")


def see_as_learner(moodle: Moodle, module: int) -> None:
    """Find on the learner's own page in Miroir what Moodle was told."""
    page, frame = moodle.course.open_activity(AMINA, module)
    frame.locator("main, nav").get_by_role("link", name="Next").first.click()
    miroir.see(frame, "In Moodle’s competencies")
    miroir.see(frame, "Moodle shows it too")
    place = frame.get_by_text("In Moodle’s competencies")
    place.evaluate("one => one.scrollIntoView({block: 'center'})")
    moodle.album.take(page, "companion-learner")


def read_groups(moodle: Moodle, web_services: WebServices, module: int) -> None:
    """Make a group in Moodle and read it as the educator."""
    web_services.run("group", str(moodle.course.id), "Lyon, autumn", AMINA)
    page, frame = moodle.course.open_activity("nadia", module)
    miroir.open_tab(frame, "Cohorts")
    miroir.press(frame, "Make cohorts from the LMS’s groups")
    miroir.press(frame, "Read the groups from Moodle")
    miroir.see(frame, "Lyon, autumn")
    miroir.see(frame, "1 learner")
    moodle.album.take(page, "companion-groups")


def faults_are_named(moodle: Moodle, web_services: WebServices) -> None:
    """Take away what the companion needs, piece by piece; its self-test names each."""
    assert self_test(moodle).count("ok:") == 5
    for what, mended, named in (
        (("set", "rest", "0"), ("set", "rest", "1"), "REST protocol"),
        (("set", "services", "0"), ("set", "services", "1"), "Enable web services"),
        (("set", "service", "0"), ("set", "service", "1"), "the service is disabled"),
        (("set", "suspended", "1"), ("set", "suspended", "0"), "suspended"),
        (("set", "ip", "10.1.1.1"), ("set", "ip", ""), "other IP addresses"),
        (("set", "maintenance", "1"), ("set", "maintenance", "0"), "maintenance"),
        (("set", "competencies", "0"), ("set", "competencies", "1"), "Competencies are off"),
        (("function", GRADE, "0"), ("function", GRADE, "1"), GRADE),
        (("function", MEMBERS, "0"), ("function", MEMBERS, "1"), MEMBERS),
        *(
            (("capability", name, "0"), ("capability", name, "1"), name)
            for name in (*CAPABILITIES, *FOR_GROUPS_TOO)
            if name not in EVERYBODYS
        ),
        (("set", "expired", "1"), ("set", "expired", "0"), "The token had expired"),
    ):
        with web_services.fault(*what, mended=mended):
            text = self_test(moodle)
            assert "failed:" in text and named in text, (what, text)
