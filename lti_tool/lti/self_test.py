"""The self-test of a platform: a table of checks, each one request and one finding.

Nothing that a platform answers to a successful request is kept: tokens and rosters stay out of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from lti_tool import clock
from lti_tool.errors import PlatformError
from lti_tool.http import Answer, Http
from lti_tool.lti.keysets import usable_keys
from lti_tool.lti.signing import KeyPair
from lti_tool.lti.tokens import ASSERTION_TYPE, Tenant, assertion

SECONDS = 30.0
"""No check begins after this."""
MAX_ANSWER = 300
ROSTER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, LINE_ITEM_READ, SCORE = f"{AGS}lineitem", f"{AGS}lineitem.readonly", f"{AGS}score"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
NEEDED = (LINE_ITEM, LINE_ITEM_READ, f"{AGS}result.readonly", SCORE, ROSTER)
"""Scopes without which something of Miroir's does not work."""
LEEWAY_SECONDS, GOOD_SECONDS = 30, 5
"""What launches are given, and what needs no word."""


class Check(StrEnum):
    """What is tried, in this order."""

    OWN_ADDRESS = "own_address"
    KEY_SET = "key_set"
    TOKEN = "token"  # noqa: S105  (the name of a check)
    ROSTER = "roster"
    LINE_ITEM = "line_item"
    CLOCK = "clock"


class Result(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: Check
    result: Result
    code: str
    """Stable code of what was found; words are the reader's."""
    url: str = ""
    status: int | None = None
    answer: str = ""
    """First characters of an answer that was not what we need."""
    detail: str = ""
    """A number or names that belong to the code: scopes, seconds, keys."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of a platform before the test; "" and None for what is not known."""

    base_url: str
    own_kids: frozenset[str]
    jwks_uri: str
    tenant: Tenant | None
    """None while no deployment is approved."""
    roster_url: str = ""
    line_item_url: str = ""
    launch_offset: int | None = None
    """Seconds that the platform's clock is ahead, by its last launch."""
    launch_refused: bool = False
    """Whether that launch was refused because of its times."""


@dataclass(slots=True)
class SelfTest:
    """One run; later checks use what earlier ones got."""

    http: Http
    key: Callable[[], KeyPair]
    subject: Subject
    _token: str = field(default="", repr=False)
    _granted: frozenset[str] = frozenset()
    _date_offset: float | None = None

    def run(self) -> list[Finding]:
        """Do all checks, one after the other."""
        until = time.monotonic() + SECONDS
        findings = []
        for check, do in self._checks().items():
            in_time = time.monotonic() < until
            findings.append(do() if in_time else Finding(check, Result.SKIPPED, "no_time"))
        return findings

    def _checks(self) -> dict[Check, Callable[[], Finding]]:
        return {
            Check.OWN_ADDRESS: self.own_address,
            Check.KEY_SET: self.key_set,
            Check.TOKEN: self.token,
            Check.ROSTER: self.roster,
            Check.LINE_ITEM: self.line_item,
            Check.CLOCK: self.clock,
        }

    def own_address(self) -> Finding:
        """Fetch our own key set by its public address, as a platform does."""
        check, url = Check.OWN_ADDRESS, f"{self.subject.base_url}/lti/jwks"
        try:
            answer = self.http.request("GET", url, headers={"Accept": "application/json"})
        except PlatformError as error:
            if error.reason == "bad_url":
                return Finding(check, Result.FAILED, "not_https", url)
            private = error.reason == "forbidden_address"
            return _failed(check, error, url, Result.WARN if private else Result.FAILED)
        if not self.subject.own_kids <= _kids(answer.json()):
            return _finding(check, Result.FAILED, "foreign_keys", answer, shown=True)
        if urlsplit(url).scheme != "https":
            return _finding(check, Result.WARN, "not_https", answer)
        return _finding(check, Result.OK, "ok", answer)

    def key_set(self) -> Finding:
        """Fetch the platform's key set and look for keys that may sign launches."""
        check, url = Check.KEY_SET, self.subject.jwks_uri
        try:
            answer = self.http.request("GET", url, headers={"Accept": "application/json"})
        except PlatformError as error:
            return _failed(check, error, url)
        self._date_offset = _date_offset(answer)
        keys = usable_keys(answer.json())
        if not keys:
            return _finding(check, Result.FAILED, "no_usable_key", answer, shown=True)
        return _finding(check, Result.OK, "ok", answer, str(len(keys)))

    def token(self) -> Finding:
        """Ask for a token with all scopes that we use, and see which are granted."""
        tenant = self.subject.tenant
        if tenant is None:
            return Finding(Check.TOKEN, Result.SKIPPED, "no_deployment")
        asked = set(NEEDED)
        try:
            answer = self._ask(tenant, asked)
        except PlatformError as error:
            if "invalid_scope" not in error.body:
                return self._token_failed(error, tenant.token_endpoint)
            return self._ask_one_by_one(tenant, error)
        fields = _fields(answer)
        if not isinstance(fields.get("access_token"), str):
            return _finding(Check.TOKEN, Result.FAILED, "no_token", answer)
        granted = fields.get("scope", " ".join(asked))
        self._token = fields["access_token"]
        self._granted = frozenset(str(granted).split()) & asked
        return self._judge_scopes(answer)

    def roster(self) -> Finding:
        """Read the roster of a course that told where it is; one member is enough."""
        url = self.subject.roster_url
        limited = f"{url}{'&' if urlsplit(url).query else '?'}limit=1"
        return self._read(Check.ROSTER, url and limited, {ROSTER}, ROSTER_TYPE)

    def line_item(self) -> Finding:
        """Read a gradebook column that a launch told."""
        scopes = {LINE_ITEM, LINE_ITEM_READ}
        return self._read(Check.LINE_ITEM, self.subject.line_item_url, scopes, LINE_ITEM_TYPE)

    def clock(self) -> Finding:
        """Compare clocks: by a launch that was refused for it, else by the key set's Date."""
        subject, check = self.subject, Check.CLOCK
        offset = self._date_offset
        if subject.launch_offset is not None and (subject.launch_refused or offset is None):
            offset = subject.launch_offset
        if offset is None:
            return Finding(check, Result.SKIPPED, "unknown")
        detail = str(round(offset))
        if subject.launch_refused or abs(offset) > LEEWAY_SECONDS:
            return Finding(check, Result.FAILED, "off", detail=detail)
        if abs(offset) > GOOD_SECONDS:
            return Finding(check, Result.WARN, "drifts", detail=detail)
        return Finding(check, Result.OK, "ok", detail=detail)

    def _ask(self, tenant: Tenant, scopes: set[str]) -> Answer:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(tenant, self.key()),
            "scope": " ".join(sorted(scopes)),
        }
        headers = {"Accept": "application/json"}
        return self.http.request("POST", tenant.token_endpoint, headers=headers, data=form)

    def _ask_one_by_one(self, tenant: Tenant, refused: PlatformError) -> Finding:
        """Find out which scopes are granted where one too many spoils all (Canvas)."""
        granted, last = set(), None
        for scope in NEEDED:
            try:
                last = self._ask(tenant, {scope})
                granted.add(scope)
            except PlatformError:
                continue
        if last is None:
            return self._token_failed(refused, tenant.token_endpoint)
        try:
            last = self._ask(tenant, granted)
        except PlatformError as error:
            return self._token_failed(error, tenant.token_endpoint)
        self._granted, self._token = frozenset(granted), str(_fields(last).get("access_token", ""))
        return self._judge_scopes(last)

    def _judge_scopes(self, answer: Answer) -> Finding:
        missing = [scope for scope in NEEDED if scope not in self._granted]
        if LINE_ITEM in self._granted and LINE_ITEM_READ in missing:
            missing.remove(LINE_ITEM_READ)
        detail = " ".join(scope.rpartition("/")[2] for scope in missing)
        if not missing:
            return _finding(Check.TOKEN, Result.OK, "ok", answer)
        result = Result.FAILED if SCORE in missing else Result.WARN
        return _finding(Check.TOKEN, result, "scopes_missing", answer, detail)

    def _token_failed(self, error: PlatformError, url: str) -> Finding:
        known = ("invalid_client", "invalid_scope", "unauthorized_client")
        said = next((code for code in known if code in error.body), "")
        code = "invalid_client" if said == "unauthorized_client" else said
        if error.reason == "refused" and not code:
            code = "token_refused"
        return _failed(Check.TOKEN, error, url, code=code)

    def _read(self, check: Check, url: str, scopes: set[str], media_type: str) -> Finding:
        """GET a service's address with the token that was granted."""
        if not url:
            return Finding(check, Result.SKIPPED, "not_told")
        if not self._token:
            return Finding(check, Result.SKIPPED, "no_token", url)
        if not scopes & self._granted:
            return Finding(check, Result.WARN, "scope_missing", url)
        headers = {"Accept": media_type, "Authorization": f"Bearer {self._token}"}
        try:
            answer = self.http.request("GET", url, headers=headers)
        except PlatformError as error:
            return _failed(check, error, url)
        return _finding(check, Result.OK, "ok", answer)


def _failed(
    check: Check, error: PlatformError, url: str, result: Result = Result.FAILED, code: str = ""
) -> Finding:
    """Return the finding of a request that was not answered as it should have been."""
    by_status = {401: "unauthorized", 403: "forbidden", 404: "not_found"}
    named = by_status.get(error.status or 0, "refused") if error.reason == "refused" else ""
    # A page with status 200 instead of a roster might hold names.
    shown = "" if check is Check.ROSTER and error.status == 200 else error.body
    if error.status is None:
        shown = shown.rpartition("): ")[2].strip("\"')")  # the cause, without whose it was
    return Finding(check, result, code or named or error.reason, url, error.status, _first(shown))


def _finding(
    check: Check, result: Result, code: str, answer: Answer, detail: str = "", shown: bool = False
) -> Finding:
    text = _first(answer.text) if shown else ""
    return Finding(check, result, code, answer.url, answer.status, text, detail)


def _first(text: str) -> str:
    return " ".join(text.split())[:MAX_ANSWER]


def _fields(answer: Answer) -> dict[str, Any]:
    document = answer.json()
    return document if isinstance(document, dict) else {}


def _kids(document: object) -> set[str]:
    keys = document.get("keys") if isinstance(document, dict) else None
    listed = keys if isinstance(keys, list) else []
    return {str(key.get("kid")) for key in listed if isinstance(key, dict)}


def _date_offset(answer: Answer) -> float | None:
    """Return how many seconds the answering server's clock is ahead (RFC 9110, 6.6.1)."""
    try:
        date: datetime = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return (date.replace(tzinfo=date.tzinfo or UTC) - clock.now()).total_seconds()
