"""Seeing an activity as a learner would: the learner's own pages, one after the other."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.rules.vocabulary import Phase, SessionKind
from lti_tool.services.learner.standing import Standing
from lti_tool.services.studio.previews import Preview
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.frame import frame
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

STEPS = {
    "start": ("learner/start.html", Phase.NOW),
    "now": ("learner/now.html", Phase.NOW),
    "practice": ("learner/practice.html", Phase.NEW),
    "respond": ("learner/respond.html", Phase.NEW),
    "next": ("learner/next.html", Phase.NEXT),
}
"""The pages of the preview, in a learner's order: template and phase."""
FIRST_OF = {Phase.NOW: "start", Phase.NEW: "respond", Phase.NEXT: "next"}


@bp.get("/activities/<uuid:activity_id>/preview")
@allow(*staff)
def preview(activity_id: uuid.UUID) -> str:
    """Show one page of a learner, with the way to the others above it."""
    step = _step()
    template, phase = STEPS[step]
    pages, shown = _pages(activity_id, step)
    return page(
        template,
        preview=True,
        activity=services().activities.get(viewer(), activity_id),
        in_window=viewer().kind is SessionKind.DEEP_LINKING,
        step=step,
        steps=_steps(pages.has_practice),
        page=shown,
        choosing=True,
        conflict={},
        stored={},
        **_frame(shown.standing, phase),
    )


@bp.post("/activities/<uuid:activity_id>/preview")
@allow(*staff)
def go_on(activity_id: uuid.UUID) -> Response:
    """Go on to the next page as a learner would; what was typed is not kept."""
    names = _steps(services().previews.of(viewer(), activity_id).has_practice)
    here = names.index(_step()) if _step() in names else 0
    following = names[min(here + 1, len(names) - 1)]
    return see_other("studio.preview", activity_id=activity_id, step=following)


def _pages(activity_id: uuid.UUID, step: str) -> tuple[Preview, Any]:
    """Return all pages of a learner, and the one of this step; raise NotFound."""
    pages = services().previews.of(viewer(), activity_id)
    shown = getattr(pages, step)
    if shown is None:
        raise NotFound("step")
    return pages, shown


def _steps(has_practice: bool) -> list[str]:
    return [step for step in STEPS if has_practice or step != "practice"]


def _step() -> str:
    step = request.args.get("step", "start")
    if step not in STEPS:
        raise NotFound("step")
    return step


def _frame(standing: Standing, phase: Phase) -> dict[str, Any]:
    """Return the frame of a learner's page, leading nowhere but within the preview."""
    around = frame(standing, phase)
    for line in around["checklist_items"]:
        line.pop("url", None)
    for one in around["phases"]:
        step = FIRST_OF[Phase(one["key"])]
        one["url"] = url_for("studio.preview", activity_id=standing.activity.id, step=step)
    return {**around, "action": None}
