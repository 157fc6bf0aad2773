"""Where each learner stands, and one learner: work, levels to confirm, a response of one's own."""

from __future__ import annotations

import uuid
from typing import Any

from flask import g, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition, NotFound, Stale
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.rich_text import accept, to_text
from lti_tool.schemas.moderation import DepthForm, LevelsForm, TutorResponseForm
from lti_tool.services.desk.dossier_views import Dossier
from lti_tool.services.desk.people import PeoplePage
from lti_tool.services.desk.people_filters import PeopleFilter
from lti_tool.services.engine import wording
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import cohorts_filter, list_words, signal_words, words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

PERSON = "/activities/<uuid:activity_id>/people/<uuid:participation_id>"
WORDS = {"wording": wording, "words": words, "care_words": signal_words}
"""What the page of one learner says things with."""


@bp.get("/activities/<uuid:activity_id>/people")
@allow(*staff)
def people(activity_id: uuid.UUID) -> str:
    """Show the learners of the course by name, all or those of one state."""
    activity = services().activities.get(viewer(), activity_id)
    which, after, cohort = _which(), _after(), cohorts_filter.chosen()
    learners = services().people.page(viewer(), activity_id, which, after, cohort)
    return page(
        "desk/people.html",
        activity=activity,
        activity_title=activity.title,
        page=learners,
        which=which,
        filters=list(PeopleFilter),
        roster=services().roster.status(viewer()),
        list_words=list_words,
        paged=after is not None,
        cohort_filter=cohorts_filter.offered(),
        troubles=_troubles(learners),
        wording=wording,
        words=words,
    )


def _troubles(learners: PeoplePage) -> dict[uuid.UUID, int]:
    """Return what Moodle's competencies were not told of the learners of a page."""
    shown = [row.participation_id for row in learners.rows if row.participation_id]
    return services().companion.telling.troubles(viewer(), shown)


@bp.get(PERSON)
@allow(*staff)
def person(
    activity_id: uuid.UUID,
    participation_id: uuid.UUID,
    conflict: str = "",
    **_rest: uuid.UUID,
) -> str:
    """Show one learner; ``conflict`` names the form that met somebody else's change."""
    activity = services().activities.get(viewer(), activity_id)
    learner = services().people.open(viewer(), activity_id, participation_id)
    return page(
        "desk/person.html",
        activity=activity,
        activity_title=activity.title,
        learner=learner,
        draft=_draft(learner),
        plain=to_text,
        conflict=conflict,
        **_in_moodle(activity_id, participation_id),
        **WORDS,
    )


@bp.post(PERSON + "/levels")
@allow(*staff)
@form_page(person)
def confirm(activity_id: uuid.UUID, participation_id: uuid.UUID) -> Response | tuple[str, int]:
    """Confirm competency levels."""
    levels = read_form(LevelsForm)["levels"]
    try:
        services().people.confirm(viewer(), activity_id, participation_id, levels)
    except Stale:
        g.typed = request.form
        return person(activity_id, participation_id, conflict="levels"), 409
    told = services().companion.telling.of_learner(viewer(), activity_id, participation_id)
    taken_back = {one.competency_id for one in levels if one.level is None}
    kept = told.levels if told else ()
    if any(one.is_kept and one.competency.id in taken_back for one in kept):
        where: dict[str, Any] = {"activity_id": activity_id, "participation_id": participation_id}
        return see_other("desk.person", notice="moodle_keeps", _anchor="moodle", **where)
    return _back("confirmed", activity_id, participation_id)


@bp.post(PERSON + "/depth")
@allow(*staff)
@form_page(person)
def mark_depth(activity_id: uuid.UUID, participation_id: uuid.UUID) -> Response | tuple[str, int]:
    """Mark how deep the reflection goes, or take that back."""
    mark = read_form(DepthForm)["mark"]
    try:
        services().depths.mark(viewer(), activity_id, participation_id, mark)
    except Stale:
        g.typed = request.form
        return person(activity_id, participation_id, conflict="depth"), 409
    return _back("depth_marked", activity_id, participation_id)


@bp.post(PERSON + "/response/<uuid:reflection_id>")
@allow(*staff)
@form_page(person)
def respond(
    activity_id: uuid.UUID, participation_id: uuid.UUID, reflection_id: uuid.UUID
) -> Response | tuple[str, int]:
    """Send the tutor's own response to a reflection."""
    learner = services().people.open(viewer(), activity_id, participation_id)
    if learner.reflection is None or learner.reflection.id != reflection_id:
        raise NotFound("reflection")
    parts = read_form(TutorResponseForm)
    try:
        services().moderation.respond(viewer(), activity_id, reflection_id, parts)
    except (Stale, IllegalTransition):
        g.typed = request.form
        return person(activity_id, participation_id, conflict="response"), 409
    return _back("tutor_responded", activity_id, participation_id)


@bp.post(PERSON + "/retry/<uuid:message_id>")
@allow(*staff)
def retry(activity_id: uuid.UUID, participation_id: uuid.UUID, message_id: uuid.UUID) -> Response:
    """Have the score sent once more."""
    services().people.open(viewer(), activity_id, participation_id)
    try:
        services().outbox.retry(viewer(), message_id)
    except IllegalTransition:
        return _back("not_retried", activity_id, participation_id)
    return _back("retried", activity_id, participation_id)


def _back(notice: str, activity_id: uuid.UUID, participation_id: uuid.UUID) -> Response:
    values: dict[str, Any] = {"activity_id": activity_id, "participation_id": participation_id}
    return see_other("desk.person", notice=notice, **values)


def _in_moodle(activity_id: uuid.UUID, participation_id: uuid.UUID) -> dict[str, Any]:
    """Return what Moodle was told of the levels, and where to ask for each to be sent again."""
    told = services().companion.telling.of_learner(viewer(), activity_id, participation_id)
    ids = [one.state.message_id for one in told.levels] if told else []
    here: dict[str, Any] = {"activity_id": activity_id, "participation_id": participation_id}
    urls = {one: url_for("desk.retry", message_id=one, **here) for one in ids}
    return {"in_moodle": told, "retry_urls": urls}


def _draft(learner: Dossier) -> dict[str, str]:
    """Return the tutor's own response as it stands in the form: as typed, as sent, or empty."""
    typed = g.get("typed") or {}
    if any(name in typed for name in RESPONSE_PARTS):
        return {
            name: accept(typed.get(name, ""), typed.get(f"{name}-format", ""))
            for name in RESPONSE_PARTS
        }
    sent = learner.own_response.parts if learner.own_response else {}
    return {name: sent.get(name, "") for name in RESPONSE_PARTS}


def _which() -> PeopleFilter:
    try:
        return PeopleFilter(request.args.get("show", PeopleFilter.ALL))
    except ValueError as error:
        raise NotFound("filter") from error


def _after() -> uuid.UUID | None:
    text = request.args.get("after", "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise NotFound("page") from error
