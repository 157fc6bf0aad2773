"""Reminding one learner, or all who are listed for one reason: written, looked at, sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.rules.nudging import NOT_THEIRS
from lti_tool.rules.signals import SignalKind
from lti_tool.schemas.nudges import MAX_BODY, MAX_SUBJECT, NudgeForm, NudgeStep
from lti_tool.services.desk.nudge_views import NudgePage, Sent
from lti_tool.services.desk.nudge_words import NudgeText
from lti_tool.services.desk.nudges import AT_ONCE
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import cohorts_filter, mail_words, signal_words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.today import TODAY
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

NUDGE = "/activities/<uuid:activity_id>/nudge"


@bp.get(TODAY + "/<uuid:place>/nudge")
@allow(*staff)
def nudge(activity_id: uuid.UUID, place: uuid.UUID) -> str:
    """Show a reminder to one learner, ready to be changed."""
    return _form(activity_id, services().nudges.page(viewer(), activity_id, [place]))


@bp.get(TODAY + "/nudge")
@allow(*staff)
def nudge_all(activity_id: uuid.UUID) -> str:
    """Show a reminder to all who stand on the list for one reason."""
    reason, cohort_id = _reason(), cohorts_filter.chosen()
    places = services().nudges.listed(viewer(), activity_id, reason, cohort_id)
    return _form(activity_id, services().nudges.page(viewer(), activity_id, places, reason))


def write_nudge(activity_id: uuid.UUID) -> str:
    """Show the form again, with what was typed."""
    places = [key for text in request.form.getlist("place") if (key := _id(text)) is not None]
    return _form(activity_id, services().nudges.page(viewer(), activity_id, places))


@bp.post(NUDGE)
@allow(*staff)
@form_page(write_nudge)
def send_nudge(activity_id: uuid.UUID) -> Response | str:
    """Show a reminder as it would arrive, or send it."""
    services().activities.get(viewer(), activity_id)
    form, person = read_form(NudgeForm), viewer()
    step, places, texts = form["step"], form["place"], form["texts"]
    if step is NudgeStep.SEND:
        sent = services().nudges.send(person, activity_id, places, texts, form["kind"])
        return see_other("desk.today", notice=_said(sent), activity_id=activity_id, **_back())
    if step is NudgeStep.PREVIEW:
        shown = services().nudges.preview(person, activity_id, places, texts)
        return _page("desk/nudge_preview.html", activity_id, shown, kind=form["kind"])
    if step is NudgeStep.INSERT:
        texts = _with_reply(texts, form["reply"])
    found = services().nudges.page(person, activity_id, places)
    return _form(activity_id, found, texts, form["kind"].value)


def _form(
    activity_id: uuid.UUID,
    found: NudgePage,
    texts: Mapping[str, NudgeText] | None = None,
    kind: str = "",
) -> str:
    """Show the form; ``texts`` are what was typed of it, in place of what is proposed."""
    replies = [one for one in services().replies.all(viewer()) if one.locale in found.texts]
    return _page(
        "desk/nudge.html",
        activity_id,
        found,
        texts={tag: (texts or {}).get(tag, text) for tag, text in found.texts.items()},
        replies=replies,
        kind=kind or request.form.get("kind", "motivational"),
        is_full=len(found.recipients) + len(found.left_out) >= AT_ONCE,
        most={"subject": MAX_SUBJECT, "body": MAX_BODY},
    )


def _page(template: str, activity_id: uuid.UUID, found: NudgePage, **context: Any) -> str:
    activity = services().activities.get(viewer(), activity_id)
    return page(
        template,
        activity=activity,
        activity_title=activity.title,
        found=found,
        words=signal_words,
        mail_words=mail_words,
        set_up=services().mailing.is_set_up,
        back=_back(),
        **context,
    )


def _with_reply(texts: Mapping[str, NudgeText], reply_id: str) -> dict[str, NudgeText]:
    """Put a saved reply below the words of its language; the others stay as they are."""
    reply = next((one for one in services().replies.all(viewer()) if str(one.id) == reply_id), None)
    if reply is None or reply.locale not in texts:
        return dict(texts)
    text = texts[reply.locale]
    body = "\n\n".join(part for part in (text.body, reply.body) if part)
    return {**texts, reply.locale: NudgeText(text.subject, body)}


def _reason() -> SignalKind:
    """Return the reason that the URL names; raise NotFound for one that is not theirs."""
    try:
        reason = SignalKind[request.args.get("show", "").upper()]
    except KeyError as error:
        raise NotFound("filter") from error
    if reason in NOT_THEIRS:
        raise NotFound("filter")
    return reason


def _said(sent: Sent) -> str:
    """Return the notice for what was sent."""
    if not sent.mailed and not sent.inside:
        return "nudged_nobody"
    if sent.inside and sent.mailed:
        return "nudged_some_inside"
    return "nudged" if sent.mailed else "nudged_inside"


def _back() -> dict[str, str]:
    """Return what keeps the list of today as it was."""
    return {name: request.args[name] for name in ("show", "cohort") if request.args.get(name)}


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
