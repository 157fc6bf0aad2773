"""Gradebook columns that we make ourselves, beside the coupled one: looked for first, then made.

A platform makes a second column gladly, and an answer may be lost on the way: so each is looked for
by its tag and our name for the activity before it is made (AGS 2.0, 3.2.3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lti_tool.errors import PlatformError, PlatformRefusal, WhoCanFix
from lti_tool.lti.families import Outcome, Verdict, classify
from lti_tool.lti.line_items import WRITE_SCOPE, Course, Item, LineItems

GONE = ("line_item_gone",)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column as it should be.

    ``url`` is where it was last, empty if it was not made yet. ``resource_ids`` are our names for
    it, the one that counts first; others are those that a copied course brought along.
    """

    url: str
    tag: str
    label: str
    maximum: int
    resource_ids: tuple[str, ...]
    taken: frozenset[str] = frozenset()
    """URLs of columns that are another's, whatever their tag says."""

    @property
    def fields(self) -> dict[str, Any]:
        """The line item's JSON; never with a link, which is the coupled column's."""
        return {
            "label": self.label,
            "scoreMaximum": self.maximum,
            "resourceId": self.resource_ids[0],
            "tag": self.tag,
        }


def ensure(items: LineItems, course: Course, wanted: Wanted) -> Verdict:
    """Let a column be as it is wanted; ``moved_to`` is where it is.

    One that we had and that is gone is looked for and not made again: somebody deleted it. Whatever
    the platform does ends in a verdict, never in an error.
    """
    try:
        return Verdict(Outcome.SENT, status=200, moved_to=_ensured(items, course, wanted))
    except PlatformError as error:
        return told(classify(course.tenant.family, error))


def told(verdict: Verdict) -> Verdict:
    """Return a verdict on a column of ours in its own words."""
    if verdict.outcome is Outcome.CHECK:
        # Somebody else was at the same column: the next try finds it.
        return replace(verdict, outcome=Outcome.LATER, reason="column_conflict")
    reasons = {
        "line_item_gone": ("column_gone", WhoCanFix.TEACHER),
        "scope_missing": ("columns_not_allowed", WhoCanFix.LMS_ADMIN),
        "forbidden": ("columns_not_allowed", WhoCanFix.LMS_ADMIN),
    }
    if verdict.reason not in reasons:
        return verdict
    reason, who = reasons[verdict.reason]
    return replace(verdict, reason=reason, who=who)


def find(
    items: LineItems,
    course: Course,
    tag: str,
    resource_ids: Iterable[str],
    taken: Collection[str] = (),
) -> Item | None:
    """Return our column with this tag, by the first of our names that one has; None without one.

    Some platforms ignore filters, so all that they tell is looked at. Of several, which a restored
    backup may bring, it is always the same: the first by its URL.
    """
    for resource_id in resource_ids:
        listed = items.list(course, resource_id=resource_id, tag=tag)
        found = [item for item in listed if _is(item, tag, resource_id) and item.url not in taken]
        if found:
            return min(found, key=_age)
    return None


def _ensured(items: LineItems, course: Course, wanted: Wanted) -> str:
    if WRITE_SCOPE not in course.scopes:
        raise PlatformRefusal("scope_missing", who=WhoCanFix.LMS_ADMIN)
    if wanted.url:
        try:
            return items.update(course, wanted.url, wanted.fields).url
        except PlatformRefusal as error:
            if error.reason not in GONE:
                raise
            gone = error
    found = find(items, course, wanted.tag, wanted.resource_ids, wanted.taken | {wanted.url})
    if found is not None:
        if not _differs(found.fields, wanted.fields):
            return found.url
        return items.update(course, found.url, wanted.fields).url
    if wanted.url:
        raise gone
    return items.create(course, wanted.fields).url


def _is(item: Item, tag: str, resource_id: str) -> bool:
    """Tell our column from the coupled one, which may have the same tag and name but has a link."""
    return (item.tag, item.resource_id, item.resource_link_id) == (tag, resource_id, "")


def _differs(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return any(there.get(name) != value for name, value in wanted.items())


def _age(item: Item) -> tuple[int, str]:
    """Return what orders columns by age where URLs count up, and always alike where they do not."""
    return len(item.url), item.url
