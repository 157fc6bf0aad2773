"""Names and Role Provisioning Services 2.0: who is in a course."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lti_tool.lti.containers import Containers, Listing, malformed, with_query
from lti_tool.lti.roles import role_of
from lti_tool.lti.tokens import Tenant
from lti_tool.lti.validation import is_id, is_storable
from lti_tool.rules.vocabulary import Role

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
PAGE_SIZE = 500
"""What we ask for; platforms give less as they like (Canvas: 50), or all at once (Open edX)."""
MAX_TEXT = 500


class Status(StrEnum):
    """Whether a member is in the course (NRPS 2.0, 2.3)."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"
    DELETED = "Deleted"


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a course; ``name`` and ``email`` are empty if the platform tells none."""

    sub: str
    role: Role
    status: Status
    name: str
    email: str
    groups: tuple[str, ...] | None
    """Ids of the person's groups (LTI-GS 1.0, 2.3); None if the platform does not tell."""


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One page; see ``containers.Page``."""

    members: list[Member]
    differences_url: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Nrps:
    """Reads course lists."""

    containers: Containers

    def members(
        self, tenant: Tenant, url: str, rlid: str | None = None, limit: int = PAGE_SIZE
    ) -> Iterator[MemberPage]:
        """Yield the members of a course page by page, each person once a page.

        ``rlid`` asks for those who may open one resource link, where the platform knows that
        (NRPS 2.0, 2.4.2). Raises as ``Containers.pages``; a page that is malformed in any part
        is refused whole.
        """
        return self._pages(tenant, with_query(url, rlid=rlid, limit=limit))

    def differences(self, tenant: Tenant, url: str) -> Iterator[MemberPage]:
        """Yield what has changed since the listing that told ``url``, used verbatim."""
        return self._pages(tenant, url)

    def _pages(self, tenant: Tenant, url: str) -> Iterator[MemberPage]:
        listing = Listing(tenant, url, (SCOPE,), MEMBERS_TYPE, "members")
        for page in self.containers.pages(listing):
            members = _merged(read_member(item) for item in page.items)
            yield MemberPage(members, page.differences_url, page.is_last)


def read_member(item: dict[str, Any]) -> Member:
    """Read one member; raises PlatformRefusal ``malformed``.

    Short role names are understood; a missing status means Active.
    """
    sub, roles = item.get("user_id"), item.get("roles", [])
    if not isinstance(sub, str) or not is_id(sub):
        raise malformed("user_id is no id")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise malformed("roles are no list of names")
    parts = f"{_text(item.get('given_name'))} {_text(item.get('family_name'))}"
    return Member(
        sub=sub,
        role=role_of(roles),
        status=_status(item.get("status", Status.ACTIVE)),
        name=_text(item.get("name")) or _text(parts),
        email=_text(item.get("email")),
        groups=_groups(item.get("group_enrollments")),
    )


def _status(value: object) -> Status:
    try:
        return Status(str(value).capitalize())
    except ValueError as error:
        raise malformed("unknown status") from error


def _groups(enrollments: object) -> tuple[str, ...] | None:
    """Return the groups' ids; what is no enrolment is left out, it says nothing of the person."""
    if not isinstance(enrollments, list):
        return None
    ids = [each.get("group_id") for each in enrollments if isinstance(each, dict)]
    return tuple(dict.fromkeys(each for each in ids if isinstance(each, str) and is_id(each)))


def _text(value: object) -> str:
    """Return short text that we can store and show; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(filter(is_storable, value)).split())[:MAX_TEXT]


def _merged(members: Iterator[Member]) -> list[Member]:
    """Return each person once: in two sections they are what gives them most."""
    by_sub: dict[str, Member] = {}
    for member in members:
        known = by_sub.get(member.sub)
        by_sub[member.sub] = merge(known, member) if known is not None else member
    return list(by_sub.values())


def merge(one: Member, other: Member) -> Member:
    """Return what two entries about one person say together."""
    statuses, ranks = list(Status), list(Role)
    groups = None
    if one.groups is not None or other.groups is not None:
        groups = tuple(dict.fromkeys((*(one.groups or ()), *(other.groups or ()))))
    return Member(
        sub=one.sub,
        role=max(one.role, other.role, key=ranks.index),
        status=min(one.status, other.status, key=statuses.index),
        name=one.name or other.name,
        email=one.email or other.email,
        groups=groups,
    )
