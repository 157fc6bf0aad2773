"""The steps of a whole activity, each by the person who does it."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.browser.people import Course, Somebody

WORDS = {
    "en": "I answer at the desk what I am asked and rarely ask back what the person needs it for. ",
    "fr": "Je réponds à ce que l’on me demande, et je demande rarement à quoi cela doit servir. ",
    "ar": "أجيب عمّا يُطلب مني في المكتبة، ونادراً ما أسأل عن الغرض الذي يحتاج الشخص إليه من أجله. ",
}


def register(course: Course, page: Page, link: str) -> None:
    """Add the tool to the LMS by its registration link, as an administrator, and activate it."""
    page.goto(f"{course.pair.sandbox_url}/admin")
    page.fill("input[name=link]", link)
    page.click("text=Add the tool")
    frame = page.frame_locator("iframe")
    frame.locator("form[action*='/lti/register/'] button").click()
    page.wait_for_url("**/admin")
    page.click("button[value=activate]")


def place(educator: Somebody, title: str) -> str:
    """Make an activity in the deep linking window and place it; return the link's id."""
    educator.lms("/course/2")
    educator.page.click("a:has-text('Add an activity with')")
    frame = educator.in_tool("/studio/choose")
    educator.look("new-activity")
    frame.fill("[name=title]", title)
    for number in range(2):
        box = frame.locator("input[name=competencies]").nth(number)
        box.evaluate("box => box.closest('details')?.setAttribute('open', '')")
        box.check()
    _choose(educator, "reflection_moderation", "before")
    frame.locator("[name=responses_required]").evaluate("field => field.value = 1")
    frame.click("button.btn-primary[name=do][value=save]")
    educator.page.wait_for_url("**/course/2*")
    return str(educator.pair.walker.links()[-1]["id"])


def _choose(educator: Somebody, name: str, value: str) -> None:
    option = educator.frame.locator(f"input[name={name}][value={value}]")
    option.evaluate("box => box.closest('details')?.setAttribute('open', '')")
    option.check()


def start(learner: Somebody, link_id: str, language: str) -> None:
    """Rate oneself and write, without handing it in."""
    learner.open(link_id)
    learner.look("overview")
    learner.go("/now")
    learner.look("before")
    learner.frame.fill("[name=need]", WORDS[language])
    learner.choose_levels(1)
    for select in learner.frame.locator("select[name^='target-']").all():
        select.select_option(index=3)
    learner.press("/now/start", then="/now")
    learner.frame.wait_for_selector("form[data-autosave-url]")
    learner.write([WORDS[language] * 4, WORDS[language] * 4, "", WORDS[language] * 3])
    learner.look("writing")


def reflect(learner: Somebody, link_id: str, language: str) -> None:
    """Rate oneself, write, send, and end the time for taking it back."""
    start(learner, link_id, language)
    learner.press("/now", "button.btn-primary", then="/submission")
    learner.look("sent")
    learner.press("send-now", then="/submission")


def share_all(tutor: Somebody, link_id: str, how_many: int) -> None:
    """Share what waits, one after the other, without going back."""
    tutor.open(link_id)
    tutor.look("today")
    tutor.go("/desk")
    for _ in range(how_many):
        tutor.look("queue")
        tutor.press("/desk/reflection/", "button[value=release]", then="decided=")
    tutor.look("queue-empty")


def respond(learner: Somebody, link_id: str, language: str) -> None:
    """Be given a peer's reflection and respond with structure."""
    learner.open(link_id)
    learner.go("/new")
    learner.look("peers")
    learner.press("/new/ask", then="/new/")
    learner.frame.wait_for_selector("form[data-autosave-url]")
    learner.write([WORDS[language], WORDS[language], WORDS[language]])
    learner.look("responding")
    learner.press("/new/", "button.btn-primary", then="said=responded")
    learner.look("responded")
    learner.press("send-now", then="said=sent_now")


def answer_who_waits(tutor: Somebody, link_id: str, language: str, learners: int) -> None:
    """Respond as the tutor to whom no peer responded."""
    tutor.open(link_id)
    tutor.go("/desk")
    tutor.go("list=unanswered")
    tutor.look("unanswered")
    for number in range(learners):
        open_learner(tutor, link_id, number)
        if tutor.frame.locator("#respond details[open]").count():
            tutor.write([WORDS[language], WORDS[language], WORDS[language]])
            tutor.look("answering")
            tutor.activate("#respond form > .actions button[type=submit]")
            tutor.in_tool("said=")


def open_learner(tutor: Somebody, link_id: str, number: int) -> None:
    """Open one learner of the list."""
    tutor.open(link_id)
    tutor.go("/people")
    tutor.frame.locator("tbody th a").nth(number).press("Enter")
    tutor.frame.wait_for_selector("#levels")


def read_and_commit(learner: Somebody, link_id: str, language: str) -> None:
    """Say how helpful it was, commit to a next step, rate oneself again."""
    learner.open(link_id)
    learner.go("/received")
    learner.look("received")
    unrated = learner.frame.locator("form.tell").count()
    assert unrated > 0, f"{learner.who} received nothing"
    for left in reversed(range(unrated)):
        learner.frame.locator("input[name=helpfulness][value='4']").first.check()
        learner.press("/received/", "button.btn-primary")
        expect(learner.frame.locator("form.tell")).to_have_count(left)
    learner.go("/next")
    learner.look("next-step")
    learner.frame.fill("[name=action]", WORDS[language])
    learner.frame.fill("[name=by_date]", (date.today() + timedelta(days=30)).isoformat())  # noqa: DTZ011
    learner.press("/next", "button.btn-primary", then="/next")
    learner.frame.wait_for_selector("input[name^='level-']")
    learner.choose_levels(2)
    learner.look("rate-again")
    learner.activate("form:has(input[name=rating]) button.btn-primary")
    learner.frame.wait_for_selector("#changed")
    learner.look("changed")


def confirm_all(tutor: Somebody, link_id: str) -> None:
    """Confirm the third level of each competency for all who have chosen a next step."""
    tutor.open(link_id)
    tutor.go("/people")
    for number in range(tutor.frame.locator("tbody th a").count()):
        open_learner(tutor, link_id, number)
        if tutor.frame.locator("[aria-labelledby=next-title] p.prose").count():
            confirm(tutor)


def confirm(tutor: Somebody) -> None:
    """Confirm the third level of each competency for the learner who is shown."""
    tutor.look("person")
    tutor.choose_levels(3, prefix="levels.")
    tutor.activate("#levels button.btn-primary")
    tutor.frame.wait_for_selector(".notice-done, .ratings")
