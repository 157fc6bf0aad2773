"""Course Groups Service 1.0: the groups of a course."""

from typing import Any

from flask import Blueprint, Response, request

from lti_tool.sandbox import log, services
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.claims import context_claim, has_groups
from lti_tool.sandbox.records import Course, Group, Person
from lti_tool.sandbox.state import Sandbox, sandbox

bp = Blueprint("groups", __name__, url_prefix="/lti/services/<course_id>")


@bp.get("/groups")
def groups(course_id: str) -> Response:
    """Return the groups of a course, all or those of one person, page by page."""
    log.describe("Groups")
    course = _course(course_id, v.TYPE_GROUPS)
    found = groups_of(sandbox(), course)
    wanted = request.args.get("user_id")
    if wanted is not None:
        person = sandbox().person_of(wanted)
        found = [one for one in found if person is not None and person.id in one.people]
    page, next_link = services.page_of(found, 0, "bookmark")
    items = [_group(group) for group in page]
    return _answer(course, "groups", items, v.TYPE_GROUPS, next_link)


@bp.get("/group-sets")
def group_sets(course_id: str) -> Response:
    """Return the sets that a course's groups belong to."""
    log.describe("Group sets")
    course = _course(course_id, v.TYPE_GROUP_SETS)
    names = dict.fromkeys(group.set_name for group in groups_of(sandbox(), course))
    sets = [{"id": _set_id(name), "name": name} for name in names if name]
    page, next_link = services.page_of(sets, 0, "bookmark")
    return _answer(course, "sets", page, v.TYPE_GROUP_SETS, next_link)


def groups_of(here: Sandbox, course: Course) -> list[Group]:
    """Return the groups of a course in the order in which they were made."""
    return [group for group in here.store.groups.all() if group.course_id == course.id]


def enrollments(here: Sandbox, course: Course, person: Person) -> list[dict[str, str]]:
    """Return what the roster tells of a member's groups (LTI-GS 1.0, 2.3)."""
    return [
        {"group_id": group.id} for group in groups_of(here, course) if person.id in group.people
    ]


def _course(course_id: str, media_type: str) -> Course:
    services.check_accept(media_type)
    services.calling_tool(v.SCOPE_GROUPS)
    if not has_groups(sandbox()):
        services.fail(404, "there is no groups service")
    return services.course_or_fail(course_id)


def _answer(
    course: Course, name: str, items: list[dict[str, Any]], media_type: str, next_link: str
) -> Response:
    body = {"id": request.url, "context": context_claim(course), name: items}
    answer = services.json_answer(body, media_type)
    if next_link:
        answer.headers["Link"] = next_link
    return answer


def _group(group: Group) -> dict[str, Any]:
    item: dict[str, Any] = {"id": group.id, "name": group.name}
    return {**item, "set_id": _set_id(group.set_name)} if group.set_name else item


def _set_id(name: str) -> str:
    return f"set-{name}"
