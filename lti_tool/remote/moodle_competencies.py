"""What the companion asks of Moodle: competencies, ratings, people and groups, by its functions.

The functions and what each needs were tried on Moodle 4.5 (docs/moodle.md, "The companion").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lti_tool.errors import PlatformRefusal, WhoCanFix
from lti_tool.remote.moodle_services import MoodleServices, MoodleSite, Value

SITE_INFO = "core_webservice_get_site_info"
FRAMEWORKS = "core_competency_list_competency_frameworks"
COMPETENCIES = "core_competency_list_competencies"
SCALE = "core_competency_get_scale_values"
IN_COURSE = "core_competency_list_course_competencies"
ADD = "core_competency_add_competency_to_course"
GRADE = "core_competency_grade_competency_in_course"
READ = "tool_lp_data_for_user_competency_summary_in_course"
USERS = "core_user_get_users_by_field"
GROUPS = "core_group_get_course_groups"
MEMBERS = "core_group_get_group_members"
FOR_RATINGS = (
    SITE_INFO,
    FRAMEWORKS,
    COMPETENCIES,
    SCALE,
    IN_COURSE,
    ADD,
    GRADE,
    READ,
    USERS,
)
"""What the service must hold."""
FOR_GROUPS = (GROUPS, MEMBERS)
"""And what besides, if groups are to be read."""
WHOLE_SITE: dict[str, Value] = {"contextlevel": "system", "instanceid": 0}


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """Who we are there, and what our service lets us call."""

    root: str
    functions: frozenset[str]
    account: str


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework of the site."""

    id: int
    id_number: str
    name: str
    scale_id: int


@dataclass(frozen=True, slots=True)
class MoodleCompetency:
    """A competency of the site, with the scale by which it is rated."""

    id: int
    id_number: str
    name: str
    scale_id: int


@dataclass(frozen=True, slots=True)
class Rated:
    """What Moodle shows of a person's competency in a course; ``item`` None means no rating."""

    item: int | None
    label: str


@dataclass(frozen=True, slots=True)
class Account:
    """A person as Moodle knows them; ``name`` may be empty."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class GroupOfPeople:
    """A group of a course with its members' ids."""

    id: str
    name: str
    member_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoodleCompetencies:
    """Typed calls; each raises as ``MoodleServices.call``, and ``nonsense`` for odd answers."""

    services: MoodleServices
    site: MoodleSite

    def info(self) -> SiteInfo:
        """Return who we are there."""
        told = _record(self.services.call(self.site, SITE_INFO))
        names = [str(_record(one).get("name", "")) for one in _list(told.get("functions"))]
        return SiteInfo(str(told.get("siteurl", "")), frozenset(names), str(told.get("fullname")))

    def frameworks(self) -> list[Framework]:
        """Return all frameworks that we may see, those of course categories, too."""
        told = self.services.call(self.site, FRAMEWORKS, context=WHOLE_SITE, includes="children")
        return [
            Framework(
                _number(one, "id"),
                str(one.get("idnumber", "")),
                str(one.get("shortname", "")),
                _number(one, "scaleid"),
            )
            for one in map(_record, _list(told))
        ]

    def competency(self, framework: Framework, id_number: str) -> MoodleCompetency | None:
        """Return the competency of a framework that has this id number."""
        wanted: dict[str, Value] = {
            "competencyframeworkid": framework.id,
            "idnumber": id_number,
        }
        filters: list[Value] = [{"column": name, "value": value} for name, value in wanted.items()]
        for one in map(
            _record, _list(self.services.call(self.site, COMPETENCIES, filters=filters))
        ):
            scale = _number(one, "scaleid") if one.get("scaleid") else framework.scale_id
            name = str(one.get("shortname", ""))
            return MoodleCompetency(_number(one, "id"), id_number, name, scale)
        return None

    def scale(self, scale_id: int) -> tuple[str, ...]:
        """Return the names of a scale's items, the first first."""
        told = _list(self.services.call(self.site, SCALE, scaleid=scale_id))
        return tuple(str(_record(one).get("name", "")) for one in told)

    def in_course(self, course_id: int) -> frozenset[int]:
        """Return the ids of the competencies that a course has."""
        told = _list(self.services.call(self.site, IN_COURSE, id=course_id))
        return frozenset(_number(_record(_record(one).get("competency")), "id") for one in told)

    def add(self, course_id: int, competency_id: int) -> None:
        """Give a course a competency; one that it has already stays."""
        self.services.call(self.site, ADD, courseid=course_id, competencyid=competency_id)

    def grade(self, course_id: int, user_id: int, competency_id: int, item: int, note: str) -> None:
        """Rate a learner of a course; it overrides what stands there."""
        self.services.call(
            self.site,
            GRADE,
            courseid=course_id,
            userid=user_id,
            competencyid=competency_id,
            grade=item,
            note=note,
        )

    def rated(self, course_id: int, user_id: int, competency_id: int) -> Rated:
        """Return what a course shows of a learner's competency."""
        told = self.services.call(
            self.site, READ, userid=user_id, competencyid=competency_id, courseid=course_id
        )
        summary = _record(_record(told).get("usercompetencysummary"))
        found = _record(summary.get("usercompetencycourse"))
        if found.get("grade") is None:
            return Rated(None, "")
        return Rated(_number(found, "grade"), str(found.get("gradename", "")))

    def account(self, user_id: int) -> Account | None:
        """Return a person by Moodle's id; None if there is none whom we may see."""
        for one in map(
            _record, _list(self.services.call(self.site, USERS, field="id", values=[user_id]))
        ):
            return Account(str(one.get("id")), str(one.get("fullname", "")))
        return None

    def groups(self, course_id: int) -> list[GroupOfPeople]:
        """Return the groups of a course with their members."""
        told = _list(self.services.call(self.site, GROUPS, courseid=course_id))
        names = {str(_number(one, "id")): str(one.get("name", "")) for one in map(_record, told)}
        if not names:
            return []
        members = _list(self.services.call(self.site, MEMBERS, groupids=list(names)))
        ids = {
            str(_number(one, "groupid")): tuple(str(each) for each in _list(one.get("userids")))
            for one in map(_record, members)
        }
        return [GroupOfPeople(key, name, ids.get(key, ())) for key, name in names.items()]


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise _nonsense(value)
    return value


def _record(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _nonsense(value)
    return value


def _number(record: Mapping[str, Any], name: str) -> int:
    try:
        return int(record[name])
    except (KeyError, TypeError, ValueError) as error:
        raise _nonsense(record) from error


def _nonsense(value: Any) -> PlatformRefusal:
    return PlatformRefusal("nonsense", 200, str(value), WhoCanFix.LMS_ADMIN)
