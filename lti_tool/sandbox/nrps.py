"""Names and Role Provisioning Services 2.0: who is in a course."""

from typing import Any

from flask import Blueprint, Response, request

from lti_tool.sandbox import log, people, services
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.claims import context_claim, roster_roles, visible_identity
from lti_tool.sandbox.custom import custom_values
from lti_tool.sandbox.personalities import MEMBERSHIP
from lti_tool.sandbox.records import Course, Link, Person, Tool
from lti_tool.sandbox.state import sandbox

bp = Blueprint("nrps", __name__, url_prefix="/lti/services/CourseSection/<course_id>")


@bp.get("/bindings/<binding>/memberships")
def memberships(course_id: str, binding: str) -> Response:
    """Return the members of a course, by role, link and page."""
    log.describe("Memberships")
    services.check_accept(v.TYPE_ROSTER)
    tool = services.calling_tool(v.SCOPE_ROSTER)
    course = services.course_or_fail(course_id)
    if binding != tool.deployment_id:
        services.fail(404, "no such binding")
    link = _link(course, tool)
    page, next_link = services.page_of(_people(course), _page_size(), _style())
    body = {
        "id": request.url,
        "context": context_claim(course),
        "members": [_member(course, tool, person, role, link) for person, role in page],
    }
    answer = services.json_answer(body, v.TYPE_ROSTER)
    if next_link:
        answer.headers["Link"] = next_link
    return answer


def _page_size() -> int:
    return 50 if sandbox().personality.name == "canvas" else 0


def _style() -> str:
    personality = sandbox().personality
    if not personality.roster_paging:
        return "none"
    return "from" if personality.name == "moodle" else "bookmark"


def _link(course: Course, tool: Tool) -> Link | None:
    wanted = request.args.get("rlid")
    if not wanted:
        return None
    link = sandbox().store.links.get(wanted)
    if link is None or (link.course_id, link.client_id) != (course.id, tool.client_id):
        services.fail(404, "no such resource link")
    return link


def _people(course: Course) -> list[tuple[Person, str]]:
    here = sandbox()
    found = people.members(here.store, course)
    if here.personality.name == "moodle":
        found = [(person, role) for person, role in found if role != "inactive"]
    wanted = _wanted_role()
    if not wanted:
        return found
    return [
        (person, role)
        for person, role in found
        if wanted in [_short(each) for each in roster_roles(here, course, person)]
    ]


def _wanted_role() -> str:
    """Return the short role to filter by; roles that the platform does not filter are ignored."""
    here = sandbox()
    wanted = _short(request.args.get("role", ""))
    if here.personality.name == "openedx" or wanted not in ("Instructor", "Learner"):
        return ""
    return wanted


def _short(role: str) -> str:
    return role.removeprefix(f"{MEMBERSHIP}#")


def _member(
    course: Course, tool: Tool, person: Person, role: str, link: Link | None
) -> dict[str, Any]:
    here = sandbox()
    member: dict[str, Any] = {
        "status": "Inactive" if role == "inactive" else "Active",
        "roles": roster_roles(here, course, person),
        "user_id": here.subject(person),
        **visible_identity(here, person),
    }
    if here.personality.name == "moodle":
        member["lis_person_sourcedid"] = ""
    if link is not None:
        member["message"] = [_message(course, tool, person, link)]
    return member


def _message(course: Course, tool: Tool, person: Person, link: Link) -> dict[str, Any]:
    here = sandbox()
    message: dict[str, Any] = {v.LTI + "message_type": v.RESOURCE_LINK}
    if here.personality.name != "moodle":
        message[v.LTI + "custom"] = custom_values(here, tool, course, person, link)
    return message
