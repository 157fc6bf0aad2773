"""The line items of a course (AGS 2.0, 3.2): found, made, changed without loss, deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.errors import PlatformRefusal, WhoCanFix
from lti_tool.lti.calls import Calls, with_query
from lti_tool.lti.families import FAMILIES, ItemRules
from lti_tool.lti.tokens import Tenant

SCOPES = "https://purl.imsglobal.org/spec/lti-ags/scope/"
WRITE_SCOPE, READ_SCOPE = SCOPES + "lineitem", SCOPES + "lineitem.readonly"
ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
REASONS = {403: "line_item_forbidden", 404: "line_item_gone", 410: "line_item_gone"}
"""What a refusal of a line item means; any other 4xx is ``line_item_refused``."""


@dataclass(frozen=True, slots=True)
class Course:
    """Where a platform lists a course's line items, and the AGS scopes of the launch that told."""

    tenant: Tenant
    url: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A line item as the platform holds it; ``fields`` are all of its JSON, also what we ignore."""

    url: str
    fields: Mapping[str, Any]

    @property
    def label(self) -> str:
        """The column's name."""
        return self._text("label")

    @property
    def tag(self) -> str:
        """What kind of column it is, in the words of the tool that made it."""
        return self._text("tag")

    @property
    def resource_id(self) -> str:
        """Our own identifier of what the column grades."""
        return self._text("resourceId")

    @property
    def resource_link_id(self) -> str:
        """The platform's link to which the column belongs; empty if to none."""
        return self._text("resourceLinkId")

    def _text(self, name: str) -> str:
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class LineItems:
    """Reads and writes line items.

    All methods raise PlatformError: PlatformUnavailable if later may help; else PlatformRefusal
    with ``scope_missing`` (known before anything is sent), ``line_item_gone``,
    ``line_item_forbidden``, ``line_item_refused``, ``line_item_unfit`` (against the family's
    rules; nothing was sent), ``nonsense`` (200 with something else), or what ``http`` raises.
    """

    calls: Calls

    def list(
        self,
        course: Course,
        *,
        resource_link_id: str = "",
        resource_id: str = "",
        tag: str = "",
        limit: int = 0,
    ) -> Iterator[Item]:
        """Return the course's line items, those that match if a filter is not empty.

        ``limit`` is how many the platform should tell at a time; it is never sent to one that
        pages wrongly (Moodle).
        """
        _need(course.scopes, (WRITE_SCOPE, READ_SCOPE))
        filters = {"resource_link_id": resource_link_id, "resource_id": resource_id, "tag": tag}
        query = {name: value for name, value in filters.items() if value}
        if limit and FAMILIES[course.tenant.family].items.pages:
            query["limit"] = str(limit)
        url = with_query(course.url, query)
        try:
            for page in self.calls.pages(course.tenant, _ags(course.scopes), url, ITEMS_TYPE):
                for fields in _listed(page):
                    yield _item(fields)
        except PlatformRefusal as error:
            raise _told(error) from error

    def get(self, course: Course, url: str) -> Item:
        """Return the line item at ``url``, a name to be used verbatim (AGS 3.2)."""
        _need(course.scopes, (WRITE_SCOPE, READ_SCOPE))
        return self._item("GET", course, url, {"Accept": ITEM_TYPE})

    def create(self, course: Course, fields: Mapping[str, Any]) -> Item:
        """Make a line item that suits the platform's rules.

        Look for one by ``resource_id`` and ``tag`` first: platforms make a second column gladly.
        """
        _need(course.scopes, (WRITE_SCOPE,))
        fitting = fit(FAMILIES[course.tenant.family].items, fields)
        return self._item("POST", course, course.url, _JSON, fitting)

    def update(self, course: Course, url: str, changes: Mapping[str, Any]) -> Item:
        """Change fields of a line item and keep all others: a PUT replaces it whole.

        Nothing is written if it is so already.
        """
        _need(course.scopes, (WRITE_SCOPE,))
        now = self.get(course, url)
        rules = FAMILIES[course.tenant.family].items
        wanted = {**now.fields, **fit(rules, {**now.fields, **changes}, changes)}
        if wanted == now.fields:
            return now
        return self._item("PUT", course, url, _JSON, wanted)

    def delete(self, course: Course, url: str) -> None:
        """Delete a line item with its scores; one that is gone already is no error."""
        _need(course.scopes, (WRITE_SCOPE,))
        try:
            self.calls.send(
                "DELETE", course.tenant, _ags(course.scopes), url, {"Accept": ITEM_TYPE}
            )
        except PlatformRefusal as error:
            if error.status not in (404, 410):
                raise _told(error) from error

    def _item(
        self,
        method: str,
        course: Course,
        url: str,
        headers: Mapping[str, str],
        json: Mapping[str, Any] | None = None,
    ) -> Item:
        try:
            answer = self.calls.send(method, course.tenant, _ags(course.scopes), url, headers, json)
            return _item(answer.json(), "" if method == "POST" else url)
        except PlatformRefusal as error:
            raise _told(error) from error


_JSON = {"Content-Type": ITEM_TYPE, "Accept": ITEM_TYPE}


def fit(
    rules: ItemRules, fields: Mapping[str, Any], only: Iterable[str] | None = None
) -> dict[str, Any]:
    """Return ``fields`` (those named in ``only``, or all) as a family takes them.

    A label that is too long is cut, since people read it; anything else that does not fit raises
    PlatformRefusal ``line_item_unfit``, since the platform would refuse it or lose it.
    """
    fitting = dict(fields)
    label, maximum = fitting.get("label"), fitting.get("scoreMaximum")
    if not isinstance(label, str) or not label or not isinstance(maximum, int | float):
        raise _unfit("label and scoreMaximum are needed")
    if maximum <= 0 or (rules.whole_maximum and maximum != int(maximum)):
        raise _unfit("scoreMaximum")
    if len(label) > rules.label_length:
        fitting["label"] = f"{label[: rules.label_length - 1]}…"
    if rules.whole_maximum:
        fitting["scoreMaximum"] = int(maximum)
    if len(str(fitting.get("tag") or "")) > rules.tag_length:
        raise _unfit("tag")
    if rules.needs_resource and not (fitting.get("resourceId") or fitting.get("resourceLinkId")):
        raise _unfit("resourceId or resourceLinkId is needed")
    if only is None:
        if not rules.links_extra_items:
            fitting.pop("resourceLinkId", None)
        return fitting
    return {name: fitting[name] for name in only}


def _ags(scopes: Iterable[str]) -> list[str]:
    return [scope for scope in scopes if scope.startswith(SCOPES)]


def _need(granted: Iterable[str], one_of: tuple[str, ...]) -> None:
    if not set(granted) & set(one_of):
        raise PlatformRefusal("scope_missing", who=WhoCanFix.LMS_ADMIN)


def _listed(page: Any) -> list[Any]:
    if isinstance(page, list):
        return page
    raise PlatformRefusal("nonsense", 200, str(page), WhoCanFix.LMS_ADMIN)


def _item(fields: Any, url: str = "") -> Item:
    """Return a line item from its JSON; its URL is the one that was asked, else what it says."""
    told = fields.get("id") if isinstance(fields, dict) else None
    if not isinstance(told, str) or not told:
        raise PlatformRefusal("nonsense", 200, str(fields), WhoCanFix.LMS_ADMIN)
    return Item(url or told, fields)


def _told(error: PlatformRefusal) -> PlatformRefusal:
    """Return a refusal in the words of line items."""
    if error.reason != "refused":
        return error
    reason = REASONS.get(error.status or 0, "line_item_refused")
    who = WhoCanFix.LMS_ADMIN if error.status in (401, 403) else WhoCanFix.TEACHER
    return PlatformRefusal(reason, error.status, error.body, who)


def _unfit(what: str) -> PlatformRefusal:
    return PlatformRefusal("line_item_unfit", body=what, who=WhoCanFix.OPERATOR)
