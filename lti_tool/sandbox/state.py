"""The running sandbox: what every handler needs at hand."""

import secrets
import threading
from dataclasses import dataclass, field
from typing import Any, cast

from flask import current_app

from lti_tool.sandbox import people
from lti_tool.sandbox.keys import Keyring
from lti_tool.sandbox.personalities import PERSONALITIES, Personality
from lti_tool.sandbox.records import Course, Person, Tool
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.storage import Store
from lti_tool.sandbox.switches import Switches

FIRST_COURSE_TITLE = "Library practice"


@dataclass
class Memory:
    """What may be forgotten at a restart: replays seen, tampering ordered, key sets fetched."""

    used_assertions: dict[str, float] = field(default_factory=dict)
    tampering: list[dict[str, Any]] = field(default_factory=list)
    login_tampering: list[dict[str, Any]] = field(default_factory=list)
    tool_key_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    last_answer: dict[str, str] = field(default_factory=dict)
    person_ids: dict[str, str] = field(default_factory=dict)
    rosters: dict[str, dict[str, str]] = field(default_factory=dict)


class Sandbox:
    """A sandbox LMS: its settings, its store, its keys and its behaviour."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.base_url = settings.base_url.rstrip("/")
        self.store = Store(settings.data_file)
        self.lock = threading.Lock()
        self.memory = Memory()
        self.switches = Switches()
        self._fill()
        self.keyring = Keyring(self.store)

    def _fill(self) -> None:
        if self.store.value("personality") is None:
            self.set_personality(self.settings.personality)
        if not self.store.people.all():
            people.make_cast(self.store)
        if not self.store.courses.all():
            self.add_course(FIRST_COURSE_TITLE)

    def reset(self) -> None:
        """Begin again with the cast, one empty course, new keys and the first personality."""
        self.store.clear()
        self.memory = Memory()
        self.switches = Switches()
        self.set_personality(self.settings.personality)
        self._fill()
        self.keyring = Keyring(self.store)

    def secret_key(self) -> str:
        """Return the key of the session cookie, made at the first start if none was given."""
        if self.settings.secret_key is not None:
            return self.settings.secret_key
        if self.store.value("secret_key") is None:
            self.store.set_value("secret_key", secrets.token_hex(32))
        return str(self.store.value("secret_key"))

    @property
    def personality(self) -> Personality:
        """Return the behaviour that is switched on."""
        return PERSONALITIES[str(self.store.value("personality"))]

    def set_personality(self, name: str) -> None:
        """Behave like another platform from now on; raises KeyError for an unknown one."""
        personality = PERSONALITIES[name]
        self.store.set_value("personality", personality.name)
        self.store.set_value("platform_storage", personality.platform_storage)
        self.store.set_value("roster", {})

    @property
    def platform_storage(self) -> bool:
        """Tell whether the course page keeps values for tools (LTI platform storage)."""
        return bool(self.store.value("platform_storage"))

    @property
    def issuer(self) -> str:
        """Return the ``iss`` of every message."""
        return self.personality.issuer or self.base_url

    def url(self, path: str) -> str:
        """Return the public address of a path that begins with a slash."""
        return self.base_url + path

    def subject(self, person: Person) -> str:
        """Return the ``sub`` of a person in this personality."""
        if self.personality.uuid_people:
            return people.uuid_of(self.base_url, person.id)
        return person.id

    def person_of(self, subject: str) -> Person | None:
        """Find who a ``sub`` is, or None."""
        if not self.personality.uuid_people:
            return self.store.people.get(subject)
        if subject not in self.memory.person_ids:
            everybody = self.store.people.all()
            self.memory.person_ids = {self.subject(person): person.id for person in everybody}
        return self.store.people.get(self.memory.person_ids.get(subject, ""))

    def add_course(self, title: str, history: list[str] | None = None) -> Course:
        """Make an empty course in which everybody has their usual role."""
        number = self.store.next_number("course") + 1
        label = "".join(word[0] for word in title.split()).upper() + str(number - 1)
        course = Course(str(number), label, title, history or [])
        return self.store.courses.put(course.id, course)

    def used_in(self, tool: Tool, course: Course) -> bool:
        """Tell whether the course has an activity with the tool."""
        return any(
            link.client_id == tool.client_id and link.course_id == course.id
            for link in self.store.links.all()
        )


def sandbox() -> Sandbox:
    """Return the sandbox of the current request's application."""
    return cast(Sandbox, current_app.extensions["sandbox"])
