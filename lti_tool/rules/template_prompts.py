"""The prompts of the templates, in the product's own wording (domain research: 4.1).

Texts are marked here and translated when they are read, so that each reader gets their language.
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool import i18n
from lti_tool.rules.vocabulary import Audience, Phase

BLANK = "blank"


def N_(message: str) -> str:  # noqa: N802  (the name by which texts to translate are found)
    """Mark a text to be translated later."""
    return message


@dataclass(frozen=True, slots=True)
class PromptPattern:
    """A prompt of a template; ``text()`` and ``help()`` are in the language in force."""

    key: str
    question: str
    guidance: str
    min_words: int = 0
    max_words: int | None = None
    required: bool = True
    audience: Audience = Audience.COHORT
    phase: Phase = Phase.NOW

    def text(self) -> str:
        """Return the question."""
        return i18n.gettext(self.question)

    def help(self) -> str:
        """Return what stands below the question."""
        return i18n.gettext(self.guidance)


def _feelings(key: str, question: str, guidance: str) -> PromptPattern:
    """Return a prompt about feelings: nobody has to answer it, and peers do not read it."""
    return PromptPattern(key, question, guidance, required=False, audience=Audience.TUTOR)


_NOW_NEW_NEXT = (
    PromptPattern(
        "now_new_next.practice",
        N_("Now: what do you do today?"),
        N_(
            "Choose one real situation from your work. What did you do, and why in that way?"
            " Leave out the names of users and colleagues."
        ),
        min_words=40,
    ),
    PromptPattern(
        "now_new_next.encounter",
        N_("New: what have you met that confirms it, shakes it or adds to it?"),
        N_(
            "A course, something you read, a colleague's way of working. Whom did it come"
            " from, and how does it differ from what you do?"
        ),
        min_words=40,
    ),
    _feelings(
        "now_new_next.feelings",
        N_("How does that make you feel?"),
        N_("What encourages you, what worries you, what you would rather not try."),
    ),
    PromptPattern(
        "now_new_next.change",
        N_("Next: what would you like to do differently?"),
        N_(
            "Say what stands in the way, and what you would like your peers to think about"
            " with you."
        ),
        min_words=25,
    ),
)

_WHAT = (
    PromptPattern(
        "what.happened",
        N_("What happened?"),
        N_("Tell it as a witness would: who did what, and how it ended. Leave out names."),
        min_words=30,
    ),
    PromptPattern(
        "what.meaning",
        N_("So what does it mean for your work?"),
        N_("What surprised you? What did you take for granted before, and how do you see it now?"),
        min_words=40,
    ),
    PromptPattern(
        "what.act",
        N_("Now what will you try?"),
        N_("One thing that you can do within a month, and how you will notice that it works."),
        min_words=25,
    ),
)

_GIBBS = (
    PromptPattern(
        "gibbs.description",
        N_("Which incident do you think of, and what happened?"),
        N_("The facts only: where, when, who took part, what you did. Leave out names."),
        min_words=40,
    ),
    _feelings(
        "gibbs.feelings",
        N_("What did you feel and think at that moment?"),
        N_("And afterwards: has it changed since?"),
    ),
    PromptPattern(
        "gibbs.evaluation",
        N_("What went well, and what did not?"),
        N_("For you, and for the others who were there."),
        min_words=25,
    ),
    PromptPattern(
        "gibbs.analysis",
        N_("Why did it go that way?"),
        N_("What helped, what was in the way? Does something that you read or learned explain it?"),
        min_words=40,
    ),
    PromptPattern(
        "gibbs.conclusion",
        N_("What have you learned from it?"),
        N_("What else could you have done, and what would you have needed for that?"),
        min_words=25,
    ),
    PromptPattern(
        "gibbs.plan",
        N_("What will you do when it happens again?"),
        N_("And what will you practise or find out until then?"),
        min_words=20,
    ),
)

_KOLB = (
    PromptPattern(
        "kolb.experience",
        N_("What did you do?"),
        N_("Choose something that you did more than once in these weeks, and tell one time of it."),
        min_words=30,
    ),
    PromptPattern(
        "kolb.observation",
        N_("What did you notice when you looked back?"),
        N_(
            "What repeated itself, what was different from what you expected, who saw it otherwise?"
        ),
        min_words=40,
    ),
    PromptPattern(
        "kolb.concept",
        N_("Which idea or rule do you draw from it?"),
        N_("Put it so that a colleague could use it. Where do you think that it does not hold?"),
        min_words=25,
    ),
    PromptPattern(
        "kolb.trial",
        N_("How will you put this idea to the test?"),
        N_("Where, with whom, and what would show you that it is wrong?"),
        min_words=25,
    ),
)

_DEAL = (
    PromptPattern(
        "deal.describe",
        N_("Describe: what was the situation?"),
        N_("Where and when, who was there, what you did and said. Leave out names."),
        min_words=40,
    ),
    PromptPattern(
        "deal.person",
        N_("Examine: what does it show about you?"),
        N_("A strength that you used, a habit that you met, a value that was at stake."),
        min_words=25,
        audience=Audience.TUTOR,
    ),
    PromptPattern(
        "deal.profession",
        N_("Examine: what does it show about the profession?"),
        N_("Which knowledge, standard or competency was needed, and for whose good?"),
        min_words=40,
    ),
    PromptPattern(
        "deal.learning",
        N_("Articulate: what have you learned?"),
        N_("What is it, how did you come to it, why does it matter, and what will you do with it?"),
        min_words=40,
    ),
)

_FOUR_R = (
    PromptPattern(
        "four_r.report",
        N_("Report: what happened?"),
        N_("Only what is needed to understand the rest. Leave out names."),
        min_words=30,
    ),
    _feelings(
        "four_r.respond",
        N_("Respond: how did it touch you?"),
        N_("Your first reaction, also one that you did not show."),
    ),
    PromptPattern(
        "four_r.relate",
        N_("Relate: what does it remind you of?"),
        N_("Something that you lived, saw or were taught. What is alike, and what is not?"),
        min_words=30,
    ),
    PromptPattern(
        "four_r.reason",
        N_("Reason: how do you explain it?"),
        N_("Which causes, whose points of view, which knowledge from outside?"),
        min_words=40,
    ),
    PromptPattern(
        "four_r.reconstruct",
        N_("Reconstruct: what will you change?"),
        N_("What would you try, what might come of it, and what would you do if it did not work?"),
        min_words=30,
    ),
)

PATTERNS: dict[str, tuple[PromptPattern, ...]] = {
    "now_new_next": _NOW_NEW_NEXT,
    "what": _WHAT,
    "gibbs": _GIBBS,
    "kolb": _KOLB,
    "deal": _DEAL,
    "four_r": _FOUR_R,
    BLANK: (),
}
"""The prompts of each template, by its key."""
