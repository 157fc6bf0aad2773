"""Course Groups Service 1.0: the groups of a course, and who is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lti_tool.lti.containers import Containers, Listing, malformed, with_query
from lti_tool.lti.tokens import Tenant
from lti_tool.lti.validation import is_id, is_storable

SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
GROUPS_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
SETS_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json"
PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class Group:
    """A group; ``set_id`` is empty if it belongs to no set."""

    id: str
    name: str
    set_id: str


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One page; see ``containers.Page``."""

    groups: list[Group]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Groups:
    """Reads groups."""

    containers: Containers

    def groups(self, tenant: Tenant, url: str, user_id: str | None = None) -> Iterator[GroupPage]:
        """Yield the groups of a course page by page, or only those of one person.

        Raises as ``Containers.pages``.
        """
        # A page of one person's groups needs no limit, and not every platform takes both.
        limit = PAGE_SIZE if user_id is None else None
        asked = with_query(url, user_id=user_id, limit=limit)
        listing = Listing(tenant, asked, (SCOPE,), GROUPS_TYPE, "groups")
        for page in self.containers.pages(listing):
            yield GroupPage([_group(item) for item in page.items], page.is_last)

    def sets(self, tenant: Tenant, url: str) -> dict[str, str]:
        """Return the names of the group sets of a course by their ids."""
        listing = Listing(tenant, with_query(url, limit=PAGE_SIZE), (SCOPE,), SETS_TYPE, "sets")
        return {
            _id(item): _text(item.get("name"))
            for page in self.containers.pages(listing)
            for item in page.items
        }


def _group(item: dict[str, Any]) -> Group:
    set_id = item.get("set_id")
    return Group(_id(item), _text(item.get("name")), set_id if isinstance(set_id, str) else "")


def _id(item: dict[str, Any]) -> str:
    found = item.get("id")
    if not isinstance(found, str) or not is_id(found):
        raise malformed("a group without an id")
    return found


def _text(value: object) -> str:
    text = "".join(filter(is_storable, value)) if isinstance(value, str) else ""
    return " ".join(text.split())[:500]
