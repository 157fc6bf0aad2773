"""Saved replies: making, changing, removing them; and the desk's shortcuts on or off."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lti_tool.rules.placeholders import KNOWN
from lti_tool.schemas.moderation import ReplyForm
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

REPLIES = "/activities/<uuid:activity_id>/replies"


@bp.get(REPLIES)
@allow(*staff)
def replies(activity_id: uuid.UUID, reply_id: uuid.UUID | None = None) -> str:
    """Show the saved replies; ``reply_id`` is the one whose form came back."""
    activity = services().activities.get(viewer(), activity_id)
    found = services().replies.all(viewer())
    wanted = str(reply_id or request.args.get("edit", ""))
    return page(
        "desk/replies.html",
        activity=activity,
        activity_title=activity.title,
        replies=found,
        editing=next((one for one in found if one.mine and str(one.id) == wanted), None),
        known=KNOWN,
        shortcuts=services().replies.shortcuts(viewer()),
    )


@bp.post(REPLIES)
@allow(*staff)
@form_page(replies)
def add_reply(activity_id: uuid.UUID) -> Response:
    """Save a new reply."""
    services().activities.get(viewer(), activity_id)
    values: Any = read_form(ReplyForm)
    services().replies.save(viewer(), None, values)
    return see_other("desk.replies", notice="reply_saved", activity_id=activity_id)


@bp.post(f"{REPLIES}/<uuid:reply_id>")
@allow(*staff)
@form_page(replies)
def change_reply(activity_id: uuid.UUID, reply_id: uuid.UUID) -> Response:
    """Change a reply of one's own."""
    services().activities.get(viewer(), activity_id)
    values: Any = read_form(ReplyForm)
    services().replies.save(viewer(), reply_id, values)
    return see_other("desk.replies", notice="reply_saved", activity_id=activity_id)


@bp.post(f"{REPLIES}/<uuid:reply_id>/remove")
@allow(*staff)
def remove_reply(activity_id: uuid.UUID, reply_id: uuid.UUID) -> Response:
    """Remove a reply of one's own."""
    services().activities.get(viewer(), activity_id)
    services().replies.remove(viewer(), reply_id)
    return see_other("desk.replies", notice="reply_removed", activity_id=activity_id)


@bp.post("/activities/<uuid:activity_id>/desk/shortcuts")
@allow(*staff)
def set_shortcuts(activity_id: uuid.UUID) -> Response:
    """Switch the desk's single keys on or off."""
    services().activities.get(viewer(), activity_id)
    on = request.form.get("on") == "1"
    services().replies.set_shortcuts(viewer(), on)
    notice = "shortcuts_on" if on else "shortcuts_off"
    return see_other("desk.replies", notice=notice, activity_id=activity_id)
