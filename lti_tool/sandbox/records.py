"""The things a sandbox LMS remembers, as plain records; each can be written as JSON."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Person:
    """Somebody with an account; ``role`` is educator, tutor (a non-editing teacher) or learner."""

    id: str
    username: str
    name: str
    given_name: str
    family_name: str
    email: str
    locale: str
    role: str
    shares_name: bool = True
    shares_email: bool = True


@dataclass
class Course:
    """A course; ``roles`` overrides people's usual role, "none" there means not enrolled."""

    id: str
    label: str
    title: str
    history: list[str] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)


@dataclass
class Group:
    """A group of people in a course; ``set_name`` is empty where it belongs to no set."""

    id: str
    course_id: str
    name: str
    people: list[str] = field(default_factory=list)
    set_name: str = ""


@dataclass
class Tool:
    """A registered LTI tool with the one deployment that it has here."""

    client_id: str
    deployment_id: str
    name: str
    initiate_login_uri: str
    redirect_uris: list[str]
    jwks_uri: str
    target_link_uri: str
    deep_linking_uri: str = ""
    domain: str = ""
    description: str = ""
    logo_uri: str = ""
    scopes: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    custom: dict[str, str] = field(default_factory=dict)
    active: bool = True


@dataclass
class Link:
    """A resource link: an activity of a course that opens a tool."""

    id: str
    course_id: str
    client_id: str
    title: str
    url: str
    description: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    origin: str = "plain"
    history: list[str] = field(default_factory=list)
    new_window: bool = False
    available: dict[str, str] = field(default_factory=dict)
    submission: dict[str, str] = field(default_factory=dict)


@dataclass
class LineItem:
    """A column of the gradebook; ``coupled`` when the LMS made it together with its link."""

    id: str
    course_id: str
    client_id: str
    label: str
    maximum: float
    link_id: str = ""
    coupled: bool = False
    resource_id: str = ""
    tag: str = ""
    submission_review: dict[str, Any] = field(default_factory=dict)
    locked: bool = False


@dataclass
class Score:
    """What one person has in one column; ``changed`` is a POSIX time in seconds."""

    line_item_id: str
    person_id: str
    value: float | None
    comment: str
    changed: float
    activity_progress: str = ""
    grading_progress: str = ""
    overridden: bool = False
    locked: bool = False
    published: bool = True


@dataclass
class SigningKey:
    """A key pair of the platform, private part as PEM; only the ``active`` one signs."""

    kid: str
    pem: str
    active: bool = True
    published: bool = True


@dataclass
class AccessToken:
    """A token given to a tool for the services; times are POSIX seconds."""

    token: str
    client_id: str
    scopes: list[str]
    expires: float


@dataclass
class RegistrationToken:
    """The one-time permission to register a tool, valid until ``expires`` (POSIX seconds)."""

    token: str
    expires: float
    client_id: str = ""


@dataclass
class PendingLaunch:
    """A launch that began with the login initiation and waits for the authentication request."""

    id: str
    client_id: str
    person_id: str
    course_id: str
    message_type: str
    target_link_uri: str
    link_id: str = ""
    line_item_id: str = ""
    for_person_id: str = ""
    document_target: str = "iframe"
    created: float = 0.0


@dataclass
class DeepLinkingRequest:
    """A deep linking dialog that was opened; its id is part of the return URL."""

    id: str
    client_id: str
    course_id: str
    person_id: str
    data: str
    settings: dict[str, Any] = field(default_factory=dict)
    done: bool = False


@dataclass
class LogEntry:
    """One message between platform and tool, decoded; ``time`` is POSIX seconds."""

    number: int
    time: float
    area: str
    title: str
    direction: str
    method: str
    url: str
    status: int
    request: dict[str, Any] = field(default_factory=dict)
    response: dict[str, Any] = field(default_factory=dict)
    tokens: list[dict[str, Any]] = field(default_factory=list)
