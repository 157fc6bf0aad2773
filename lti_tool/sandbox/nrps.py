"""Names and Role Provisioning Services 2.0: who is in a course."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from lti_tool.sandbox import groups, log, people, services
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.claims import context_claim, has_groups, roster_roles, visible_identity
from lti_tool.sandbox.custom import custom_values
from lti_tool.sandbox.personalities import MEMBERSHIP
from lti_tool.sandbox.records import Course, Link, Person, Tool
from lti_tool.sandbox.state import sandbox

bp = Blueprint("nrps", __name__, url_prefix="/lti/services/CourseSection/<course_id>")


@dataclass(frozen=True)
class Settings:
    """How the roster behaves by order of the control API; None is as the personality does.

    ``limit`` refuses courses with more members (403), ``page_size`` is the most in a page.
    """

    differences: bool = False
    groups: bool | None = None
    enrollments: bool = True
    limit: int | None = None
    page_size: int | None = None


@bp.get("/bindings/<binding>/memberships")
def memberships(course_id: str, binding: str) -> Response:
    """Return the members of a course, by role, link and page; or what has changed ``since``."""
    log.describe("Memberships")
    services.check_accept(v.TYPE_ROSTER)
    tool = services.calling_tool(v.SCOPE_ROSTER)
    course = services.course_or_fail(course_id)
    if binding != tool.deployment_id:
        services.fail(404, "no such binding")
    link = _link(course, tool)
    found = _people(course)
    _refuse_large(len(found))
    items = [_member(course, tool, person, role, link) for person, role in found]
    since = request.args.get("since")
    if since is not None:
        items = _changed(items, since)
    page, next_link = services.page_of(items, _page_size(), _style())
    body = {"id": request.url, "context": context_claim(course), "members": page}
    answer = services.json_answer(body, v.TYPE_ROSTER)
    links = [next_link] if next_link else [_differences(course, tool)]
    if any(links):
        answer.headers["Link"] = ", ".join(filter(None, links))
    return answer


def _settings() -> Settings:
    return Settings(**sandbox().store.value("roster", {}))


def _refuse_large(count: int) -> None:
    ordered = _settings().limit
    limit = sandbox().personality.roster_limit if ordered is None else ordered
    if limit and count > limit:
        services.fail(403, "the course has too many members")


def _page_size() -> int:
    ordered = _settings().page_size
    return sandbox().personality.roster_page_size if ordered is None else ordered


def _style() -> str:
    personality = sandbox().personality
    if not personality.roster_paging:
        return "none"
    return "from" if personality.name == "moodle" else "bookmark"


def _differences(course: Course, tool: Tool) -> str:
    """Remember who is in the course now; return the link to what will have changed since."""
    if not _settings().differences:
        return ""
    since = secrets.token_urlsafe(8)
    sandbox().memory.rosters[since] = {
        item["user_id"]: repr(item)
        for item in (_member(course, tool, person, role, None) for person, role in _people(course))
    }
    url = f"{sandbox().url(request.path)}?{urlencode({'since': since})}"
    return f'<{url}>; rel="differences"'


def _changed(items: list[dict[str, Any]], since: str) -> list[dict[str, Any]]:
    """Return members who are new or different, and those who are gone, as Deleted."""
    before = sandbox().memory.rosters.get(since)
    if before is None:
        services.fail(404, "these differences are too old")
    present = {item["user_id"] for item in items}
    gone = [{"user_id": sub, "roles": [], "status": "Deleted"} for sub in before.keys() - present]
    return [item for item in items if before.get(item["user_id"]) != repr(item)] + gone


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
    if has_groups(here) and _settings().enrollments and v.SCOPE_GROUPS in tool.scopes:
        member["group_enrollments"] = groups.enrollments(here, course, person)
    if link is not None:
        member["message"] = [_message(course, tool, person, link)]
    return member


def _message(course: Course, tool: Tool, person: Person, link: Link) -> dict[str, Any]:
    here = sandbox()
    message: dict[str, Any] = {v.LTI + "message_type": v.RESOURCE_LINK}
    if here.personality.name != "moodle":
        message[v.LTI + "custom"] = custom_values(here, tool, course, person, link)
    return message
