"""The pages of the course, its activities and its gradebook."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.sandbox import course as courses
from lti_tool.sandbox import gradebook, people
from lti_tool.sandbox.claims import line_item_url
from lti_tool.sandbox.launches import (
    course_or_404,
    item_or_404,
    link_or_404,
    require_educator,
)
from lti_tool.sandbox.oidc import active_tool
from lti_tool.sandbox.records import Course, Link, Tool
from lti_tool.sandbox.session import be, ensure_person
from lti_tool.sandbox.state import sandbox

bp = Blueprint("pages", __name__)


def common_values() -> dict[str, Any]:
    """Return what every page's frame shows."""
    if request.blueprint not in ("pages", "admin", "deep_linking", "mailbox"):
        return {}
    here = sandbox()
    return {
        "me": ensure_person(),
        "everybody": [each for each in here.store.people.all() if int(each.id) < 1000],
        "courses": here.store.courses.all(),
        "personality": here.personality,
        "first_course": here.store.courses.all()[0],
    }


@bp.get("/")
def home() -> AnyResponse:
    """Go to the first course."""
    return redirect(url_for("pages.course", course_id=sandbox().store.courses.all()[0].id))


@bp.post("/person")
def be_person() -> AnyResponse:
    """Be another person, and stay on the page."""
    person = people.find_person(sandbox().store, request.form.get("person", ""))
    if person is None:
        abort(404)
    be(person)
    back = request.form.get("next", "/")
    return redirect(back if back.startswith("/") and not back.startswith("//") else "/", 303)


@bp.get("/course/<course_id>")
def course(course_id: str) -> str:
    """Show a course with its activities."""
    here, shown, me = sandbox(), course_or_404(course_id), ensure_person()
    links = courses.links_of(here, shown)
    return render_template(
        "sandbox/course.html",
        course=shown,
        role=people.role_in(shown, me),
        links=links,
        columns={link.id: _columns(link) for link in links},
        done={link.id for link in links if gradebook.is_complete(here, link, me.id)},
        tools={tool.client_id: tool for tool in here.store.tools.all()},
    )


@bp.get("/course/<course_id>/returned")
def returned(course_id: str) -> str:
    """Come back from a tool (its return_url): leave the frame and show the course."""
    return render_template("sandbox/leave_frame.html", url=f"/course/{course_or_404(course_id).id}")


@bp.get("/activity/<link_id>")
def activity(link_id: str) -> str:
    """Show an activity: the tool in a frame inside the course."""
    link = link_or_404(link_id)
    return _frame(
        course_or_404(link.course_id),
        sandbox().store.tools.get(link.client_id),
        link.title,
        url_for("launch.launch_link", link_id=link.id),
    )


@bp.get("/course/<course_id>/add/<client_id>")
def add_with_tool(course_id: str, client_id: str) -> str:
    """Show the tool's own dialog in which the educator chooses what to add."""
    require_educator(course_id)
    tool = active_tool(client_id)
    start = url_for("launch.launch_deep_linking", course_id=course_id, client_id=client_id)
    return _frame(course_or_404(course_id), tool, f"Add an activity with {tool.name}", start)


@bp.get("/review/<item_id>")
@bp.get("/review/<item_id>/<person_id>")
def review(item_id: str, person_id: str = "") -> str:
    """Show somebody's submission: the tool in a frame, opened from the gradebook."""
    item = item_or_404(item_id)
    start = url_for("launch.launch_review", item_id=item_id, person_id=person_id or None)
    tool = sandbox().store.tools.get(item.client_id)
    return _frame(course_or_404(item.course_id), tool, f"Review: {item.label}", start)


@bp.post("/course/<course_id>/links")
def add_link(course_id: str) -> AnyResponse:
    """Add a plain activity, without deep linking, with or without a coupled column."""
    require_educator(course_id)
    tool, form = active_tool(request.form.get("client_id", "")), request.form
    link = courses.add_link(
        sandbox(),
        course_or_404(course_id),
        tool,
        title=form.get("title", "").strip() or tool.name,
        url=form.get("url", "").strip() or tool.target_link_uri,
        new_window="new_window" in form,
    )
    if "graded" in form:
        gradebook.couple(sandbox(), link, link.title, 100.0)
    return redirect(url_for("pages.course", course_id=course_id), 303)


@bp.post("/course/<course_id>/copy")
def copy_course(course_id: str) -> AnyResponse:
    """Copy a course with its activities and without anybody's work, as for a new year."""
    require_educator(course_id)
    shown = course_or_404(course_id)
    made = courses.copy_course(sandbox(), shown, f"{shown.title} (copy)")
    return redirect(url_for("pages.course", course_id=made.id), 303)


@bp.post("/activity/<link_id>/duplicate")
def duplicate_link(link_id: str) -> AnyResponse:
    """Duplicate an activity in its course."""
    link = link_or_404(link_id)
    require_educator(link.course_id)
    courses.duplicate_link(sandbox(), link)
    return redirect(url_for("pages.course", course_id=link.course_id), 303)


@bp.post("/activity/<link_id>/delete")
def delete_link(link_id: str) -> AnyResponse:
    """Delete an activity with its coupled column."""
    link = link_or_404(link_id)
    require_educator(link.course_id)
    courses.delete_link(sandbox(), link)
    return redirect(url_for("pages.course", course_id=link.course_id), 303)


@bp.get("/course/<course_id>/gradebook")
def grades(course_id: str) -> str:
    """Show the gradebook: all of it to staff, the own row to a learner."""
    here, shown, me = sandbox(), course_or_404(course_id), ensure_person()
    role = people.role_in(shown, me)
    staff = role in ("educator", "tutor")
    rows = [
        person
        for person, member_role in people.members(here.store, shown)
        if member_role in ("learner", "inactive") and (staff or person.id == me.id)
    ]
    items = courses.items_of(here, shown)
    return render_template(
        "sandbox/gradebook.html",
        course=shown,
        items=items,
        rows=rows[:200],
        hidden=max(0, len(rows) - 200),
        staff=staff,
        educator=role == "educator",
        scores={(s.line_item_id, s.person_id): s for s in here.store.scores.all()},
        titles={link.id: link.title for link in here.store.links.all()},
        addresses={item.id: line_item_url(here, item) for item in items},
    )


@bp.post("/gradebook/<item_id>/<person_id>")
def grade(item_id: str, person_id: str) -> AnyResponse:
    """Set a grade by hand; an empty one is taken away."""
    item = item_or_404(item_id)
    require_educator(item.course_id)
    person = sandbox().store.people.get(person_id)
    value = request.form.get("value", "", type=str).strip().replace(",", ".")
    if person is None or (value and not value.replace(".", "", 1).isdecimal()):
        abort(400)
    comment = request.form.get("comment", "").strip()
    gradebook.grade_by_hand(sandbox(), item, person.id, float(value) if value else None, comment)
    return redirect(url_for("pages.grades", course_id=item.course_id), 303)


def clock(moment: float) -> str:
    """Return a POSIX time as a date and time to the second, in UTC."""
    return f"{datetime.fromtimestamp(moment, UTC):%d %b %Y, %H:%M:%S} UTC"


def _frame(shown: Course, tool: Tool | None, title: str, start: str) -> str:
    return render_template(
        "sandbox/frame.html",
        course=shown,
        tool=tool,
        title=title,
        start=start,
        close_to=url_for("pages.course", course_id=shown.id),
        origins=_origins(tool),
        storage=sandbox().platform_storage,
    )


def _origins(tool: Tool | None) -> str:
    if tool is None:
        return ""
    parts = [urlsplit(uri) for uri in (tool.initiate_login_uri, *tool.redirect_uris)]
    return " ".join(sorted({f"{each.scheme}://{each.netloc}" for each in parts}))


def _columns(link: Link) -> list[Any]:
    return [item for item in sandbox().store.line_items.all() if item.link_id == link.id]
