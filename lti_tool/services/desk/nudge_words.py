"""What a reminder says unless its tutor says it otherwise, by the reason for it."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool import i18n
from lti_tool.i18n import gettext as _
from lti_tool.rules.signals import SignalKind


@dataclass(frozen=True, slots=True)
class NudgeText:
    """Subject and words of a reminder, with placeholders (``rules.placeholders``)."""

    subject: str
    body: str


def suggested(reason: SignalKind | None, locale: str) -> NudgeText:
    """Return what to write for a reason in a language; without one, something for any case."""
    with i18n.use(locale):
        subject, middle = _texts(reason)
        # In the words of one person to another: greeting, what it is about, who writes.
        return NudgeText(subject, "\n\n".join((_("Hello {name},"), middle, "{tutor}")))


def _texts(reason: SignalKind | None) -> tuple[str, str]:
    usual = (
        _("A reminder: {activity}"),
        _(
            "There is something left for you to do in “{activity}”. The first page shows what"
            " comes next. If something is in your way, write to me."
        ),
    )
    if reason is None:
        return usual
    return (_about_beginning() | _about_going_on()).get(reason, usual)


def _about_beginning() -> dict[SignalKind, tuple[str, str]]:
    return {
        SignalKind.NOT_STARTED: (
            _("“{activity}” is open"),
            _(
                "“{activity}” has begun, and you have not been there yet. It starts with a few"
                " minutes: what you need, and where you stand. The others look forward to reading"
                " you."
            ),
        ),
        SignalKind.SHORT_DRAFT: (
            _("Your draft in “{activity}”"),
            _(
                "You have begun to write in “{activity}”, and your draft is kept. It need not be"
                " perfect: one real situation from your work is a good start. If you do not know"
                " how to go on, ask me."
            ),
        ),
        SignalKind.LATE: (
            _("A date has passed in “{activity}”"),
            _(
                "A date has passed in “{activity}”, and something of yours is open. It is still"
                " worth doing, and peers count on it. If you need more time, tell me."
            ),
        ),
    }


def _about_going_on() -> dict[SignalKind, tuple[str, str]]:
    return {
        SignalKind.SILENT: (
            _("How are you getting on with “{activity}”?"),
            _(
                "It has been quiet around you in “{activity}” for a while. Your next step there is"
                " small; the first page shows it. If something is in your way, tell me."
            ),
        ),
        SignalKind.SITTING: (
            _("Somebody waits for your response"),
            _(
                "In “{activity}” you have begun to answer somebody, and they wait for it. A few"
                " lines on what speaks to you and one question are enough."
            ),
        ),
        SignalKind.DROPPED: (
            _("Where you stand in “{activity}”"),
            _(
                "You see yourself further from your aim now than before. That often means that one"
                " sees more clearly. Your next step is a good place to say what you need for it."
            ),
        ),
        SignalKind.NO_NEXT_STEP: (
            _("Your next step in “{activity}”"),
            _(
                "You have given all your responses in “{activity}”. One thing is left: to choose"
                " what you will do next in your own work, and by when. One small step is enough."
            ),
        ),
    }
