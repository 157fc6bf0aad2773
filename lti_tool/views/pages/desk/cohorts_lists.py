"""Filling cohorts from lists and from the LMS's groups; and people who are kept apart."""

from __future__ import annotations

import uuid

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool.errors import InvalidInput, NotFound, PlatformError
from lti_tool.i18n import gettext as _
from lti_tool.rules.name_lists import MAX_BYTES, decode
from lti_tool.schemas.cohorts import ApartForm, GroupsForm, ListForm, PairForm
from lti_tool.services.cohorts.lists import ListPreview, fingerprint
from lti_tool.views.forms import form_page, load, read_form
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.cohorts import COHORT, COHORTS, check_activity, cohort_page
from lti_tool.views.session import services, viewer


@bp.get(COHORT + "/add")
@allow(*educators)
def add_learners(activity_id: uuid.UUID, cohort_id: uuid.UUID) -> str:
    """Ask for a list of learners."""
    opened = services().cohorts.open(viewer(), cohort_id)
    return cohort_page("desk/cohorts_add.html", activity_id, cohort=opened)


@bp.post(COHORT + "/add")
@allow(*educators)
@form_page(add_learners)
def preview_learners(activity_id: uuid.UUID, cohort_id: uuid.UUID) -> str:
    """Show what the list would do; nothing is done yet."""
    text = _typed_or_uploaded()
    preview = services().cohort_lists.preview(viewer(), cohort_id, text)
    return _preview(activity_id, preview, text)


@bp.post(COHORT + "/fill")
@allow(*educators)
@form_page(add_learners)
def fill_cohort(activity_id: uuid.UUID, cohort_id: uuid.UUID) -> Response | tuple[str, int]:
    """Do what the preview showed; show it anew if the list means something else by now."""
    check_activity(activity_id)
    form = read_form(ListForm)
    done = services().cohort_lists.fill(viewer(), cohort_id, form["people"], form["seen"])
    if not done.may_be_done or fingerprint(done) != form["seen"]:
        return _preview(activity_id, done, form["people"], changed=True), 409
    return see_other(
        "desk.cohort", notice="cohort_filled", activity_id=activity_id, cohort_id=cohort_id
    )


@bp.get(COHORTS + "/groups")
@allow(*educators)
def groups(activity_id: uuid.UUID) -> str:
    """Show the LMS's groups."""
    return cohort_page(
        "desk/cohorts_groups.html",
        activity_id,
        groups=services().cohorts.offers(viewer()),
        reads_groups=services().moodle_groups.is_offered(viewer()),
        fault=g.get("fault", ""),
    )


@bp.post(COHORTS + "/groups/read")
@allow(*educators)
def read_groups(activity_id: uuid.UUID) -> Response | str:
    """Read the course's groups from Moodle."""
    check_activity(activity_id)
    if not services().moodle_groups.is_offered(viewer()):
        raise NotFound("groups")
    try:
        services().moodle_groups.read(viewer())
    except PlatformError as error:
        g.fault = words.reason(error.reason)
        return groups(activity_id=activity_id)
    return see_other("desk.groups", notice="groups_read", activity_id=activity_id)


@bp.post(COHORTS + "/groups")
@allow(*educators)
@form_page(groups)
def take_groups(activity_id: uuid.UUID) -> Response:
    """Make cohorts of groups."""
    check_activity(activity_id)
    services().cohorts.from_groups(viewer(), read_form(GroupsForm)["groups"])
    return see_other("desk.cohorts", notice="cohorts_from_groups", activity_id=activity_id)


@bp.get(COHORTS + "/apart")
@allow(*educators)
def apart(activity_id: uuid.UUID) -> str:
    """Show who is never given whose work."""
    return cohort_page(
        "desk/cohorts_apart.html",
        activity_id,
        page=services().exclusions.page(viewer()),
        problems=g.get("problems", ()),
    )


@bp.post(COHORTS + "/apart")
@allow(*educators)
@form_page(apart)
def keep_apart(activity_id: uuid.UUID) -> Response:
    """Keep the people of each line apart, or say which line cannot be used."""
    check_activity(activity_id)
    text = _typed_or_uploaded()
    reason = load(ApartForm(), {**request.form, "people": text})["why"]
    done = services().exclusions.add(viewer(), text, reason)
    if done.problems:
        g.problems = done.problems
        raise InvalidInput({"people": [_("Nothing was changed: some lines cannot be used.")]})
    notice = "kept_apart" if done.made else "apart_already"
    return see_other("desk.apart", notice=notice, activity_id=activity_id)


@bp.post(COHORTS + "/apart/remove")
@allow(*educators)
def let_together(activity_id: uuid.UUID) -> Response:
    """Let two people be given each other's work again."""
    check_activity(activity_id)
    try:
        pair = read_form(PairForm)
    except InvalidInput as error:
        raise NotFound("exclusion") from error
    services().exclusions.remove(viewer(), pair["one"], pair["other"])
    return see_other("desk.apart", notice="apart_no_more", activity_id=activity_id)


def _typed_or_uploaded() -> str:
    """Return the list that was pasted, or that of the file; raise InvalidInput without either."""
    upload = request.files.get("file")
    text = request.form.get("people", "")
    if upload and upload.filename:
        content = upload.stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InvalidInput({"file": [_("This file is too big for a list of people.")]})
        text = decode(content)
    people: str = load(ListForm(), {"people": text})["people"]
    return people


def _preview(activity_id: uuid.UUID, preview: ListPreview, text: str, changed: bool = False) -> str:
    return cohort_page(
        "desk/cohorts_preview.html",
        activity_id,
        preview=preview,
        text=text,
        seen=fingerprint(preview),
        changed=changed,
    )
