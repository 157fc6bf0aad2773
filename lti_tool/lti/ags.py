"""Assignment and Grade Services 2.0: scores out, results back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from lti_tool.errors import PlatformError, PlatformRefusal, WhoCanFix
from lti_tool.http import Answer, Http
from lti_tool.lti.families import FAMILIES, Outcome, Verdict, classify
from lti_tool.lti.links import next_page
from lti_tool.lti.tokens import Tenant, Tokens

SCOPES = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE_SCOPE, RESULT_SCOPE = SCOPES + "score", SCOPES + "result.readonly"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
MAX_PAGES = 50
SAME = 0.001
"""Results that differ by less than this share of the maximum are the same."""


@dataclass(frozen=True, slots=True)
class Column:
    """A line item that scores go to; ``scopes`` are those of the launch that told it."""

    tenant: Tenant
    url: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ags:
    """Sends scores to a platform's columns and reads results from them."""

    http: Http
    tokens: Tokens

    def send(
        self, column: Column, subject: str, payload: Mapping[str, Any], timestamp: datetime
    ) -> Verdict:
        """Send one score of the person ``subject``; tell what became of it.

        ``payload`` is the score without userId and timestamp (AGS 2.0, 3.4). Whatever the platform
        does ends in a verdict, never in an error.
        """
        if SCORE_SCOPE not in column.scopes:
            return Verdict(Outcome.REFUSED, "scope_missing", WhoCanFix.LMS_ADMIN)
        score = serialise(column, subject, payload, timestamp)
        headers = {"Content-Type": SCORE_TYPE, "Accept": "application/json"}
        try:
            answer = self._request("POST", column, under(column.url, "scores"), headers, score)
            if answer.body.lstrip()[:1] == b"<":
                raise PlatformRefusal("not_json", answer.status, answer.text)
        except PlatformError as error:
            verdict = classify(column.tenant.family, error)
            if verdict.outcome is Outcome.CHECK:
                return self._checked(column, subject, payload, verdict)
            return verdict
        return Verdict(Outcome.SENT, status=answer.status)

    def result(self, column: Column, subject: str) -> dict[str, Any] | None:
        """Return the result of one person (AGS 2.0, 3.3), None if the column shows none.

        Raises PlatformError.
        """
        url: str | None = _result_url(column, subject)
        for _ in range(MAX_PAGES):
            answer = self._request("GET", column, url or "", {"Accept": RESULTS_TYPE})
            found = answer.json()
            for result in found if isinstance(found, list) else [found]:
                if isinstance(result, dict) and result.get("userId") == subject:
                    return result
            url = next_page(answer.headers.get("Link", ""))
            if url is None:
                break
        return None

    def _checked(
        self, column: Column, subject: str, payload: Mapping[str, Any], doubt: Verdict
    ) -> Verdict:
        """Decide a doubtful answer by what the column shows."""
        if RESULT_SCOPE in column.scopes:
            try:
                if shows(self.result(column, subject), column, payload):
                    return replace(doubt, outcome=Outcome.SENT, reason="", who=None)
            except PlatformError as error:
                doubt = replace(doubt, detail=f"{doubt.detail} | {error}")
        return replace(doubt, outcome=Outcome.LATER)

    def _request(
        self,
        method: str,
        column: Column,
        url: str,
        headers: Mapping[str, str],
        json: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Send with a token; with a new one, once, if the platform says that it is over."""

        def attempt(token: str) -> Answer:
            sent = {**headers, "Authorization": f"Bearer {token}"}
            return self.http.request(method, url, headers=sent, json=json, expect_json=False)

        return self._with_token(column, attempt)

    def _with_token(self, column: Column, attempt: Callable[[str], Answer]) -> Answer:
        wanted = [scope for scope in column.scopes if scope.startswith(SCOPES)]
        token = self.tokens.get(column.tenant, wanted)
        try:
            return attempt(token)
        except PlatformRefusal as error:
            if error.status not in FAMILIES[column.tenant.family].expired_token:
                raise
        self.tokens.drop(column.tenant, wanted, token)
        return attempt(self.tokens.get(column.tenant, wanted))


def under(url: str, name: str) -> str:
    """Return the URL of a line item's ``scores`` or ``results``: the path grows, the query stays.

    (Moodle's ``?type_id=`` must be kept; AGS 2.0, 3.3.1 and 3.4.)
    """
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}"))


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


def shows(result: dict[str, Any] | None, column: Column, payload: Mapping[str, Any]) -> bool:
    """Return whether a result is the score of ``payload``, whatever maximum the column has."""
    if result is None:
        return False
    given = result.get("resultScore")
    if given is None and FAMILIES[column.tenant.family].hides_zero:
        given = 0
    if given is None:
        return False
    try:
        shown = float(given) / float(result.get("resultMaximum") or payload["scoreMaximum"])
    except (TypeError, ValueError, ZeroDivisionError):
        return False
    ours = float(payload["scoreGiven"]) / float(payload["scoreMaximum"])
    return abs(shown - ours) < SAME


def _result_url(column: Column, subject: str) -> str:
    """Return where one person's result is; Moodle must never be sent ``limit``."""
    how = FAMILIES[column.tenant.family].result_filter
    if how == "path":
        return under(column.url, f"results/{quote(subject, safe='')}")
    url = under(column.url, "results")
    query = urlencode({"limit": 1000} if how == "limit" else {"user_id": subject})
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"
