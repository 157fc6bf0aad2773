"""What stands around every page of a learner: the rail, the checklist, the score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from lti_tool.i18n import day, number, zone
from lti_tool.i18n import gettext as _
from lti_tool.rules.completion import PHASE_OF, Item, ItemKey, ItemState
from lti_tool.rules.vocabulary import Phase, WorkState
from lti_tool.services.engine.wording import (
    given_arithmetic,
    item_text,
    points,
    received_arithmetic,
    term_label,
    term_share,
)
from lti_tool.services.learner.my_work import WorkLine
from lti_tool.services.learner.standing import Standing
from lti_tool.views.render import page as render

PAGES = {
    ItemKey.RATED_BEFORE: "learner.now",
    ItemKey.REFLECTION: "learner.now",
    ItemKey.RESPONSES_GIVEN: "learner.new",
    ItemKey.RESPONSES_RECEIVED: "learner.received",
    ItemKey.HELPFULNESS: "learner.received",
    ItemKey.NEXT_STEP: "learner.next_step",
    ItemKey.RATED_AFTER: "learner.next_step",
}
"""Where each line of the checklist is done."""
READABLE = (
    "learner/submission.html",
    "learner/received.html",
    "learner/evidence.html",
    "learner/looking_back.html",
)
"""What stays there when the activity is archived: to read, and what one's next step came to."""
PHASES = {
    ItemKey.RATED_BEFORE: Phase.NOW,
    ItemKey.REFLECTION: Phase.NOW,
    ItemKey.RESPONSES_GIVEN: Phase.NEW,
    ItemKey.RESPONSES_RECEIVED: Phase.NEW,
    ItemKey.HELPFULNESS: Phase.NEW,
    ItemKey.NEXT_STEP: Phase.NEXT,
    ItemKey.RATED_AFTER: Phase.NEXT,
    ItemKey.CONFIRMATION: Phase.NEXT,
}
"""The phase that each line belongs to."""


def show(template: str, page: Any, current: Phase | None = None, **context: Any) -> str:
    """Render a learner's page with its frame; before the activity opens, a page that says so.

    ``page`` is a dataclass with a ``standing``; ``current`` is the phase that the page belongs to.
    """
    standing: Standing = page.standing
    if standing.not_open:
        template = "learner/not_open.html"
    elif standing.is_archived and template not in READABLE:
        template = "learner/archived.html"
    return render(template, page=page, **frame(standing, current), **context)


def frame(standing: Standing, current: Phase | None) -> dict[str, Any]:
    """Return what ``learner/base.html`` needs besides its page."""
    return {
        "standing": standing,
        "activity_title": standing.activity.title,
        "activity_id": standing.activity.id,
        "phases": rail(standing, current),
        "checklist_items": checklist(standing),
        "score_terms": score_terms(standing),
        "score_points": points(standing.progress.score),
        "score_earned": points(standing.progress.earned),
        "action": next_action(standing),
        "day_of": day_of,
        "current_phase": current.value if current else "now",
    }


def rail(standing: Standing, current: Phase | None) -> list[dict[str, Any]]:
    """Return the three phases, as the rail of the page shows them."""
    activity, done = standing.activity, _phases_done(standing)
    due = {
        Phase.NOW: activity.now_due_at,
        Phase.NEW: activity.new_due_at,
        Phase.NEXT: activity.next_due_at,
    }
    pages = {Phase.NOW: "learner.now", Phase.NEW: "learner.new", Phase.NEXT: "learner.next_step"}
    return [
        {
            "key": phase.value,
            "state": "current" if phase is current else _phase_state(standing, phase, done),
            "note": _phase_state(standing, phase, done),
            "closes": due[phase],
            "is_own": phase in standing.own_dates,
            "url": url_for(pages[phase], activity_id=activity.id),
        }
        for phase in Phase
    ]


def checklist(standing: Standing) -> list[dict[str, Any]]:
    """Return the lines of the checklist in words, each with the page where it is done."""
    return [_line(standing, item) for item in standing.progress.items]


def score_terms(standing: Standing) -> list[dict[str, Any]]:
    """Return the terms of the score in words."""
    return [
        {
            "label": term_label(term),
            "weight": number(term.weight),
            "share_text": term_share(term),
            "points": points(term.points),
        }
        for term in standing.progress.terms
        if term.weight
    ]


def next_action(standing: Standing) -> dict[str, str] | None:
    """Return the one thing to do next: its words, the button's words and its page."""
    item = standing.progress.next_item
    if item is None:
        return None
    return {
        "text": item_text(item),
        "why": _why(standing, item),
        "action": _action(standing, item),
        "url": url_for(PAGES[item.key], activity_id=standing.activity.id),
    }


@dataclass(frozen=True, slots=True)
class Overall:
    """Where an activity stands in the list of all of them: a pill, what is left, by when."""

    pill: str
    label: str
    text: str
    by: str


def overall(line: WorkLine) -> Overall:
    """Return in words where a learner is in one of their activities."""
    items = line.progress.items
    done = sum(item.state is ItemState.DONE for item in items)
    count = _("%(done)s of %(total)s done", done=number(done), total=number(len(items)))
    if line.progress.complete:
        return Overall("done", _("Complete"), "", "")
    following = line.progress.next_item
    if following is None:
        return Overall("waiting", count, _("What is left waits for somebody else."), "")
    due = line.dates.of(PHASES[following.key])
    by = _("Due %(date)s.", date=day_of(due)) if due else ""
    return Overall("open", count, _("Next: %(step)s.", step=item_text(following)), by)


def day_of(moment: datetime) -> str:
    """Return the day of a moment where the reader is."""
    return day(moment.astimezone(zone()).date())


def _phases_done(standing: Standing) -> set[Phase]:
    open_items = {item.key for item in standing.progress.items if item.state is not ItemState.DONE}
    parts = {
        Phase.NOW: {ItemKey.RATED_BEFORE, ItemKey.REFLECTION},
        Phase.NEW: {ItemKey.RESPONSES_GIVEN, ItemKey.RESPONSES_RECEIVED, ItemKey.HELPFULNESS},
        Phase.NEXT: {ItemKey.NEXT_STEP, ItemKey.RATED_AFTER},
    }
    return {phase for phase, keys in parts.items() if not keys & open_items}


def _phase_state(standing: Standing, phase: Phase, done: set[Phase]) -> str:
    if phase is not Phase.NOW and not standing.new_is_open:
        return "later"
    if phase in done:
        return "done"
    return "over" if phase in standing.closed else "open"


def _line(standing: Standing, item: Item) -> dict[str, Any]:
    reachable = item.key in PAGES and (
        standing.new_is_open or item.key in (ItemKey.RATED_BEFORE, ItemKey.REFLECTION)
    )
    line = {"text": item_text(item), "state": item.state.value, "why": _why(standing, item)}
    if reachable and item.state is not ItemState.NEXT:
        line["url"] = url_for(PAGES[item.key], activity_id=standing.activity.id)
    return line


def _action(standing: Standing, item: Item) -> str:
    """Return the words of the button that leads to ``item``."""
    if item.key is ItemKey.REFLECTION and standing.reflection is WorkState.RETURNED:
        return _("Change your reflection")
    if item.key is ItemKey.REFLECTION and standing.reflection is WorkState.DRAFT:
        return _("Go on writing")
    return {
        ItemKey.RATED_BEFORE: _("Begin"),
        ItemKey.REFLECTION: _("Write your reflection"),
        ItemKey.RESPONSES_GIVEN: _("Answer a peer"),
        ItemKey.HELPFULNESS: _("Read what came in"),
        ItemKey.NEXT_STEP: _("Choose your next step"),
        ItemKey.RATED_AFTER: _("Rate yourself again"),
    }.get(item.key, _("Do this now"))


def _why(standing: Standing, item: Item) -> str:
    """Return what a line waits for, how far it is, or by which rule less is asked."""
    phase = PHASE_OF.get(item.key)
    if phase in standing.closed and item.state is ItemState.WAITING:
        return _("Your date for this is over. Your tutor can give you more time.")
    so_far = _("%(done)s of %(of)s so far.", done=number(item.done), of=number(item.of))
    if item.key is ItemKey.REFLECTION:
        return _why_reflection(standing, item)
    if item.key is ItemKey.RESPONSES_GIVEN:
        return _why_given(standing, item, so_far)
    if item.key is ItemKey.RESPONSES_RECEIVED:
        return _why_received(standing, item, so_far)
    if item.key is ItemKey.HELPFULNESS and item.state is ItemState.WAITING:
        return _("As soon as responses have come in.")
    if item.key is ItemKey.HELPFULNESS and item.state is not ItemState.DONE and item.of:
        return so_far
    if item.key is ItemKey.CONFIRMATION and item.state is ItemState.WAITING:
        return _("Your tutor reads your work and confirms them; you need do nothing.")
    return ""


def _why_reflection(standing: Standing, item: Item) -> str:
    if standing.reflection is WorkState.RETURNED:
        return _("Your tutor asks for a change, and says which.")
    if item.state is not ItemState.WAITING:
        return ""
    if standing.reflection is WorkState.WITHHELD:
        return _("Your tutor has taken it out. You see why, and you can appeal.")
    if standing.can_take_back:
        return _("You can still take it back; then your tutor reads it.")
    return _("Your tutor reads it before your peers do.")


def _why_given(standing: Standing, item: Item, so_far: str) -> str:
    shrunk = given_arithmetic(standing.progress.to_give)
    if shrunk:
        return shrunk
    if item.state is ItemState.DONE:
        return ""
    if item.state is not ItemState.WAITING:
        return so_far if item.done else ""
    if standing.waits_until is None:
        return _("Nobody’s reflection is there to answer yet.")
    return _(
        "Nobody’s reflection is there to answer yet. From %(date)s on, as many as there are will"
        " be enough.",
        date=day_of(standing.waits_until),
    )


def _why_received(standing: Standing, item: Item, so_far: str) -> str:
    shrunk = received_arithmetic(standing.progress.to_receive)
    if shrunk:
        return shrunk
    if item.state is not ItemState.WAITING:
        return ""
    if standing.waits_until is None:
        return so_far
    return _(
        "%(so_far)s From %(date)s on you need not wait for more.",
        so_far=so_far,
        date=day_of(standing.waits_until),
    )
