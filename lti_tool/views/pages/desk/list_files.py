"""The lists of the desk as files, whole: learners, work, help given, scores."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.services.desk.people_filters import PeopleFilter
from lti_tool.services.desk.queue import QueueList
from lti_tool.views import downloads
from lti_tool.views.guards import allow, staff
from lti_tool.views.pages.desk import cohorts_filter
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.list_file_words import (
    EntryTable,
    PersonTable,
    ScoreTable,
    SupportTable,
    queue_title,
)
from lti_tool.views.session import services, viewer

ACTIVITY = "/activities/<uuid:activity_id>"


@bp.get(f"{ACTIVITY}/people.{downloads.FORM}")
@allow(*staff)
def people_file(activity_id: uuid.UUID, form: str) -> Response:
    """Give the learners, all or those of one state."""
    activity, which = services().activities.get(viewer(), activity_id), _which_people()
    table = PersonTable(activity.values.anonymity.hides_from_staff)
    found = services().lines.people(viewer(), activity_id, which, cohorts_filter.chosen())
    rows = downloads.spoken(found, table.row)
    made = downloads.sheet(table.title, table.headings, rows, table.widths)
    return downloads.table_file(form, activity.title, made)


@bp.get(f"{ACTIVITY}/scores.{downloads.FORM}")
@allow(*staff)
def scores_file(activity_id: uuid.UUID, form: str) -> Response:
    """Give the score of each learner who has begun, and how it fares on its way to the LMS."""
    activity = services().activities.get(viewer(), activity_id)
    table = ScoreTable(activity.values.anonymity.hides_from_staff)
    found = services().lines.people(viewer(), activity_id, cohort_id=cohorts_filter.chosen())
    rows = downloads.spoken((one for one in found if one.row.progress), table.row)
    made = downloads.sheet(table.title, table.headings, rows, table.widths)
    return downloads.table_file(form, activity.title, made)


@bp.get(f"{ACTIVITY}/desk.{downloads.FORM}")
@allow(*staff)
def queue_file(activity_id: uuid.UUID, form: str) -> Response:
    """Give one list of the desk."""
    activity, which = services().activities.get(viewer(), activity_id), _which_list()
    table = EntryTable(activity.values.anonymity.hides_from_staff)
    found = services().lines.queue(viewer(), activity_id, which, cohorts_filter.chosen())
    rows = downloads.spoken(found, table.row)
    made = downloads.sheet(queue_title(which), table.headings, rows, table.widths)
    return downloads.table_file(form, activity.title, made)


@bp.get(f"{ACTIVITY}/support.{downloads.FORM}")
@allow(*staff)
def support_file(activity_id: uuid.UUID, form: str) -> Response:
    """Give what tutors did for learners, of which kind, and whether before anybody asked."""
    activity = services().activities.get(viewer(), activity_id)
    table = SupportTable(activity.values.anonymity.hides_from_staff)
    found = services().lines.support(viewer(), activity_id, cohorts_filter.chosen())
    rows = downloads.spoken(found, table.row)
    made = downloads.sheet(table.title, table.headings, rows, table.widths)
    return downloads.table_file(form, activity.title, made)


def _which_people() -> PeopleFilter:
    try:
        return PeopleFilter(request.args.get("show") or PeopleFilter.ALL)
    except ValueError as error:
        raise NotFound("filter") from error


def _which_list() -> QueueList:
    try:
        return QueueList(request.args.get("list") or QueueList.WAITING)
    except ValueError as error:
        raise NotFound("list") from error
