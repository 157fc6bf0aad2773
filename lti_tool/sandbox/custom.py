"""Custom parameters and their substitution variables (LTI Core 1.3 section 6)."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from lti_tool.sandbox import people
from lti_tool.sandbox.records import Course, Link, Person, Tool
from lti_tool.sandbox.state import Sandbox


@dataclass(frozen=True)
class _Scene:
    sandbox: Sandbox
    course: Course
    person: Person
    link: Link | None


_LONGEST = 1000
"""Ids that a history tells; Canvas ends a longer one with the word "truncated"."""


def _history(ids: list[str]) -> str:
    cut = ["truncated"] if len(ids) > _LONGEST else []
    return ",".join([*(quote(each, safe="") for each in ids[:_LONGEST]), *cut])


def _of_link(read: Callable[[Link], str]) -> Callable[[_Scene], str]:
    return lambda scene: read(scene.link) if scene.link else ""


_EVERYWHERE: dict[str, Callable[[_Scene], str]] = {
    "Context.id": lambda scene: scene.course.id,
    "Context.title": lambda scene: scene.course.title,
    "Context.label": lambda scene: scene.course.label,
    "Context.id.history": lambda scene: _history(scene.course.history),
    "ResourceLink.id": _of_link(lambda link: link.id),
    "ResourceLink.title": _of_link(lambda link: link.title),
    "ResourceLink.description": _of_link(lambda link: link.description),
    "User.id": lambda scene: scene.sandbox.subject(scene.person),
    "User.username": lambda scene: scene.person.username if scene.person.shares_name else "",
    "Person.name.full": lambda scene: scene.person.name if scene.person.shares_name else "",
    "Person.name.given": lambda s: s.person.given_name if s.person.shares_name else "",
    "Person.name.family": lambda s: s.person.family_name if s.person.shares_name else "",
    "Person.email.primary": lambda s: s.person.email if s.person.shares_email else "",
    "Moodle.Person.userGroupIds": lambda scene: ",".join(
        group.id
        for group in scene.sandbox.store.groups.all()
        if group.course_id == scene.course.id and scene.person.id in group.people
    ),
    "Membership.role": lambda scene: people.role_in(scene.course, scene.person),
}
# Moodle sends these as the literal "$…", as it does with every variable that it does not know.
_NOT_IN_MOODLE: dict[str, Callable[[_Scene], str]] = {
    "ResourceLink.id.history": _of_link(lambda link: _history(link.history)),
    "ResourceLink.available.startDateTime": _of_link(
        lambda x: x.available.get("startDateTime", "")
    ),
    "ResourceLink.available.endDateTime": _of_link(lambda x: x.available.get("endDateTime", "")),
    "ResourceLink.submission.startDateTime": _of_link(
        lambda link: link.submission.get("startDateTime", "")
    ),
    "ResourceLink.submission.endDateTime": _of_link(
        lambda link: link.submission.get("endDateTime", "")
    ),
}


_UNKNOWN = {
    "canvas": ("ResourceLink.id.history",),
    "openedx": ("Context.id.history", "ResourceLink.id.history"),
}


def supported_variables(sandbox: Sandbox) -> list[str]:
    """Return the names of the variables that this personality replaces."""
    if sandbox.personality.name == "moodle":
        return list(_EVERYWHERE)
    unknown = _UNKNOWN.get(sandbox.personality.name, ())
    known = [name for name in (*_EVERYWHERE, *_NOT_IN_MOODLE) if name not in unknown]
    return [name for name in known if not name.startswith("Moodle.")]


def custom_values(
    sandbox: Sandbox, tool: Tool, course: Course, person: Person, link: Link | None
) -> dict[str, str]:
    """Return the custom claim: the link's parameters, overruled by the tool's, with values."""
    scene = _Scene(sandbox, course, person, link)
    parameters = {**(link.custom if link else {}), **tool.custom}
    return {name: _substitute(value, scene) for name, value in parameters.items()}


def _substitute(value: str, scene: _Scene) -> str:
    name = value.removeprefix("$")
    if name == value or name not in supported_variables(scene.sandbox):
        return value
    return {**_EVERYWHERE, **_NOT_IN_MOODLE}[name](scene)
