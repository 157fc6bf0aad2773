"""One decision on several works: picking, a preview, taking it, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import InvalidInput
from lti_tool.schemas.moderation import BulkForm
from lti_tool.services.desk.bulk import STEPS, Picked
from lti_tool.services.desk.queue import WorkKind
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import cohorts_filter
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.deciding import listed, place
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

SEVERAL = "/activities/<uuid:activity_id>/desk/several"


@bp.get(SEVERAL)
@allow(*staff)
def several(activity_id: uuid.UUID) -> str:
    """Show one page of a list with a box to tick beside each work."""
    activity = services().activities.get(viewer(), activity_id)
    return page(
        "desk/several.html",
        activity=activity,
        activity_title=activity.title,
        page=listed(activity_id),
        steps=STEPS,
        place=place(),
        cohort_filter=cohorts_filter.offered(),
    )


@bp.post(SEVERAL)
@allow(*staff)
@form_page(several)
def preview_several(activity_id: uuid.UUID) -> Response | str:
    """Show what the decision would do to each, before it is taken."""
    services().activities.get(viewer(), activity_id)
    form = read_form(BulkForm)
    picked = [pair for pair, _expected in _picked(form["picked"])]
    if not picked:
        return see_other("desk.several", notice="none_picked", activity_id=activity_id, **place())
    return _preview(activity_id, picked, form)


@bp.post(f"{SEVERAL}/take")
@allow(*staff)
def decide_several(activity_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take the decision on all that stand as they were shown."""
    form = read_form(BulkForm)
    picked = _picked(form["picked"])
    try:
        done = services().moderation.decide_many(
            viewer(), activity_id, picked, form["step"], form["reason"]
        )
    except InvalidInput as error:
        pairs = [pair for pair, _expected in picked]
        return _preview(activity_id, pairs, form, error.fields), 422
    where = {**place(), **({"left": str(len(done.left))} if done.left else {})}
    return see_other("desk.queue", activity_id=activity_id, many=done.id, **where)


@bp.post(f"{SEVERAL}/<uuid:batch_id>/undo")
@allow(*staff)
def undo_several(activity_id: uuid.UUID, batch_id: uuid.UUID) -> Response:
    """Take a bulk decision back."""
    _undone, stayed = services().moderation.undo_many(viewer(), activity_id, batch_id)
    notice = "some_undone" if stayed else "many_undone"
    return see_other("desk.queue", notice=notice, activity_id=activity_id, **place())


def _preview(
    activity_id: uuid.UUID,
    picked: list[Picked],
    form: dict[str, object],
    errors: dict[str, list[str]] | None = None,
) -> str:
    activity = services().activities.get(viewer(), activity_id)
    step = next(one for one in STEPS if one == form["step"]) if form["step"] in STEPS else STEPS[0]
    lines = services().moderation.preview_many(viewer(), activity_id, picked, step)
    return page(
        "desk/several_preview.html",
        activity=activity,
        activity_title=activity.title,
        lines=lines,
        step=step,
        reason=form["reason"],
        errors=errors or {},
        place=place(),
        picked_before=request.form.getlist("picked"),
    )


def _picked(names: Iterable[str]) -> list[tuple[Picked, str]]:
    """Return the works that boxes name, each with how it stood; what is no name is left out."""
    found: list[tuple[Picked, str]] = []
    for name in names:
        kind, _colon, rest = name.partition(":")
        work_id, _colon, expected = rest.partition(":")
        try:
            found.append(((WorkKind(kind), uuid.UUID(work_id)), expected))
        except ValueError:
            continue
    return found
