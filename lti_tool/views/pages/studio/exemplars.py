"""Exemplars: reflections that learners practise reading with, and how the tutor reads them."""

from __future__ import annotations

import uuid
from typing import Any, cast

from flask import g
from werkzeug.wrappers import Response

from lti_tool.errors import InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.rules.rich_text import accept, to_text
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.schemas.criteria import ExemplarForm
from lti_tool.schemas.drafts import FORMAT
from lti_tool.services.activities.exemplars import MOST_EXEMPLARS
from lti_tool.services.studio.criteria import ExemplarsView, ExemplarValues
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

EXEMPLARS = "/activities/<uuid:activity_id>/exemplars"
ONE = f"{EXEMPLARS}/<uuid:exemplar_id>"


@bp.get(EXEMPLARS)
@allow(*educators)
def exemplars(activity_id: uuid.UUID) -> str:
    """List the exemplars, and offer to add one."""
    return _show("studio/exemplars.html", activity_id)


@bp.get(f"{EXEMPLARS}/new")
@allow(*educators)
def new_exemplar(activity_id: uuid.UUID) -> str:
    """Show the form of a new exemplar."""
    return _show("studio/exemplar.html", activity_id, exemplar=None)


@bp.post(f"{EXEMPLARS}/new")
@allow(*educators)
@form_page(new_exemplar)
def add_exemplar(activity_id: uuid.UUID) -> Response:
    """Add an exemplar with the tutor's readings."""
    services().criteria_studio.add(viewer(), activity_id, _values(activity_id))
    return see_other("studio.exemplars", notice="exemplar_saved", activity_id=activity_id)


@bp.get(ONE)
@allow(*educators)
def exemplar(activity_id: uuid.UUID, exemplar_id: uuid.UUID) -> str:
    """Show the form of an exemplar."""
    view = services().criteria_studio.exemplars(viewer(), activity_id)
    found = next((one for one in view.exemplars if one.id == exemplar_id), None)
    if found is None:
        raise NotFound("exemplar")
    return _show("studio/exemplar.html", activity_id, exemplar=found)


@bp.post(ONE)
@allow(*educators)
@form_page(exemplar)
def save_exemplar(activity_id: uuid.UUID, exemplar_id: uuid.UUID) -> Response:
    """Change an exemplar."""
    services().criteria_studio.change(viewer(), activity_id, exemplar_id, _values(activity_id))
    return see_other("studio.exemplars", notice="exemplar_saved", activity_id=activity_id)


@bp.post(f"{ONE}/remove")
@allow(*educators)
def remove_exemplar(activity_id: uuid.UUID, exemplar_id: uuid.UUID) -> Response:
    """Give an exemplar to nobody any more."""
    services().criteria_studio.remove(viewer(), activity_id, exemplar_id)
    return see_other("studio.exemplars", notice="exemplar_removed", activity_id=activity_id)


def _values(activity_id: uuid.UUID) -> ExemplarValues:
    """Return what the form says; raise InvalidInput where a level lacks."""
    values = cast(ExemplarValues, read_form(ExemplarForm))
    view = services().criteria_studio.exemplars(viewer(), activity_id)
    lacking = [one.id for one in view.criteria if one.id not in values.readings]
    if lacking:
        raise InvalidInput({f"level-{key}": [_("Choose a level.")] for key in lacking})
    return values


def _show(template: str, activity_id: uuid.UUID, **context: Any) -> str:
    typed = g.get("typed", {})
    view: ExemplarsView = services().criteria_studio.exemplars(viewer(), activity_id)
    return page(
        template,
        activity=services().activities.get(viewer(), activity_id),
        activity_title=view.title,
        view=view,
        most=MOST_EXEMPLARS,
        plain=to_text,
        text_again=accept(typed.get("text", ""), typed.get(f"text{FORMAT}", "")),
        in_window=viewer().kind is SessionKind.DEEP_LINKING,
        **context,
    )
