"""The control API's second half: reading and making tools, people, courses, links and scores."""

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify, request

from lti_tool.sandbox import course as courses
from lti_tool.sandbox import gradebook, people, tokens
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.control import body, bp, change, refuse
from lti_tool.sandbox.records import Course, Group, LineItem, Link, Person, Tool
from lti_tool.sandbox.registration import new_tool, registration_link
from lti_tool.sandbox.state import sandbox


@bp.get("/tools")
def read_tools() -> Response:
    """Tell every registered tool."""
    return jsonify([asdict(tool) for tool in sandbox().store.tools.all()])


@bp.post("/tools")
def make_tool() -> Response:
    """Register a tool by hand; scopes default to all."""
    values = {"scopes": list(v.ALL_SCOPES), **body()}
    client_id, deployment_id = values.pop("client_id", None), values.pop("deployment_id", None)
    try:
        tool = new_tool(sandbox(), **values)
    except TypeError as error:
        refuse(str(error))
    sandbox().store.tools.pop(tool.client_id)
    tool.client_id = str(client_id or tool.client_id)
    tool.deployment_id = str(deployment_id or tool.deployment_id)
    return jsonify(asdict(sandbox().store.tools.put(tool.client_id, tool)))


@bp.post("/tools/<client_id>")
def change_tool(client_id: str) -> Response:
    """Change a tool, e.g. activate it."""
    tool = _tool(client_id)
    change(tool, body())
    return jsonify(asdict(sandbox().store.tools.put(client_id, tool)))


@bp.delete("/tools/<client_id>")
def delete_tool(client_id: str) -> Response:
    """Remove a tool; its links stay and cannot be opened any more."""
    return jsonify(removed=sandbox().store.tools.pop(client_id) is not None)


@bp.post("/registration-link")
def make_registration_link() -> Response:
    """Complete a tool's registration link with a one-time token."""
    url = registration_link(sandbox(), str(body()["link"]), str(body().get("client_id", "")))
    return jsonify(url=url)


@bp.post("/access-token")
def make_access_token() -> Response:
    """Give a token without an assertion, for trials of the services."""
    tool = _tool(str(body().get("client_id")))
    token = tokens.give_token(sandbox(), tool, list(body().get("scopes", v.ALL_SCOPES)))
    return jsonify(access_token=token.token)


@bp.get("/people")
def read_people() -> Response:
    """Tell everybody, with the id that tools know them by."""
    here = sandbox()
    everybody = here.store.people.all()
    return jsonify([{**asdict(person), "sub": here.subject(person)} for person in everybody])


@bp.post("/people")
def add_people() -> Response:
    """Add invented people, who are members of every course."""
    count, role = int(body().get("count", 1)), str(body().get("role", "learner"))
    made = people.make_crowd(sandbox().store, count, role)
    return jsonify(made=[person.id for person in made])


@bp.post("/people/<who>")
def change_person(who: str) -> Response:
    """Change somebody's account."""
    person = _person(who)
    change(person, body())
    return jsonify(asdict(sandbox().store.people.put(person.id, person)))


@bp.post("/people/<who>/role")
def change_role(who: str) -> Response:
    """Give somebody another role in a course; "none" removes them."""
    course = _course(body().get("course_id"))
    course.roles[_person(who).id] = str(body()["role"])
    return jsonify(asdict(sandbox().store.courses.put(course.id, course)))


@bp.get("/groups")
def read_groups() -> Response:
    """Tell every group."""
    return jsonify([asdict(group) for group in sandbox().store.groups.all()])


@bp.post("/groups")
def make_group() -> Response:
    """Make a group of people in a course."""
    here, wanted = sandbox(), body()
    group = Group(
        id=str(here.store.next_number("group")),
        course_id=_course(wanted.get("course_id")).id,
        name=str(wanted.get("name", "Group")),
        people=[_person(str(who)).id for who in wanted.get("people", [])],
        set_name=str(wanted.get("set_name", "")),
    )
    return jsonify(asdict(here.store.groups.put(group.id, group)))


@bp.delete("/groups/<group_id>")
def delete_group(group_id: str) -> Response:
    """Remove a group; its people stay in the course."""
    return jsonify(removed=sandbox().store.groups.pop(group_id) is not None)


@bp.get("/courses")
def read_courses() -> Response:
    """Tell every course."""
    return jsonify([asdict(course) for course in sandbox().store.courses.all()])


@bp.post("/courses")
def make_course() -> Response:
    """Make a course, empty or as a copy of another."""
    title = str(body().get("title", "Another course"))
    if "copy_of" in body():
        source = _course(body()["copy_of"])
        return jsonify(asdict(courses.copy_course(sandbox(), source, title)))
    return jsonify(asdict(sandbox().add_course(title)))


@bp.get("/links")
def read_links() -> Response:
    """Tell every activity."""
    return jsonify([asdict(link) for link in sandbox().store.links.all()])


@bp.post("/links")
def make_link() -> Response:
    """Make an activity, with or without a coupled column."""
    values = body()
    tool = _tool(str(values.pop("client_id", "")))
    course = _course(values.pop("course_id", None))
    column = values.pop("line_item", None)
    try:
        link = courses.add_link(sandbox(), course, tool, **values)
    except TypeError as error:
        refuse(str(error))
    if isinstance(column, dict):
        _couple(link, column)
    return jsonify(asdict(link))


@bp.post("/links/<link_id>")
def change_link(link_id: str) -> Response:
    """Change an activity."""
    link = _link(link_id)
    change(link, body())
    return jsonify(asdict(sandbox().store.links.put(link_id, link)))


@bp.delete("/links/<link_id>")
def delete_link(link_id: str) -> Response:
    """Delete an activity as the educator does."""
    courses.delete_link(sandbox(), _link(link_id))
    return jsonify(removed=True)


@bp.post("/links/<link_id>/duplicate")
def duplicate_link(link_id: str) -> Response:
    """Duplicate an activity, in its course or into another."""
    target = _course(body()["course_id"]) if "course_id" in body() else None
    return jsonify(asdict(courses.duplicate_link(sandbox(), _link(link_id), target)))


@bp.get("/line-items")
def read_line_items() -> Response:
    """Tell every column of every gradebook."""
    return jsonify([asdict(item) for item in sandbox().store.line_items.all()])


@bp.post("/line-items/<item_id>")
def change_line_item(item_id: str) -> Response:
    """Change a column, e.g. lock it."""
    item = _item(item_id)
    change(item, body())
    return jsonify(asdict(sandbox().store.line_items.put(item_id, item)))


@bp.get("/scores")
def read_scores() -> Response:
    """Tell every score, of one column or of all, with the person's ``sub``."""
    here, wanted = sandbox(), request.args.get("line_item_id", "")
    found = [score for score in here.store.scores.all() if wanted in ("", score.line_item_id)]
    return jsonify([{**asdict(score), "sub": _subject(score.person_id)} for score in found])


@bp.post("/scores")
def grade_by_hand() -> Response:
    """Set a grade as a teacher does in the gradebook."""
    values = body()
    item = _item(str(values.get("line_item_id")))
    person = _person(str(values.get("person")))
    value, comment = values.get("value"), str(values.get("comment", ""))
    score = gradebook.grade_by_hand(sandbox(), item, person.id, value, comment)
    score.locked = bool(values.get("locked", False))
    return jsonify(asdict(gradebook.save_score(sandbox(), score)))


def _subject(person_id: str) -> str:
    person = sandbox().store.people.get(person_id)
    return sandbox().subject(person) if person else person_id


def _couple(link: Link, column: dict[str, Any]) -> None:
    gradebook.couple(
        sandbox(),
        link,
        str(column.get("label", link.title)),
        float(column.get("scoreMaximum", 100)),
        resource_id=str(column.get("resourceId", "")),
        tag=str(column.get("tag", "")),
    )


def _tool(client_id: str) -> Tool:
    tool = sandbox().store.tools.get(client_id)
    if tool is None:
        refuse(f"no tool {client_id}", 404)
    return tool


def _person(who: str) -> Person:
    person = people.find_person(sandbox().store, who)
    if person is None:
        refuse(f"no person {who}", 404)
    return person


def _course(course_id: Any) -> Course:
    if course_id is None:
        return sandbox().store.courses.all()[0]
    course = sandbox().store.courses.get(str(course_id))
    if course is None:
        refuse(f"no course {course_id}", 404)
    return course


def _link(link_id: str) -> Link:
    link = sandbox().store.links.get(link_id)
    if link is None:
        refuse(f"no link {link_id}", 404)
    return link


def _item(item_id: str) -> LineItem:
    item = sandbox().store.line_items.get(item_id)
    if item is None:
        refuse(f"no line item {item_id}", 404)
    return item
