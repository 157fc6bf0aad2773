"""What a tutor does with an open work beside deciding: passages, appeals, comments, replies."""

from __future__ import annotations

import uuid

from flask import g, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lti_tool.errors import Forbidden, IllegalTransition, NotFound, Stale
from lti_tool.rules.rich_text import accept
from lti_tool.schemas.moderation import CommentForm, FileForm, RedactionForm, RulingForm
from lti_tool.services.desk.queue import WorkKind
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.deciding import WORK, place, work
from lti_tool.views.session import services, viewer


@bp.post(f"{WORK}/passage")
@allow(*staff)
@form_page(work)
def redact(activity_id: uuid.UUID, kind: str, work_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take a passage out of what peers read."""
    form, where = read_form(RedactionForm), (activity_id, WorkKind(kind), work_id)
    try:
        decision = services().moderation.redact(
            viewer(), *where, form["passage"], form["redact_reason"], form["expected"]
        )
    except (Stale, IllegalTransition):
        return _conflict(activity_id, kind, work_id)
    return _decided(activity_id, kind, work_id, decision.id)


@bp.post(f"{WORK}/file")
@allow(*staff)
@form_page(work)
def withhold_file(
    activity_id: uuid.UUID, kind: str, work_id: uuid.UUID
) -> Response | tuple[str, int]:
    """Keep one file of a reflection from peers."""
    if WorkKind(kind) is not WorkKind.REFLECTION:
        raise NotFound("reflection")
    form = read_form(FileForm)
    said = form["file"], form["file_reason"], form["expected"]
    try:
        decision = services().moderation.withhold_file(viewer(), activity_id, work_id, *said)
    except (Stale, IllegalTransition):
        return _conflict(activity_id, kind, work_id)
    return _decided(activity_id, kind, work_id, decision.id)


@bp.post(f"{WORK}/appeal")
@allow(*staff)
@form_page(work)
def rule(activity_id: uuid.UUID, kind: str, work_id: uuid.UUID) -> Response | tuple[str, int]:
    """Decide on the appeal that waits on a work."""
    form, where = read_form(RulingForm), (activity_id, WorkKind(kind), work_id)
    try:
        services().moderation.rule(viewer(), *where, form["step"], form["reason"], form["expected"])
    except (Stale, IllegalTransition, Forbidden):
        return _conflict(activity_id, kind, work_id)
    return see_other("desk.queue", notice="ruled", activity_id=activity_id, **place())


@bp.post(f"{WORK}/comment")
@allow(*staff)
@form_page(work)
def comment(activity_id: uuid.UUID, kind: str, work_id: uuid.UUID) -> Response:
    """Comment on a response."""
    if WorkKind(kind) is not WorkKind.RESPONSE:
        raise NotFound("response")
    form = read_form(CommentForm)
    html = accept(form["comment"], form["comment_format"])
    services().comments.write(viewer(), activity_id, work_id, html, form["to_addressee"])
    return see_other(
        "desk.work",
        notice="commented",
        activity_id=activity_id,
        kind=kind,
        work_id=work_id,
        **place(),
    )


@bp.post(f"{WORK}/reply")
@allow(*staff)
def insert_reply(activity_id: uuid.UUID, kind: str, work_id: uuid.UUID) -> str:
    """Put a saved reply into the words to the author, for who has no script."""
    activity = services().activities.get(viewer(), activity_id)
    opened = services().moderation.open(viewer(), activity_id, WorkKind(kind), work_id)
    offered = services().replies.offered(viewer(), activity, opened.author.name, opened.language)
    chosen = next((one.text for one in offered if str(one.id) == request.form.get("reply")), "")
    words = [request.form.get("reason", "").strip(), chosen]
    g.typed = MultiDict({**request.form, "reason": "\n\n".join(filter(None, words))})
    return work(activity_id=activity_id, kind=kind, work_id=work_id)


def _conflict(activity_id: uuid.UUID, kind: str, work_id: uuid.UUID) -> tuple[str, int]:
    """Show the work as it stands now, with what was typed."""
    g.typed = request.form
    return work(activity_id=activity_id, kind=kind, work_id=work_id, conflict=True), 409


def _decided(
    activity_id: uuid.UUID, kind: str, work_id: uuid.UUID, decision_id: uuid.UUID
) -> Response:
    """Lead back to the work, where the decision can be undone."""
    return see_other(
        "desk.work",
        activity_id=activity_id,
        kind=kind,
        work_id=work_id,
        decided=decision_id,
        **place(),
    )
