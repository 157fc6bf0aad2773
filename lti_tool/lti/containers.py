"""Reading what platforms list page by page: members of a course, groups (NRPS 2.0, LTI-GS 1.0)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from lti_tool.errors import PlatformRefusal, WhoCanFix
from lti_tool.http import Answer, Http
from lti_tool.lti.families import FAMILIES
from lti_tool.lti.links import parse
from lti_tool.lti.platform import origin_of
from lti_tool.lti.tokens import Tenant, Tokens

MAX_PAGES = 2000
MAX_PAGE_BYTES = 16_000_000
"""Platforms without paging send a whole course at once."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list: whose, where, with which scopes and as which media type."""

    tenant: Tenant
    url: str
    scopes: Sequence[str]
    media_type: str
    name: str
    """Of the container's list: ``members``, ``groups``, ``sets``."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its items as they came, and where the platform offers differences later."""

    items: list[dict[str, Any]]
    differences_url: str
    is_last: bool
    """Whether the platform said that nothing follows; a listing that goes in circles has no
    last page."""


@dataclass(frozen=True, slots=True)
class Containers:
    """Reads listings with tokens; holds one page at a time."""

    http: Http
    tokens: Tokens

    def pages(self, listing: Listing) -> Iterator[Page]:
        """Yield all pages, each asked for when the one before has been used.

        The links of the answers are followed verbatim, on the same host only. A page that was read
        before ends the listing. Raises PlatformUnavailable and PlatformRefusal: ``malformed``,
        ``not_json``, ``other_host``, ``too_many_pages``, and what ``Http.request`` and
        ``Tokens.get`` raise.
        """
        url, seen = listing.url, set[str]()
        while url not in seen:
            if len(seen) == MAX_PAGES:
                raise PlatformRefusal("too_many_pages", body=url, who=WhoCanFix.LMS_ADMIN)
            seen.add(url)
            answer = self._get(listing, url)
            links = parse(answer.headers.get("Link", ""))
            following, differences = links.get("next", ""), links.get("differences", "")
            for link in filter(None, (following, differences)):
                _check_host(listing.url, link)
            yield Page(_items(answer, listing.name), differences, not following)
            if not following:
                return
            url = following

    def _get(self, listing: Listing, url: str) -> Answer:
        """Ask for one page; with a new token, once, if the platform says that it is over."""
        token = self.tokens.get(listing.tenant, listing.scopes)
        try:
            return self._ask(listing, url, token)
        except PlatformRefusal as error:
            if error.status not in FAMILIES[listing.tenant.family].expired_token:
                raise
        self.tokens.drop(listing.tenant, listing.scopes, token)
        return self._ask(listing, url, self.tokens.get(listing.tenant, listing.scopes))

    def _ask(self, listing: Listing, url: str, token: str) -> Answer:
        headers = {"Accept": listing.media_type, "Authorization": f"Bearer {token}"}
        answer = self.http.request(
            "GET", url, headers=headers, max_bytes=MAX_PAGE_BYTES, expect_json=False
        )
        _check_host(url, answer.url)
        return answer


def with_query(url: str, **values: str | int | None) -> str:
    """Return ``url`` with more parameters; those that it has stay as they are."""
    query = urlencode({name: value for name, value in values.items() if value is not None})
    if not query:
        return url
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"


def malformed(what: str) -> PlatformRefusal:
    """Return the error of an answer that is JSON but not what was asked for."""
    return PlatformRefusal("malformed", 200, what, WhoCanFix.LMS_ADMIN)


def _items(answer: Answer, name: str) -> list[dict[str, Any]]:
    container = answer.json()
    items = container.get(name) if isinstance(container, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise malformed(f"{name} is no list of objects")
    return items


def _check_host(url: str, other: str) -> None:
    """Refuse to go elsewhere: our token is for one platform, and so are its answers."""
    here, there = (origin_of(one).removesuffix(":443") for one in (url, other))
    if not there or here != there:
        raise PlatformRefusal("other_host", body=other, who=WhoCanFix.LMS_ADMIN)
