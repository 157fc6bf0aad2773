"""Sharing with people outside: choosing, looking at it first, the link, and what became of it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool.rules.sharing import LENGTHS, USUAL
from lti_tool.schemas.sharing import MOST_WORDS, NewShareForm, RenewalForm, ShareForm
from lti_tool.services.sharing.shares import ShareLine, Wanted
from lti_tool.services.sharing.things import SharedPage
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

SHARES = "/my-competencies/shares"


@bp.get(f"{SHARES}/new")
@allow(*learners)
def new_share() -> str:
    """Ask for whom a link is, and what it shows."""
    usual = {"name": viewer().display_name, "days": USUAL, "share_id": uuid.uuid4()}
    return _form({"recipient": "", "things": [], **usual})


@bp.post(f"{SHARES}/new")
@allow(*learners)
@form_page(new_share)
def preview_share() -> str:
    """Show what somebody outside would see; or the form again, to change something."""
    form = read_form(NewShareForm)
    if request.form.get("back"):
        g.typed = request.form
        return new_share()
    return _preview(form, form["days"])


@bp.post(SHARES)
@allow(*learners)
@form_page(new_share)
def make_share() -> Response | str:
    """Make the link, and show it this once; sent again, show the share without it."""
    form = read_form(NewShareForm)
    share_id = form["share_id"]
    link = services().shares.make(viewer(), share_id, _wanted(form), form["days"])
    return share(share_id, link) if link else see_other("learner.share", share_id=share_id)


@bp.get(f"{SHARES}/<uuid:share_id>")
@allow(*learners)
def share(share_id: uuid.UUID, link: str = "") -> str:
    """Show one share: what it holds, who looked; a link that was just made is told this once."""
    found = services().shares.get(viewer(), share_id)
    return page(
        "learner/share.html",
        share=found,
        shown=SharedPage(found.name, found.expires_at, found.things, ""),
        link=link,
        lengths=LENGTHS,
        **_tabs(),
    )


@bp.get(f"{SHARES}/<uuid:share_id>/edit")
@allow(*learners)
def edit_share(share_id: uuid.UUID) -> str:
    """Let the learner change what a link shows."""
    found = services().shares.get(viewer(), share_id)
    values = {"recipient": found.recipient, "name": found.name, "things": [*found.things.keys]}
    return _form(values, found)


@bp.post(f"{SHARES}/<uuid:share_id>/edit")
@allow(*learners)
@form_page(edit_share)
def preview_change(share_id: uuid.UUID) -> str:
    """Show what somebody outside would see from then on; or the form again."""
    form = read_form(ShareForm)
    if request.form.get("back"):
        g.typed = request.form
        return edit_share(share_id)
    found = services().shares.get(viewer(), share_id)
    return _preview(form, found.days, found)


@bp.post(f"{SHARES}/<uuid:share_id>")
@allow(*learners)
@form_page(edit_share)
def change_share(share_id: uuid.UUID) -> Response:
    """Let the link show something else."""
    services().shares.change(viewer(), share_id, _wanted(read_form(ShareForm)))
    return see_other("learner.share", notice="share_changed", share_id=share_id)


@bp.post(f"{SHARES}/<uuid:share_id>/renew")
@allow(*learners)
@form_page(share)
def renew_share(share_id: uuid.UUID) -> Response:
    """Let the link be good for longer."""
    services().shares.renew(viewer(), share_id, read_form(RenewalForm)["days"])
    return see_other("learner.share", notice="share_renewed", share_id=share_id)


@bp.post(f"{SHARES}/<uuid:share_id>/link")
@allow(*learners)
def replace_share_link(share_id: uuid.UUID) -> str:
    """Make a new link in the place of the old one, and show it this once."""
    return share(share_id, services().shares.replace_link(viewer(), share_id))


@bp.post(f"{SHARES}/<uuid:share_id>/end")
@allow(*learners)
def end_share(share_id: uuid.UUID) -> Response:
    """Let the link open nothing any more."""
    services().shares.end(viewer(), share_id)
    return see_other("learner.share", notice="share_ended", share_id=share_id)


def _form(values: dict[str, Any], changed: ShareLine | None = None) -> str:
    """Show the form with what was typed, or with ``values``."""
    typed = g.get("typed")
    if typed is not None:
        sent = {name: typed.get(name, value) for name, value in values.items()}
        values = {**sent, "things": typed.getlist("things")}
    return page(
        "learner/share_form.html",
        things=services().shares.offer(viewer()),
        values=values,
        share=changed,
        lengths=LENGTHS,
        most_words=MOST_WORDS,
        **_tabs(),
    )


def _preview(form: dict[str, Any], days: int, changed: ShareLine | None = None) -> str:
    shown = services().shares.preview(viewer(), _wanted(form), days)
    if changed:
        shown = replace(shown, until=changed.expires_at)
    return page("learner/share_preview.html", shown=shown, form=form, share=changed, **_tabs())


def _wanted(form: dict[str, Any]) -> Wanted:
    return Wanted(form["recipient"], form["name"], tuple(form["things"]))


def _tabs() -> dict[str, Any]:
    return {"activity_id": viewer().activity_id, "tab": "my_competencies"}
