"""Who sits at the browser: the sandbox's own session cookie."""

from flask import session

from lti_tool.sandbox.records import Person
from lti_tool.sandbox.state import sandbox

_DEFAULT_ROLE = "educator"


def person_at_browser() -> Person | None:
    """Return the person whose session this is, or None where there is no session yet."""
    return sandbox().store.people.get(str(session.get("person_id", "")))


def ensure_person() -> Person:
    """Return the person of the session; a new visitor is the educator."""
    person = person_at_browser()
    if person is None:
        everybody = sandbox().store.people.all()
        person = next(each for each in everybody if each.role == _DEFAULT_ROLE)
        be(person)
    return person


def be(person: Person) -> None:
    """Be another person from now on."""
    session["person_id"] = person.id
