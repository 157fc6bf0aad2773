"""My work: all activities of the course that the learner has begun, their data, their calendar."""

from __future__ import annotations

import structlog
from werkzeug.wrappers import Response

from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import bp
from lti_tool.views.pages.learner.frame import day_of, overall
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

log = structlog.get_logger()


@bp.get("/my-work")
@allow(*learners)
def my_work() -> str:
    """Show what the learner has begun in this course, and how their competencies came along."""
    work = services().my_work.of(viewer())
    return page(
        "learner/my_work.html",
        work=work,
        overall=overall,
        day_of=day_of,
        calendar=services().calendars.address(viewer()),
        mails=services().wishes.mine(viewer()),
        store=services().learning_records.of(viewer().registration_id),
        shares_out=services().shares.is_on,
        activity_id=viewer().activity_id,
        tab="my_work",
    )


@bp.get("/my-work/export")
@allow(*learners)
def export() -> Response:
    """Hand out everything of the learner's in this course, as a ZIP."""
    person = viewer()
    data = services().privacy.export(person.registration_id, person.user_id, person.context_id)
    response = Response(data, mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="my-work.zip"'
    log.info("own_work_exported", session=str(person.session_id))
    return response


@bp.post("/my-work/calendar")
@allow(*learners)
def make_calendar() -> Response:
    """Give the learner's calendar an address."""
    services().calendars.make(viewer())
    return see_other("learner.my_work", notice="calendar_made", _anchor="calendar")


@bp.post("/my-work/calendar/withdraw")
@allow(*learners)
def withdraw_calendar() -> Response:
    """Let the address open nothing any more."""
    services().calendars.withdraw(viewer())
    return see_other("learner.my_work", notice="calendar_gone", _anchor="calendar")
