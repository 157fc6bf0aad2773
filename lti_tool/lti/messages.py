"""An accepted LTI message as plain values; what the platform did not tell is empty."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lti_tool.lti import claims as c
from lti_tool.lti.platform import origins_of
from lti_tool.lti.roles import role_of
from lti_tool.lti.validation import Claims, is_id, is_storable
from lti_tool.rules.vocabulary import Role, SessionKind

MAX_TEXT = 500
KINDS = {
    c.RESOURCE_LINK_MESSAGE: SessionKind.RESOURCE_LINK,
    c.DEEP_LINKING_MESSAGE: SessionKind.DEEP_LINKING,
    c.SUBMISSION_REVIEW_MESSAGE: SessionKind.SUBMISSION_REVIEW,
}


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
    activity_id: uuid.UUID | None = None
    """Ours, from ``custom`` or the query of target_link_uri: it survives copies of the course."""
    for_user: str = ""
    """``sub`` of the learner whose work is to be reviewed."""
    return_url: str = ""
    frame_origins: tuple[str, ...] = ()
    deep_linking: dict[str, Any] | None = None


def read_message(claims: Claims) -> LtiMessage:
    """Return the message that checked ``claims`` hold."""
    presentation = claims.get(c.PRESENTATION) or {}
    kind = KINDS[claims[c.MESSAGE_TYPE]]
    settings = claims[c.DEEP_LINKING_SETTINGS] if kind is SessionKind.DEEP_LINKING else None
    # A window in which to choose has no link yet, whatever a platform adds to its message.
    link = {} if kind is SessionKind.DEEP_LINKING else claims.get(c.RESOURCE_LINK) or {}
    context = claims.get(c.CONTEXT) or {}
    return LtiMessage(
        kind=kind,
        deployment_id=claims[c.DEPLOYMENT_ID],
        sub=claims["sub"],
        role=role_of(claims[c.ROLES]),
        name=_name(claims),
        email=_text(claims.get("email")),
        locale=_text(presentation.get("locale")) or _text(claims.get("locale")),
        context=Named(context["id"], _text(context.get("title") or context.get("label")))
        if context
        else None,
        link=Named(link["id"], _text(link.get("title"))) if link else None,
        line_item=_line_item(claims.get(c.AGS_ENDPOINT) or {}),
        activity_id=_activity_id(claims),
        for_user=_for_user(claims),
        return_url=_url(presentation.get("return_url")),
        frame_origins=_frame_origins(claims, settings or {}),
        deep_linking=settings,
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
    return _text(claims.get("name")) or parts.strip()


def _line_item(endpoint: dict[str, Any]) -> CoupledLineItem | None:
    url, scopes = _url(endpoint.get("lineitem")), endpoint.get("scope")
    if not url:
        return None
    granted = scopes if isinstance(scopes, list) else []
    return CoupledLineItem(url, tuple(scope for scope in granted if isinstance(scope, str)))


def _activity_id(claims: Claims) -> uuid.UUID | None:
    """Return our activity's id; some launches drop ``custom``, but not the URL's query."""
    target = claims.get(c.TARGET_LINK_URI)
    query = parse_qs(_query(target)) if isinstance(target, str) else {}
    for value in (custom_value(claims, "activity_id"), *query.get("activity", [])):
        try:
            return uuid.UUID(value)
        except ValueError:
            continue
    return None


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
