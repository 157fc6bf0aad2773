"""Moodle's web services over REST, as far as the companion calls them, with Moodle 4.5's errors.

Answers and errors are shaped as a real Moodle was seen to give them: 200 with ``exception``,
``errorcode`` and ``message``; 403 with nothing where the protocol is off. ``/control/webservices``
sets what is there:

    POST /control/webservices  {token, enabled, service, suspended, maintenance, competencies,
                               without: [functions], forbidden: [capabilities],
                               frameworks: [{idnumber, name, scale: [labels], competencies: [..]}]}
    GET  /control/webservices  the same, and ratings: {"course:user:idnumber": {grade, note}}
    POST /control/webservices/ratings  {course, user, idnumber, grade}: a rating by hand
"""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, jsonify, request

from lti_tool.sandbox import people
from lti_tool.sandbox.control import body
from lti_tool.sandbox.groups import groups_of
from lti_tool.sandbox.records import Course
from lti_tool.sandbox.state import sandbox

bp = Blueprint("webservices", __name__)
control_bp = Blueprint("webservices_control", __name__, url_prefix="/control/webservices")
START: dict[str, Any] = {
    "token": "",
    "enabled": False,
    "service": True,
    "suspended": False,
    "maintenance": False,
    "competencies": True,
    "without": [],
    "forbidden": [],
    "frameworks": [],
    "in_course": {},
    "ratings": {},
}
ACCOUNT = "miroir_companion"


def settings() -> dict[str, Any]:
    """Return what is set; a token must have been set before anything works."""
    return deepcopy(START) | dict(sandbox().store.value("webservices") or {})


def save(values: dict[str, Any]) -> None:
    """Keep what is set."""
    sandbox().store.set_value("webservices", values)


@control_bp.get("")
def show() -> Response:
    """Tell everything."""
    return jsonify(settings())


@control_bp.post("")
def set_values() -> Response:
    """Set some values; what Moodle has been told stays."""
    save(settings() | body())
    return show()


@control_bp.post("/ratings")
def rate_by_hand() -> Response:
    """Rate somebody as a teacher would in the LMS; without a grade, take the rating away."""
    told, values = body(), settings()
    key = f"{told['course']}:{told['user']}:{told['idnumber']}"
    if told.get("grade"):
        values["ratings"][key] = {"grade": told["grade"], "note": ""}
    else:
        values["ratings"].pop(key, None)
    save(values)
    return show()


@bp.post("/webservice/rest/server.php")
def serve() -> Response:
    """Answer one call."""
    values, told = settings(), request.form
    if sandbox().personality.name != "moodle":
        abort(404)
    if not values["enabled"]:
        return Response("", status=403, content_type="text/html; charset=utf-8")
    if not values["token"] or told.get("wstoken") != values["token"]:
        _fail("moodle_exception", "invalidtoken", "Invalid token - token not found")
    if values["suspended"]:
        text = f"Refused web service access for suspended username: {ACCOUNT}"
        _fail("moodle_exception", "wsaccessusersuspended", text)
    if values["maintenance"]:
        text = "The site is undergoing maintenance and is currently not available"
        _fail("moodle_exception", "sitemaintenance", text)
    name = told.get("wsfunction", "")
    if name not in FUNCTIONS or not values["service"] or name in values["without"]:
        _fail("webservice_access_exception", "accessexception", "Access control exception")
    if "competency" in name and not values["competencies"]:
        text = "Competencies are not enabled."
        _fail("moodle_exception", "competenciesarenotenabled", text)
    return _json(FUNCTIONS[name](values))


def _site_info(values: dict[str, Any]) -> Any:
    names = [name for name in FUNCTIONS if name not in values["without"]]
    return {
        "sitename": "Sandbox",
        "username": ACCOUNT,
        "fullname": "Miroir Companion",
        "userid": 1,
        "siteurl": sandbox().base_url,
        "functions": [{"name": name, "version": "2024100706"} for name in names],
    }


def _frameworks(values: dict[str, Any]) -> Any:
    return [
        {"id": number, "idnumber": one["idnumber"], "shortname": one["name"], "scaleid": number}
        for number, one in enumerate(values["frameworks"], start=1)
    ]


def _competencies(values: dict[str, Any]) -> Any:
    told = request.form
    wanted = {
        told[f"filters[{n}][column]"]: told[f"filters[{n}][value]"]
        for n in range(5)
        if f"filters[{n}][column]" in told
    }
    return [
        _competency(values, number)
        for number, framework, id_number in _all(values)
        if str(framework) == wanted.get("competencyframeworkid")
        and id_number == wanted.get("idnumber", id_number)
    ]


def _scale(values: dict[str, Any]) -> Any:
    labels = values["frameworks"][int(request.form["scaleid"]) - 1]["scale"]
    return [{"id": number, "name": label} for number, label in enumerate(labels, start=1)]


def _course_competencies(values: dict[str, Any]) -> Any:
    course = _course(request.form["id"])
    _need(values, "coursecompetencyview", "View course competencies")
    here = values["in_course"].get(course.id, [])
    return [
        {"competency": _competency(values, number), "coursecompetency": {"courseid": course.id}}
        for number, _framework, _id in _all(values)
        if number in here
    ]


def _add(values: dict[str, Any]) -> Any:
    course = _course(request.form["courseid"])
    _need(values, "coursecompetencymanage", "Manage course competencies")
    number = int(request.form["competencyid"])
    if number not in {one[0] for one in _all(values)}:
        text = "Error: Data submitted is invalid"
        _fail("invalid_persistent_exception", "invalidpersistenterror", text)
    here = values["in_course"].setdefault(course.id, [])
    added = number not in here
    if added:
        here.append(number)
        save(values)
    return added


def _grade(values: dict[str, Any]) -> Any:
    course = _course(request.form["courseid"])
    _need(values, "usercompetencyview", "View a user competency")
    _need(values, "competencygrade", "Set competency rating")
    id_number, scale = _in_course(values, course)
    person = sandbox().person_of(request.form["userid"])
    if person is None or people.role_in(course, person) != "learner":
        _coding("The competency may not be rated at this time.")
    grade = int(request.form["grade"])
    if not 1 <= grade <= len(scale):
        text = "Error: Invalid rating"
        _fail("invalid_persistent_exception", "invalidpersistenterror", text)
    key = f"{course.id}:{request.form['userid']}:{id_number}"
    values["ratings"][key] = {"grade": grade, "note": request.form.get("note", "")}
    save(values)
    return {"grade": grade, "note": request.form.get("note", ""), "gradename": scale[grade - 1]}


def _summary(values: dict[str, Any]) -> Any:
    course = _course(request.form["courseid"])
    _need(values, "usercompetencyview", "View a user competency")
    id_number, scale = _in_course(values, course)
    found = values["ratings"].get(f"{course.id}:{request.form['userid']}:{id_number}")
    grade = found["grade"] if found else None
    label = scale[grade - 1] if grade else "-"
    return {"usercompetencysummary": {"usercompetencycourse": {"grade": grade, "gradename": label}}}


def _users(values: dict[str, Any]) -> Any:
    person = sandbox().person_of(request.form["values[0]"])
    if person is None or "viewdetails" in values["forbidden"]:
        return []
    return [{"id": int(person.id), "fullname": person.name, "suspended": False}]


def _groups(values: dict[str, Any]) -> Any:
    course = _course(request.form["courseid"])
    _need(values, "managegroups", "Manage groups")
    found = groups_of(sandbox(), course)
    return [{"id": int(one.id), "courseid": int(course.id), "name": one.name} for one in found]


def _members(values: dict[str, Any]) -> Any:
    _need(values, "managegroups", "Manage groups")
    wanted = [value for name, value in request.form.items() if name.startswith("groupids[")]
    return [
        {"groupid": int(key), "userids": [int(one) for one in group.people]}
        for key in wanted
        if (group := sandbox().store.groups.get(key)) is not None
    ]


FUNCTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "core_webservice_get_site_info": _site_info,
    "core_competency_list_competency_frameworks": _frameworks,
    "core_competency_list_competencies": _competencies,
    "core_competency_get_scale_values": _scale,
    "core_competency_list_course_competencies": _course_competencies,
    "core_competency_add_competency_to_course": _add,
    "core_competency_grade_competency_in_course": _grade,
    "tool_lp_data_for_user_competency_summary_in_course": _summary,
    "core_user_get_users_by_field": _users,
    "core_group_get_course_groups": _groups,
    "core_group_get_group_members": _members,
}


def _all(values: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Return number, framework's number and id number of every competency."""
    found = [
        (framework, id_number)
        for framework, one in enumerate(values["frameworks"], start=1)
        for id_number in one["competencies"]
    ]
    return [(number, *one) for number, one in enumerate(found, start=1)]


def _competency(values: dict[str, Any], number: int) -> dict[str, Any]:
    _number, framework, id_number = _all(values)[number - 1]
    return {
        "id": number,
        "idnumber": id_number,
        "shortname": f"Competency {id_number}",
        "competencyframeworkid": framework,
        "scaleid": None,
    }


def _in_course(values: dict[str, Any], course: Course) -> tuple[str, list[str]]:
    """Return id number and scale of the competency asked for, if the course has it."""
    number = int(request.form["competencyid"])
    if number not in values["in_course"].get(course.id, []):
        _coding(f"The competency does not belong to this course: {number}, {course.id}")
    _number, framework, id_number = _all(values)[number - 1]
    return id_number, values["frameworks"][framework - 1]["scale"]


def _course(course_id: str) -> Course:
    course = sandbox().store.courses.get(course_id)
    if course is None:
        text = "Can't find data record in database table course."
        _fail("dml_missing_record_exception", "invalidrecord", text)
    if "view" in settings()["forbidden"]:
        text = "Course or activity not accessible."
        _fail("require_login_exception", "requireloginerror", text)
    return course


def _need(values: dict[str, Any], capability: str, name: str) -> None:
    if capability in values["forbidden"]:
        text = f"Sorry, but you do not currently have permissions to do that ({name})."
        _fail("required_capability_exception", "nopermissions", text)


def _coding(what: str) -> NoReturn:
    text = f"Coding error detected, it must be fixed by a programmer: {what}"
    _fail("coding_exception", "codingerror", text)


def _fail(exception: str, code: str, message: str) -> NoReturn:
    told = {"exception": f"core\\exception\\{exception}", "errorcode": code, "message": message}
    abort(_json(told))


def _json(answer: Any) -> Response:
    return Response(json.dumps(answer), content_type="application/json")
