"""What is on its way to platforms, by platform and reason, and trying again."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.schemas.operator import GroupForm
from lti_tool.services.operator.outbox import SHOWN
from lti_tool.views.forms import load, read_form
from lti_tool.views.notices import see_other
from lti_tool.views.pages.operator.blueprint import bp, console_page
from lti_tool.views.pages.operator.typed import typed_id
from lti_tool.views.session import services


@bp.get("/outbox")
def outbox() -> str:
    """Show how many messages stand how, and why."""
    registration_id, state = typed_id("platform"), _state()
    service = services().console
    return console_page(
        "operator/outbox.html",
        "outbox",
        groups=service.outbox.groups(registration_id, state),
        platforms=service.platforms.names(),
        platform_id=registration_id,
        state=state,
        states=SHOWN,
    )


def _state() -> OutboxState | None:
    """Return the state that the address asks for; one that is none of them asks for nothing."""
    asked = request.args.get("state", "")
    return OutboxState(asked) if asked in SHOWN else None


@bp.get("/outbox/<uuid:platform_id>/messages")
def messages(platform_id: uuid.UUID) -> str:
    """Show the messages of one group."""
    asked = load(GroupForm(), dict(request.args))
    service = services().console
    state, reason, kind = OutboxState(asked["state"]), asked["reason"], asked["kind"]
    return console_page(
        "operator/messages.html",
        "outbox",
        platform=service.platforms.platform(platform_id),
        state=state,
        reason=reason,
        kind=kind,
        messages=service.outbox.messages(platform_id, state, reason, kind),
    )


@bp.post("/outbox/<uuid:platform_id>/retry")
def retry_reason(platform_id: uuid.UUID) -> Response:
    """Send again all that a platform refused for one reason."""
    form = read_form(GroupForm)
    done = services().console.outbox.retry_reason(platform_id, form["reason"], form["kind"])
    return see_other("operator.outbox", notice="some_retried" if done.left else "all_retried")


@bp.post("/outbox/<uuid:platform_id>/messages/<uuid:message_id>/retry")
def retry_message(platform_id: uuid.UUID, message_id: uuid.UUID) -> Response:
    """Send one message again."""
    form = read_form(GroupForm)
    try:
        services().console.outbox.retry(message_id)
    except IllegalTransition:
        said = "not_retried"
    else:
        said = "message_retried"
    group = {name: form[name] for name in ("state", "reason", "kind")}
    return see_other("operator.messages", notice=said, platform_id=platform_id, **group)
