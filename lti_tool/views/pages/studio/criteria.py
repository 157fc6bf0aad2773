"""Criteria of responses: what readers look at, in levels; buttons rearrange them without script."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import g, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lti_tool.errors import InvalidInput, Stale
from lti_tool.i18n import gettext as _
from lti_tool.i18n import language_name
from lti_tool.rules.criteria import LEAST_LEVELS, MOST_CRITERIA, MOST_LEVELS, CriteriaValues
from lti_tool.rules.criteria_sets import CRITERIA_SETS
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.schemas.criteria import CriteriaForm
from lti_tool.schemas.fields import numbers_in
from lti_tool.services.studio.criteria import CriteriaView
from lti_tool.views.forms import form_page, form_values, load
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.pages.studio.criteria_fields import criterion_fields, place_names, rearranged
from lti_tool.views.pages.studio.prompt_fields import Form, put
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

CRITERIA = "/activities/<uuid:activity_id>/criteria"
MOST_PASTED = 500_000


@bp.get(CRITERIA)
@allow(*educators)
def criteria(activity_id: uuid.UUID, conflict: bool = False) -> str:
    """Show the criteria of an activity, to change and to add to."""
    view = services().criteria_studio.look(viewer(), activity_id)
    form: Form = g.get("typed") or _as_form(view)
    return page(
        "studio/criteria.html",
        activity=services().activities.get(viewer(), activity_id),
        activity_title=view.title,
        view=view,
        conflict=conflict,
        seen=view.seen if conflict else form.get("seen", view.seen),
        **_of_form(form, view.locale),
        in_window=viewer().kind is SessionKind.DEEP_LINKING,
    )


def _of_form(form: Form, locale: str) -> dict[str, Any]:
    """Return the rows of the form, and what there is to add to them."""
    return {
        "form": form,
        "numbers": numbers_in(form, "criteria"),
        "place_names": place_names,
        "sets": list(CRITERIA_SETS.values()),
        "language": language_name(locale),
        "most_criteria": MOST_CRITERIA,
        "least_levels": LEAST_LEVELS,
        "most_levels": MOST_LEVELS,
    }


@bp.post(CRITERIA)
@allow(*educators)
@form_page(criteria)
def save_criteria(activity_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Save the criteria, or only rearrange the form."""
    act = request.form.get("do", "save")
    if act != "save":
        g.typed = _arranged(activity_id, act)
        return criteria(activity_id=activity_id)
    try:
        kept = _save(activity_id)
    except Stale:
        g.typed = request.form
        return criteria(activity_id=activity_id, conflict=True), 409
    notice = "criteria_new_version" if kept else "criteria_saved"
    return see_other("studio.criteria", notice=notice, activity_id=activity_id)


def _save(activity_id: uuid.UUID) -> bool:
    """Save what the form says; return whether responses that were begun keep earlier criteria."""
    decided = load(CriteriaForm(), form_values(request.form, CriteriaForm()))
    return services().criteria_studio.save(
        viewer(),
        activity_id,
        decided["values"],
        request.form.get("seen", ""),
        corrections_only=request.form.get("change") == "typo",
        published=decided["published"],
    )


def _arranged(activity_id: uuid.UUID, act: str) -> Form:
    """Return the form after what its button asked for."""
    view = services().criteria_studio.look(viewer(), activity_id)
    sets = {one.key: one for one in view.rubrics}
    if act == "paste":
        pasted = services().criteria_studio.rubrics(viewer(), activity_id, _document())
        if not pasted:
            raise InvalidInput({"rubric": [_("There is no rubric of criteria with levels in it.")]})
        return rearranged(MultiDict(request.form), act, view.locale, {"": pasted[0]})
    return rearranged(MultiDict(request.form), act, view.locale, sets)


def _document() -> Any:
    """Return what was pasted; raise InvalidInput for what is no JSON."""
    text = request.form.get("rubric", "")
    message = _("Not JSON. Paste a CASE package, or one CFRubric out of it.")
    if len(text) > MOST_PASTED:
        raise InvalidInput({"rubric": [message]})
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput({"rubric": [message]}) from error


def _as_form(view: CriteriaView) -> Form:
    """Return the criteria as a browser would send them."""
    values: CriteriaValues = view.values
    form = Form(
        {
            "min_words": str(values.min_words),
            "calibration_minimum": str(values.calibration_minimum),
            "calibration_skippable": "1" if values.calibration_skippable else "",
            "published": "1" if view.is_published else "",
            "seen": view.seen,
        }
    )
    put(form, "criteria", [criterion_fields(one, view.locale) for one in values.criteria])
    return form
