"""Requests to a platform's services: with a token, with one media type, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from lti_tool.errors import PlatformRefusal, WhoCanFix
from lti_tool.http import Answer, Http
from lti_tool.lti.families import FAMILIES
from lti_tool.lti.links import next_page
from lti_tool.lti.tokens import Tenant, Tokens

MAX_PAGES = 500
"""Of one listing; a platform that offers more is in a circle that we do not see."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Speaks to services of platforms as the tenants that we are there."""

    http: Http
    tokens: Tokens

    def send(
        self,
        method: str,
        tenant: Tenant,
        scopes: Iterable[str],
        url: str,
        headers: Mapping[str, str],
        json: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Send one request; with a new token, once, if the platform says that ours is over.

        ``scopes`` are what the token is asked for. Raises PlatformError.
        """
        wanted = tuple(scopes)
        token = self.tokens.get(tenant, wanted)
        try:
            return self._attempt(method, url, headers, json, token)
        except PlatformRefusal as error:
            if error.status not in FAMILIES[tenant.family].expired_token:
                raise
        self.tokens.drop(tenant, wanted, token)
        return self._attempt(method, url, headers, json, self.tokens.get(tenant, wanted))

    def pages(
        self, tenant: Tenant, scopes: Iterable[str], url: str, media_type: str
    ) -> Iterator[Any]:
        """Return the JSON of each page of a listing; links to the next are followed verbatim.

        A URL that comes again ends the listing. Raises PlatformError, also ``foreign_page`` for a
        next page on another host and ``endless_pages`` after MAX_PAGES.
        """
        wanted, following, seen = tuple(scopes), url, set[str]()
        while following not in seen:
            if len(seen) == MAX_PAGES:
                raise PlatformRefusal("endless_pages", body=following, who=WhoCanFix.LMS_ADMIN)
            seen.add(following)
            answer = self.send("GET", tenant, wanted, following, {"Accept": media_type})
            yield answer.json()
            linked = next_page(answer.headers.get("Link", ""))
            if linked is None:
                return
            # Verbatim, unless it is relative.
            following = linked if "://" in linked else urljoin(following, linked)
            if _host(following) != _host(url):
                raise PlatformRefusal("foreign_page", body=following, who=WhoCanFix.LMS_ADMIN)

    def _attempt(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        json: Mapping[str, Any] | None,
        token: str,
    ) -> Answer:
        sent = {**headers, "Authorization": f"Bearer {token}"}
        return self.http.request(method, url, headers=sent, json=json, expect_json=False)


def under(url: str, name: str) -> str:
    """Return the URL of a line item's ``scores`` or ``results``: the path grows, the query stays.

    (Moodle's ``?type_id=`` must be kept; AGS 2.0, 3.3.1 and 3.4.)
    """
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}"))


def with_query(url: str, values: Mapping[str, str]) -> str:
    """Return ``url`` with ``values`` added to its query; what it has stays, but for their names."""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and pair.split("=")[0] not in values]
    return urlunsplit(parts._replace(query="&".join([*kept, *_pairs(values)])))


def _pairs(values: Mapping[str, str]) -> list[str]:
    return [urlencode({name: value}) for name, value in values.items()]


def _host(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise PlatformRefusal("bad_url", body=url, who=WhoCanFix.OPERATOR) from error
