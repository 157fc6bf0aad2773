"""The guarded session itself."""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as SocketTimeout

from lti_tool import __version__, clock
from lti_tool.errors import PlatformRefusal, PlatformUnavailable, WhoCanFix
from lti_tool.http import deadline
from lti_tool.http.guard import GuardedAdapter, is_web_port

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
TOTAL_SECONDS = 60.0
"""Head and body of an answer, redirects before it included, must be there within this."""
UNSAFE_CHARACTERS = re.compile(r"[\x00-\x20\x7f\\]")
"""Readers of URLs disagree about these: one would check another host than the other asks."""
MAX_BYTES = 2_000_000
MAX_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer; ``headers`` are looked up without regard to case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body read as JSON.

        Raises PlatformRefusal ``not_json``, as for a login page that comes with status 200.
        """
        try:
            return jsonlib.loads(self.body)
        except (ValueError, RecursionError) as error:
            who = WhoCanFix.LMS_ADMIN
            raise PlatformRefusal("not_json", self.status, self.text, who) from error


class Http:
    """The guarded session; one per process, safe to share between threads."""

    def __init__(self, allow_local: bool = False, read_seconds: float | None = None) -> None:
        self.allow_local, self.read_seconds = allow_local, read_seconds
        session = requests.Session()
        # No proxies, no .netrc, no cookies: nothing of one platform may reach another.
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers["User-Agent"] = f"Miroir/{__version__}"
        session.mount("https://", GuardedAdapter(allow_local))
        session.mount("http://", GuardedAdapter(allow_local))
        self._session = session

    def close(self) -> None:
        """Close all pooled connections."""
        self._session.close()

    def get_json(
        self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int = MAX_BYTES
    ) -> Any:
        """GET a JSON document; see ``request`` for what is raised."""
        wanted = {"Accept": "application/json", **(headers or {})}
        return self.request("GET", url, headers=wanted, max_bytes=max_bytes).json()

    def post_json(self, url: str, payload: Any, *, headers: Mapping[str, str] | None = None) -> Any:
        """POST a JSON document and read a JSON answer; see ``request`` for what is raised."""
        wanted = {"Accept": "application/json", **(headers or {})}
        return self.request("POST", url, headers=wanted, json=payload).json()

    def post_form(
        self, url: str, fields: Mapping[str, str], *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """POST a form and read a JSON answer; see ``request`` for what is raised."""
        wanted = {"Accept": "application/json", **(headers or {})}
        return self.request("POST", url, headers=wanted, data=dict(fields)).json()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | str | Mapping[str, str] | None = None,
        json: Any = None,
        max_bytes: int = MAX_BYTES,
        expect_json: bool = True,
        cut: bool = False,
        total_seconds: float | None = None,
    ) -> Answer:
        """Send one request and return its 2xx answer.

        ``json`` is serialised, with ``application/json`` unless ``headers`` say otherwise.
        Redirects are followed by hand, at most three: a GET anywhere that is allowed, but without
        its Authorization on another origin; anything else only by 307 or 308 on the same origin.
        It takes at most ``total_seconds`` (``TOTAL_SECONDS``); ``cut`` stops at ``max_bytes``.

        Raises PlatformUnavailable (``timeout``, ``no_answer``, ``tls``, ``rate_limited``,
        ``server_error``) and PlatformRefusal (``bad_url``, ``forbidden_address``, ``redirected``,
        ``too_large``, ``not_json`` if ``expect_json``, ``refused`` for any other 4xx).
        """
        sent = dict(headers or {})
        if json is not None:
            data = jsonlib.dumps(json, ensure_ascii=False).encode()
            sent.setdefault("Content-Type", "application/json")
        with deadline.within(total_seconds or TOTAL_SECONDS):
            for _ in range(MAX_REDIRECTS + 1):
                answer = self._once(method, url, sent, data, max_bytes, cut)
                if answer.status not in REDIRECTS:
                    break
                url, sent = _follow(method, url, sent, answer)
            else:
                raise PlatformRefusal("redirected", answer.status, url, WhoCanFix.OPERATOR)
        _raise_for(answer)
        if expect_json:
            answer.json()
        return answer

    def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: bytes | str | Mapping[str, str] | None,
        max_bytes: int,
        cut: bool,
    ) -> Answer:
        """Send without following redirects; an answer of any status."""
        self._check_scheme(url)
        try:
            deadline.check()
            response = self._session.request(
                method,
                url,
                headers=headers,
                data=data,
                timeout=(CONNECT_SECONDS, self.read_seconds or READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            with response:
                body = _read(response, max_bytes, cut)
            return Answer(url, response.status_code, response.headers, body)
        except ValueError as error:  # a URL, ours or a Location that requests looks at, is none
            raise PlatformRefusal("bad_url", body=url, who=WhoCanFix.OPERATOR) from error
        except requests.exceptions.SSLError as error:
            raise PlatformUnavailable("tls", body=str(error)) from error
        except (requests.exceptions.Timeout, SocketTimeout, TimeoutError) as error:
            raise PlatformUnavailable("timeout", body=str(error)) from error
        except (requests.exceptions.RequestException, HTTPError, OSError) as error:
            raise PlatformUnavailable("no_answer", body=str(error)) from error

    def _check_scheme(self, url: str) -> None:
        """Refuse what is not https (or http with ``allow_local``) to a web server's port.

        A user or password in a URL is refused, too: it disguises the host that follows.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise PlatformRefusal("bad_url", body=url, who=WhoCanFix.OPERATOR) from error
        allowed = ("https", "http") if self.allow_local else ("https",)
        bad = parts.scheme not in allowed or not host or parts.username is not None
        odd = UNSAFE_CHARACTERS.search(url) or not (self.allow_local or is_web_port(port))
        if bad or odd:
            raise PlatformRefusal("bad_url", body=url, who=WhoCanFix.OPERATOR)


def _read(response: requests.Response, max_bytes: int, cut: bool = False) -> bytes:
    """Read a body piece by piece, so that its size cannot hold us.

    An error's body is cut; any other that is too large is refused.
    """
    body = bytearray()
    while piece := response.raw.read1(65_536, decode_content=True):
        body += piece
        if len(body) > max_bytes:
            if cut or response.status_code >= 300:
                break
            raise PlatformRefusal("too_large", response.status_code, who=WhoCanFix.LMS_ADMIN)
    return bytes(body)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _follow(
    method: str, url: str, headers: Mapping[str, str], answer: Answer
) -> tuple[str, dict[str, str]]:
    """Return where a redirect leads and what may be sent there."""
    told = answer.headers.get("Location", "")
    try:
        target = urljoin(url, told)
        same_origin = _origin(target) == _origin(url)
    except ValueError as error:
        raise PlatformRefusal("bad_url", answer.status, told, WhoCanFix.OPERATOR) from error
    kept = dict(headers)
    if method not in ("GET", "HEAD") and not (same_origin and answer.status in (307, 308)):
        raise PlatformRefusal("redirected", answer.status, target, WhoCanFix.OPERATOR)
    if not same_origin:
        kept = {name: value for name, value in kept.items() if name.lower() != "authorization"}
    return target, kept


def _raise_for(answer: Answer) -> None:
    """Raise what an error status means."""
    status = answer.status
    if status in (408, 429) or status >= 500:
        reason = "rate_limited" if status == 429 else "server_error"
        wait = retry_after(answer.headers.get("Retry-After", ""))
        raise PlatformUnavailable(reason, status, answer.text, wait)
    if status >= 400:
        raise PlatformRefusal("refused", status, answer.text)


def retry_after(header: str) -> timedelta | None:
    """Read a Retry-After header: seconds or a date (RFC 9110, 10.2.3); None if it is neither."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), 7 * 86_400))
    try:
        moment: datetime = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    wait = moment.replace(tzinfo=moment.tzinfo or UTC) - clock.now()
    return max(timedelta(0), min(wait, timedelta(days=7)))
