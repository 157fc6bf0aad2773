"""The course of the demo: an educator places an activity, three learners and a tutor go ahead.

All of it over HTTP, through the pages that everybody uses; nothing is written past them.
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.sandbox.walker import Form, Page, Walker

EDUCATOR, TUTOR = "claire", "daniel"
TITLE = "Now – New – Next: what my library needs from me"
COMPETENCIES = 2
MIN_WORDS = 5
TARGET_PLACE = 2


@dataclass(frozen=True, slots=True)
class Voice:
    """A learner who has gone ahead: who, which need, and what they write."""

    who: str
    need: str
    answers: tuple[str, str, str]
    """What they do today, what they have met, what they would like to change."""


VOICES = (
    Voice(
        "benoit",
        "Animer des ateliers en ligne où l’on ne se contente pas de regarder.",
        (
            "Dans mes ateliers à distance, je parle trop et j’écoute trop peu. Depuis le passage en"
            " ligne, vingt personnes se connectent, trois prennent la parole, et je ne sais jamais"
            " ce que les autres emportent avec eux.",
            "La semaine dernière, une lectrice m’a écrit après la séance : elle avait une question,"
            " mais n’a pas osé la poser devant tout le monde. C’est là que j’ai compris que le"
            " silence n’était pas de l’accord.",
            "Je voudrais apprendre à préparer des moments où chacun écrit d’abord pour soi, puis"
            " échange à deux, avant de parler devant le groupe.",
        ),
    ),
    Voice(
        "youssef",
        "أن أساعد الباحثين في بلدي على تقييم المصادر المفتوحة.",
        (
            "أعمل في مكتبة جامعية صغيرة، ويطلب مني الطلاب كل أسبوع مصادر موثوقة باللغة العربية."
            " أبحث معهم، لكنني غالباً أعطيهم الجواب بدل أن أعلّمهم كيف يجدونه بأنفسهم.",
            "في الشهر الماضي جلست مع طالبة دكتوراه، ولم أعطها قائمة، بل سألتها كيف تعرف أن المقال"
            " جيد. كان الحديث أطول، لكنها عادت في اليوم التالي بثلاثة مصادر اختارتها بنفسها.",
            "أريد أن أجعل من هذا الحوار دليلاً قصيراً يستعمله زملائي أيضاً.",
        ),
    ),
    Voice(
        "imogen",
        "To stop collecting random webinars and learn what my town’s readers need.",
        (
            "I run a branch library with two colleagues. In the last year I signed up for eleven"
            " webinars and finished four. None of them changed what happens at our desk, because"
            " I never asked which of our readers’ needs they would serve.",
            "A father asked me how to tell whether a health site can be trusted. I had attended a"
            " webinar on exactly that, and could not explain it in plain words.",
            "I want to pick one need per season, learn for that, and try it at the desk within the"
            " same month.",
        ),
    ),
)


def fill_course(lms_url: str, registration_link: str) -> None:
    """Register the tool, place one activity, let the voices reflect and the tutor release one.

    Raises ``WalkError`` with the page that did not have what the walk needed.
    """
    walker = Walker(lms_url)
    tool = walker.register(registration_link)
    place_activity(walker, tool["client_id"])
    link_id = walker.links()[-1]["id"]
    for voice in VOICES:
        reflect(walker, link_id, voice)
    release(walker, link_id, how_many=len(VOICES) - 1)


def place_activity(walker: Walker, client_id: str) -> None:
    """Make an activity in the deep linking window and place it in the course."""
    walker.be(EDUCATOR)
    page = walker.open_deep_linking(client_id)
    form = page.form("title", "competencies")
    values = {
        "title": TITLE,
        "competencies": form.choices["competencies"][:COMPETENCIES],
        "reflection_moderation": "before",
        "responses_required": 1,
        "do": "save",
        # A visitor should not have to write a page before anything happens.
        **{name: MIN_WORDS for name in form.names if name.endswith("min_words")},
    }
    walker.finish_deep_linking(walker.submit(page, form, values))


def reflect(walker: Walker, link_id: str, voice: Voice) -> None:
    """Rate oneself, write, hand in, and end the time for taking it back."""
    walker.be(voice.who)
    page = walker.get(walker.launch(link_id).link(part="/now"))
    start = page.form("need")
    page = walker.submit(page, start, {"need": voice.need, **levels(start)})
    form = next(form for form in page.forms if answer_fields(form))
    practice, encounter, *_feelings, change = answer_fields(form)
    texts = zip((practice, encounter, change), voice.answers, strict=True)
    page = walker.submit(page, form, dict(texts))
    walker.submit(page, page.form(action="send-now"))


def levels(form: Form) -> dict[str, str]:
    """Choose a low level now and a higher one as the target, for every competency."""
    chosen = {}
    for name, values in form.choices.items():
        options = [value for value in values if value]
        if name.startswith("level-"):
            chosen[name] = options[min(1, len(options) - 1)]
        elif name.startswith("target-"):
            chosen[name] = options[min(TARGET_PLACE, len(options) - 1)]
    return chosen


def answer_fields(form: Form) -> list[str]:
    """Return the names of the fields that hold answers, in the order of the prompts."""
    return [name for name, _value in form.fields if _is_answer(name)]


def _is_answer(name: str) -> bool:
    return name.startswith("answer-") and not name.endswith("-format")


def release(walker: Walker, link_id: str, how_many: int) -> None:
    """Release the oldest reflections that wait, as the tutor; one is left for the visitor."""
    walker.be(TUTOR)
    today: Page = walker.launch(link_id)
    page = walker.get(today.url.partition("/today")[0] + "/desk")
    for _ in range(how_many):
        form = page.form("expected", action="/desk/reflection/")
        page = walker.submit(page, form, {"step": "release"})
