"""An accepted LTI message as plain values; what the platform did not tell is empty."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lti_tool.lti import claims as c
from lti_tool.lti.platform import origins_of
from lti_tool.lti.roles import role_of
from lti_tool.lti.validation import Claims, is_id, is_storable, subject_of
from lti_tool.rules.copies import MOST_CHARACTERS
from lti_tool.rules.vocabulary import Role, SessionKind

MAX_TEXT = 500
MAX_LIST = 20_000
MAX_ROLES = 12
"""So many roles of a person are kept to be shown; all of them count."""
KINDS = {
    c.RESOURCE_LINK_MESSAGE: SessionKind.RESOURCE_LINK,
    c.DEEP_LINKING_MESSAGE: SessionKind.DEEP_LINKING,
    c.SUBMISSION_REVIEW_MESSAGE: SessionKind.SUBMISSION_REVIEW,
    **dict.fromkeys(c.DATA_PRIVACY_MESSAGES, SessionKind.DATA_PRIVACY),
    c.CONTEXT_LAUNCH_MESSAGE: SessionKind.COURSE,
}
LINKLESS = (SessionKind.DEEP_LINKING, SessionKind.DATA_PRIVACY, SessionKind.COURSE)
"""Messages that are about no link, whatever a platform adds to them."""


@dataclass(frozen=True, slots=True)
class Named:
    """A course or a link: the platform's id and its title."""

    id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class CoupledLineItem:
    """The one gradebook column of the link: its URL verbatim, and the scopes granted (AGS 3.1)."""

    url: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CourseServices:
    """Where the course's list and groups can be read; "" for what this message does not offer."""

    memberships_url: str = ""
    groups_url: str = ""
    group_sets_url: str = ""


@dataclass(frozen=True, slots=True)
class LtiMessage:
    """One message, checked and signed."""

    kind: SessionKind
    deployment_id: str
    sub: str
    role: Role
    name: str = ""
    email: str = ""
    locale: str = ""
    context: Named | None = None
    link: Named | None = None
    line_item: CoupledLineItem | None = None
    line_items: CoupledLineItem | None = None
    """Where the course's line items are listed, likewise."""
    activity_id: uuid.UUID | None = None
    """Ours, from ``custom`` or the query of target_link_uri: it survives copies of the course."""
    placement_id: uuid.UUID | None = None
    """Of the deep linking answer that made the link, where ``custom`` tells it."""
    link_history: str = ""
    """Ids that the link had before it was copied, as sent; ``rules.copies`` reads them."""
    context_history: str = ""
    for_user: str = ""
    """``sub`` of the learner whose work is to be reviewed, or whose data a privacy launch opens."""
    for_user_name: str = ""
    return_url: str = ""
    frame_origins: tuple[str, ...] = ()
    deep_linking: dict[str, Any] | None = None
    services: CourseServices = CourseServices()
    groups: tuple[str, ...] | None = None
    """Ids of the person's groups; None if the platform does not tell."""
    roles: tuple[str, ...] = ()
    """As they were sent, for the page that explains ``role``."""
    issued_at: float = 0.0
    """``iat``: seconds since 1970 by the platform's clock."""


def read_message(claims: Claims) -> LtiMessage:
    """Return the message that checked ``claims`` hold."""
    presentation = claims.get(c.PRESENTATION) or {}
    kind = KINDS[claims[c.MESSAGE_TYPE]]
    settings = claims[c.DEEP_LINKING_SETTINGS] if kind is SessionKind.DEEP_LINKING else None
    private = kind is SessionKind.DATA_PRIVACY
    link = {} if kind in LINKLESS else claims.get(c.RESOURCE_LINK) or {}
    context = {} if private else claims.get(c.CONTEXT) or {}
    return LtiMessage(
        kind=kind,
        deployment_id=claims[c.DEPLOYMENT_ID],
        sub=claims["sub"],
        # Who may see a person's data has no rights in courses by that.
        role=Role.PARTICIPANT if private else role_of(claims[c.ROLES]),
        roles=tuple(map(_text, claims[c.ROLES][:MAX_ROLES])),
        name=_name(claims),
        email=_text(claims.get("email")),
        locale=_text(presentation.get("locale")) or _text(claims.get("locale")),
        context=Named(context["id"], _text(context.get("title") or context.get("label")))
        if context
        else None,
        link=Named(link["id"], _text(link.get("title"))) if link else None,
        line_item=_line_item(claims.get(c.AGS_ENDPOINT) or {}, "lineitem"),
        line_items=_line_item(claims.get(c.AGS_ENDPOINT) or {}, "lineitems"),
        activity_id=_activity_id(claims),
        placement_id=_uuid(custom_value(claims, "placement_id")),
        link_history=_long_value(claims, "resource_link_history"),
        context_history=_long_value(claims, "context_history"),
        for_user=str(subject_of(claims)) if private else _for_user(claims),
        for_user_name=_name(claims.get(c.FOR_USER) or {}),
        return_url=_url(presentation.get("return_url")),
        frame_origins=_frame_origins(claims, settings or {}),
        deep_linking=settings,
        services=_services(claims),
        groups=_groups(claims),
        issued_at=float(claims.get("iat", 0)),
    )


def custom_value(claims: Claims, name: str) -> str:
    """Return a custom parameter; "" where it is missing or its variable was not substituted."""
    value = _text((claims.get(c.CUSTOM) or {}).get(name))
    return "" if value.startswith("$") else value


def _text(value: object) -> str:
    """Return short text that we can store and show; "" for anything else."""
    if not isinstance(value, str):
        return ""
    storable = value if is_storable(value) else "".join(filter(is_storable, value))
    return " ".join(storable.split())[:MAX_TEXT]


def _url(value: object) -> str:
    return value if isinstance(value, str) and is_storable(value) and origins_of([value]) else ""


def _name(claims: Claims) -> str:
    """Return the name, put together from its parts where only those are told."""
    parts = f"{_text(claims.get('given_name'))} {_text(claims.get('family_name'))}"
    return _text(claims.get("name")) or _text(parts)


def _line_item(endpoint: dict[str, Any], name: str) -> CoupledLineItem | None:
    url, scopes = _url(endpoint.get(name)), endpoint.get("scope")
    if not url:
        return None
    granted = scopes if isinstance(scopes, list) else []
    return CoupledLineItem(url, tuple(scope for scope in granted if isinstance(scope, str)))


def _services(claims: Claims) -> CourseServices:
    """Return the services of the course in the versions that we speak (NRPS 3.6.1, LTI-GS 2.1)."""
    roster = _offered(claims.get(c.NRPS_SERVICE), "2.0")
    groups = _offered(claims.get(c.GROUPS_SERVICE), "1.0")
    return CourseServices(
        memberships_url=_url(roster.get("context_memberships_url")),
        groups_url=_url(groups.get("context_groups_url")),
        group_sets_url=_url(groups.get("context_group_sets_url")),
    )


def _offered(service: object, version: str) -> dict[str, Any]:
    """Return a service claim that offers ``version``; one that names none offers any."""
    if not isinstance(service, dict):
        return {}
    versions = service.get("service_versions")
    speaks = not isinstance(versions, list) or not versions or version in versions
    return service if speaks else {}


def _groups(claims: Claims) -> tuple[str, ...] | None:
    """Return the groups that custom parameters name: Moodle's list, or that of a group's launch."""
    custom, told = claims.get(c.CUSTOM) or {}, []
    for name in ("group_ids", "course_group_id"):
        value = custom.get(name)
        if isinstance(value, str) and not value.startswith("$"):
            told.append(value)
    ids = (_text(each) for value in told for each in value[:MAX_LIST].split(","))
    return tuple(dict.fromkeys(filter(None, ids))) if told else None


def _activity_id(claims: Claims) -> uuid.UUID | None:
    """Return our activity's id; some launches drop ``custom``, but not the URL's query."""
    target = claims.get(c.TARGET_LINK_URI)
    query = parse_qs(_query(target)) if isinstance(target, str) else {}
    told = (custom_value(claims, "activity_id"), *query.get("activity", []))
    return next(filter(None, map(_uuid, told)), None)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def _long_value(claims: Claims, name: str) -> str:
    """Return a custom parameter as it was sent, of which only so much is ever read."""
    value = (claims.get(c.CUSTOM) or {}).get(name)
    return value[: MOST_CHARACTERS + 1] if isinstance(value, str) else ""


def _query(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:
        return ""


def _for_user(claims: Claims) -> str:
    user_id = (claims.get(c.FOR_USER) or {}).get("user_id")
    return user_id if isinstance(user_id, str) and is_id(user_id) else ""


def _frame_origins(claims: Claims, settings: Claims) -> tuple[str, ...]:
    """Return the origins that the message says it was launched from."""
    told = (
        (claims.get(c.PRESENTATION) or {}).get("return_url"),
        (claims.get(c.TOOL_PLATFORM) or {}).get("url"),
        settings.get("deep_link_return_url"),
    )
    return tuple(origins_of(url for url in told if isinstance(url, str)))
