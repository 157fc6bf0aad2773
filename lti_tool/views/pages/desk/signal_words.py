"""What the tutor's list says in plain words: why somebody stands on it, and what was done."""

from __future__ import annotations

from lti_tool.i18n import gettext as _
from lti_tool.rules.clocks import ExtensionScope
from lti_tool.rules.interventions import InterventionAct, InterventionKind
from lti_tool.rules.signals import SignalKind

GLYPHS = {
    SignalKind.HARSH: "flag",
    SignalKind.UNANSWERED: "chat-quote",
    SignalKind.HELD: "clipboard-check",
    SignalKind.LATE: "calendar-event",
    SignalKind.SILENT: "clock",
    SignalKind.NOT_STARTED: "circle",
    SignalKind.SITTING: "hourglass-split",
    SignalKind.DROPPED: "arrow-down",
    SignalKind.NO_NEXT_STEP: "signpost-2",
    SignalKind.SHORT_DRAFT: "pencil",
}
"""The icon beside each reason."""


def reason(kind: SignalKind) -> str:
    """Return why somebody stands on the list."""
    return {
        SignalKind.HARSH: _("A response they received has words that may hurt"),
        SignalKind.UNANSWERED: _("Their reflection has had no response"),
        SignalKind.HELD: _("Their reflection waits for your decision"),
        SignalKind.LATE: _("A date of theirs has passed"),
        SignalKind.SILENT: _("Silent, with something left to do"),
        SignalKind.NOT_STARTED: _("Has not opened the activity"),
        SignalKind.SITTING: _("Began a response and has not finished it"),
        SignalKind.DROPPED: _("Rates themselves lower than before"),
        SignalKind.NO_NEXT_STEP: _("Has given all responses, and no next step"),
        SignalKind.SHORT_DRAFT: _("A very short draft, left alone"),
    }[kind]


def heading(kind: SignalKind) -> str:
    """Return the name of a reason above the list of those it holds for."""
    return {
        SignalKind.HARSH: _("Words to look at"),
        SignalKind.UNANSWERED: _("Unanswered"),
        SignalKind.HELD: _("Waits for you"),
        SignalKind.LATE: _("Late"),
        SignalKind.SILENT: _("Silent"),
        SignalKind.NOT_STARTED: _("Not started"),
        SignalKind.SITTING: _("Unfinished response"),
        SignalKind.DROPPED: _("Rating fell"),
        SignalKind.NO_NEXT_STEP: _("No next step"),
        SignalKind.SHORT_DRAFT: _("Short draft"),
    }[kind]


def act(value: InterventionAct) -> str:
    """Return what was done for somebody."""
    return {
        InterventionAct.ANSWERED: _("Answered their reflection"),
        InterventionAct.NUDGED: _("Sent a reminder"),
        InterventionAct.EXTENDED: _("Gave more time"),
        InterventionAct.EXTENSION_UNDONE: _("Took more time back"),
        InterventionAct.FREED: _("Gave the reflection they sat on to others"),
        InterventionAct.NOTED: _("Noted"),
        InterventionAct.COMPLETED: _("Counted it as complete"),
        InterventionAct.COMPLETION_UNDONE: _("Took back that it counts as complete"),
    }[value]


def plane(value: InterventionKind) -> str:
    """Return the name of a plane of support."""
    return {
        InterventionKind.COGNITIVE: _("About the subject"),
        InterventionKind.SOCIO_AFFECTIVE: _("About how they feel, and the group"),
        InterventionKind.MOTIVATIONAL: _("About going on"),
        InterventionKind.METACOGNITIVE: _("About how they learn"),
    }[value]


def planes() -> list[tuple[str, str]]:
    """Return the planes of support to choose from."""
    return [(kind.value, plane(kind)) for kind in InterventionKind]


def scope(value: ExtensionScope, cohort: str = "") -> str:
    """Return how those were chosen who have more time."""
    return {
        ExtensionScope.CHOSEN: _("Chosen learners"),
        ExtensionScope.NOT_HANDED_IN: _("All who had not handed in"),
        ExtensionScope.NOT_COMPLETE: _("All who were not complete"),
        ExtensionScope.COHORT: _("Cohort %(name)s", name=cohort or "–"),
    }[value]
