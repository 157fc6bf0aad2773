"""Assignment and Grade Services 2.0: scores out, each ending in a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lti_tool.errors import PlatformError, PlatformRefusal
from lti_tool.lti.calls import Calls, under
from lti_tool.lti.families import FAMILIES, Outcome, Verdict, classify
from lti_tool.lti.line_items import SCOPES, Item, LineItems
from lti_tool.lti.own_columns import find
from lti_tool.lti.results import RESULT_SCOPE, Column, Results, same

SCORE_SCOPE = SCOPES + "score"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"


@dataclass(frozen=True, slots=True)
class Ags:
    """Sends scores to a platform's columns."""

    calls: Calls

    def send(
        self, column: Column, subject: str, payload: Mapping[str, Any], timestamp: datetime
    ) -> Verdict:
        """Send one score of the person ``subject``; tell what became of it.

        ``payload`` is the score without userId and timestamp (AGS 2.0, 3.4). Whatever the platform
        does ends in a verdict, never in an error. A column that is gone is looked for among the
        course's line items, once, and the score sent there.
        """
        verdict = self._post(column, subject, payload, timestamp)
        if verdict.reason != "line_item_gone":
            return verdict
        try:
            moved_to = self._find_again(column)
        except PlatformError as error:
            return _unsure(column, verdict, error)
        if not moved_to:
            return verdict
        again = self._post(replace(column, url=moved_to), subject, payload, timestamp)
        return replace(again, moved_to=moved_to)

    def _post(
        self, column: Column, subject: str, payload: Mapping[str, Any], timestamp: datetime
    ) -> Verdict:
        if SCORE_SCOPE not in column.scopes:
            return classify(column.tenant.family, PlatformRefusal("scope_missing"))
        score = serialise(column, subject, payload, timestamp)
        headers = {"Content-Type": SCORE_TYPE, "Accept": "application/json"}
        url = under(column.url, "scores")
        try:
            answer = self.calls.send("POST", column.tenant, column.ags_scopes, url, headers, score)
            if answer.body.lstrip()[:1] == b"<":
                raise PlatformRefusal("not_json", answer.status, answer.text)
        except PlatformError as error:
            verdict = classify(column.tenant.family, error)
            if verdict.outcome is Outcome.CHECK:
                return self._checked(column, subject, payload, verdict)
            return verdict
        hidden = payload.get("scoreGiven") == 0 and not FAMILIES[column.tenant.family].shows_zero
        return Verdict(Outcome.SENT, "zero_not_shown" if hidden else "", status=answer.status)

    def _checked(
        self, column: Column, subject: str, payload: Mapping[str, Any], doubt: Verdict
    ) -> Verdict:
        """Decide a doubtful answer by what the column shows.

        Our own value: an earlier try has arrived. Another one: somebody set it in the LMS after
        the moment that we told, and is not overruled unless a tutor says so.
        """
        shown, was_read = None, False
        if RESULT_SCOPE in column.scopes:
            try:
                shown, was_read = Results(self.calls).of_person(column, subject), True
            except PlatformError as error:
                doubt = replace(doubt, detail=f"{doubt.detail} | {error}"[:500])
        if was_read and same(column.tenant.family, shown, payload):
            return replace(doubt, outcome=Outcome.SENT, reason="", who=None, shown=shown)
        if shown is not None and shown.points is not None:
            return replace(doubt, outcome=Outcome.REFUSED, reason="changed_in_lms", shown=shown)
        return replace(doubt, outcome=Outcome.LATER)

    def _find_again(self, column: Column) -> str:
        """Return the column's new URL; "" if the course has none that is surely it."""
        if column.course is None or not column.course.url:
            return ""
        if column.tag:
            items = LineItems(self.calls)
            again = find(items, column.course, column.tag, [column.resource_id], {column.url})
            return again.url if again else ""
        for link, resource in ((column.link, ""), ("", column.resource_id)):
            if not link and not resource:
                continue
            listed = LineItems(self.calls).list(
                column.course, resource_link_id=link, resource_id=resource
            )
            found = [item for item in listed if _is(item, column.link, resource)]
            ours = [item for item in found if item.resource_id == column.resource_id]
            for candidates in (ours, found):
                if len(candidates) == 1 and candidates[0].url != column.url:
                    return candidates[0].url
        return ""


def serialise(
    column: Column, subject: str, payload: Mapping[str, Any], timestamp: datetime
) -> dict[str, Any]:
    """Return a score as this platform wants it."""
    family = FAMILIES[column.tenant.family]
    score = {**payload, **family.score_fields, "userId": subject}
    score["timestamp"] = timestamp.astimezone(UTC).isoformat(timespec="milliseconds")
    if "comment" in score:
        score["comment"] = score["comment"].replace("\n", family.comment_break)
    return score


def _is(item: Item, link: str, resource: str) -> bool:
    """Return whether a line item is what was asked for; some platforms ignore filters.

    Asked for by our own name (``resource``) it may name no link, but never another one: the LMS
    copies our name when it duplicates an activity, and that column is the duplicate's.
    """
    if resource:
        return item.resource_id == resource and item.resource_link_id in ("", link)
    return item.resource_link_id == link


def _unsure(column: Column, gone: Verdict, error: PlatformError) -> Verdict:
    """Tell of a column that is gone and could not be looked for: later, if that may help."""
    why = classify(column.tenant.family, error)
    if why.outcome is Outcome.LATER:
        return why
    return replace(gone, detail=f"{gone.detail} | {error}"[:500])
