"""The lists of the desk with their reading pane; decisions, and taking them back."""

from __future__ import annotations

import uuid
from typing import Any

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition, NotFound, Stale
from lti_tool.schemas.moderation import DecisionForm
from lti_tool.services.desk.moderation import Decision
from lti_tool.services.desk.queue import Cursor, QueueList, QueuePage, WorkKind
from lti_tool.services.desk.work import WorkView
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import cohorts_filter, desk_help
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page, unsealed
from lti_tool.views.session import services, viewer

WORK = "/activities/<uuid:activity_id>/desk/<any(reflection, response):kind>/<uuid:work_id>"


@bp.get("/activities/<uuid:activity_id>/desk")
@allow(*staff)
def queue(activity_id: uuid.UUID) -> str:
    """Show one list of the desk, its first work open beside it."""
    entries = listed(activity_id)
    opened = None
    if entries.entries:
        first = entries.entries[0]
        opened = services().moderation.open(viewer(), activity_id, first.kind, first.id)
    return _desk(activity_id, entries, opened)


@bp.get(WORK)
@allow(*staff)
def work(activity_id: uuid.UUID, kind: str, work_id: uuid.UUID, conflict: bool = False) -> str:
    """Show one work, with the list it was opened from."""
    opened = services().moderation.open(viewer(), activity_id, WorkKind(kind), work_id)
    return _desk(activity_id, listed(activity_id), opened, reading=True, conflict=conflict)


@bp.post(WORK)
@allow(*staff)
@form_page(work)
def decide(activity_id: uuid.UUID, kind: str, work_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take a decision and go on to the next work; tell who was faster if somebody was."""
    form = read_form(DecisionForm)
    try:
        decision = services().moderation.decide(
            viewer(),
            activity_id,
            WorkKind(kind),
            work_id,
            form["step"],
            form["reason"],
            form["expected"],
        )
    except (Stale, IllegalTransition):
        g.typed = request.form
        return work(activity_id=activity_id, kind=kind, work_id=work_id, conflict=True), 409
    return _go_on(activity_id, decision, form["following"])


@bp.post("/activities/<uuid:activity_id>/desk/decisions/<uuid:decision_id>/undo")
@allow(*staff)
def undo(activity_id: uuid.UUID, decision_id: uuid.UUID) -> Response:
    """Take a decision back and show its work again."""
    try:
        undone = services().moderation.undo(viewer(), activity_id, decision_id)
    except (Stale, IllegalTransition):
        return see_other("desk.queue", notice="not_undone", activity_id=activity_id, **_place())
    return see_other(
        "desk.work",
        notice="undone",
        activity_id=activity_id,
        kind=undone.kind.value,
        work_id=undone.work_id,
        **_place(),
    )


def place() -> dict[str, str]:
    """Return what keeps the list and page of the desk in its URLs."""
    return _place()


def _desk(
    activity_id: uuid.UUID,
    entries: QueuePage,
    opened: WorkView | None,
    reading: bool = False,
    conflict: bool = False,
) -> str:
    activity = services().activities.get(viewer(), activity_id)
    return page(
        "desk/queue.html",
        activity=activity,
        activity_title=activity.title,
        page=entries,
        queue_lists=list(QueueList),
        work=opened,
        reading=reading,
        conflict=conflict,
        following=_following(entries, opened),
        previous=_following(entries, opened, -1),
        place=_place(),
        decided=_decided(activity_id),
        **desk_help.context(activity, opened),
        cohort_filter=cohorts_filter.offered(),
    )


def listed(activity_id: uuid.UUID) -> QueuePage:
    """Return the list and page that the URL names."""
    after = Cursor.parse(unsealed(request.args.get("after", "")))
    cohort = cohorts_filter.chosen()
    return services().moderation.queue(viewer(), activity_id, _which(), after, cohort)


def _which() -> QueueList:
    try:
        return QueueList(request.args.get("list", QueueList.WAITING))
    except ValueError as error:
        raise NotFound("list") from error


def _place() -> dict[str, str]:
    """Return what keeps the list and page in the URLs of this page."""
    names = ("list", "after", "cohort")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _following(entries: QueuePage, opened: WorkView | None, step: int = 1) -> str:
    """Name the work below (or above) the open one as ``kind:id``; empty at the end of the page."""
    names = [f"{entry.kind.value}:{entry.id}" for entry in entries.entries]
    if opened is None or f"{opened.kind.value}:{opened.id}" not in names:
        return ""
    place = names.index(f"{opened.kind.value}:{opened.id}") + step
    return names[place] if 0 <= place < len(names) else ""


def _go_on(activity_id: uuid.UUID, decision: Decision, following: str) -> Response:
    """Open the next work of the list, with what was just done and its undo above it."""
    values: dict[str, Any] = {"activity_id": activity_id, "decided": decision.id, **_place()}
    kind, _colon, work_id = following.partition(":")
    try:
        values |= {"kind": WorkKind(kind).value, "work_id": uuid.UUID(work_id)}
    except ValueError:
        return see_other("desk.queue", **values)
    return see_other("desk.work", **values)


def _decided(activity_id: uuid.UUID) -> Any:
    """Return the decision that the URL says was just taken, or None."""
    try:
        decision_id = uuid.UUID(request.args.get("decided", ""))
    except ValueError:
        return None
    return services().moderation.taken(viewer(), activity_id, decision_id)
