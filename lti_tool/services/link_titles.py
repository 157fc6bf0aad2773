"""Titles of the public pages that texts link to, so that readers know where a link leads.

Asked for by the worker, never by a reader's browser, and only where the operator wants it. Only
public https hosts are ever asked, on whatever addresses a platform may be; what comes is a title
and nothing else.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from time import monotonic

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.errors import PlatformRefusal, PlatformUnavailable
from lti_tool.http import Http
from lti_tool.models import Database
from lti_tool.models.attachments import LinkTitle

MOST_BYTES = 64 * 1024
SECONDS = 3.0
"""For one page, its redirects included."""
TOGETHER = 20.0
"""Seconds after which a turn asks no further page."""
BATCH = 10
MOST_LINKS = 20
"""Of one text."""
MAX_URL = 2000
MAX_TITLE = 150
KEPT = timedelta(days=180)
_CHARSET = re.compile(rb"""charset=["']?([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_HREF = re.compile(r'<a\b[^>]*?\bhref="(https://[^"]+)"')


@dataclass(frozen=True, slots=True)
class LinkTitles:
    """What links lead to. ``http`` reaches public hosts only, whatever platforms may be."""

    db: Database
    http: Http
    wanted: bool = False

    def of(self, urls: Collection[str]) -> dict[str, str]:
        """Return the titles that are known of ``urls``."""
        if not self.wanted or not urls:
            return {}
        keys = {url_hash(url): url for url in urls}
        with self.db.read() as session:
            query = select(LinkTitle.url_hash, LinkTitle.title).where(
                LinkTitle.url_hash.in_(keys), LinkTitle.title != ""
            )
            return {keys[key]: title for key, title in session.execute(query)}

    def want(self, texts: Iterable[str]) -> None:
        """Note the links of texts that others will read; the worker asks for their titles."""
        urls = {url for text in texts for url in links_in(text)} if self.wanted else set()
        if not urls:
            return
        keys = {url_hash(url): url for url in urls}
        with self.db.read() as session:
            known = select(LinkTitle.url_hash).where(LinkTitle.url_hash.in_(keys))
            new = sorted(keys.keys() - set(session.scalars(known)))
        for key in new:
            with suppress(IntegrityError), self.db.write() as session:
                session.add(LinkTitle(url_hash=key, url=keys[key]))

    def fetch_due(self) -> int:
        """Ask the pages that nobody has asked yet; return how many were asked."""
        if not self.wanted:
            return 0
        with self.db.read() as session:
            query = select(LinkTitle.id, LinkTitle.url).where(LinkTitle.fetched_at.is_(None))
            due = session.execute(
                query.order_by(LinkTitle.asked_at, LinkTitle.id).limit(BATCH)
            ).all()
        asked, until = 0, monotonic() + TOGETHER
        for row in due:
            if monotonic() > until:
                break
            title = self._ask(row.url)
            told = update(LinkTitle).where(LinkTitle.id == row.id)
            with self.db.write() as session:
                session.execute(told.values(title=title, fetched_at=clock.now()))
            asked += 1
        return asked

    def forget_old(self) -> int:
        """Forget what was asked long ago; return how many."""
        with self.db.read() as session:
            old = LinkTitle.asked_at < clock.now() - KEPT
            ids = list(session.scalars(select(LinkTitle.id).where(old).limit(200)))
        if ids:
            with self.db.write() as session:
                session.execute(delete(LinkTitle).where(LinkTitle.id.in_(ids)))
        return len(ids)

    def _ask(self, url: str) -> str:
        """Return a page's title; empty if there is none to be had."""
        try:
            answer = self.http.request(
                "GET",
                url,
                headers={"Accept": "text/html,application/xhtml+xml", "Accept-Encoding": "gzip"},
                max_bytes=MOST_BYTES,
                expect_json=False,
                cut=True,
                total_seconds=SECONDS,
            )
        except (PlatformUnavailable, PlatformRefusal):
            return ""
        kind = answer.headers.get("Content-Type", "")
        return title_in(answer.body, kind) if "html" in kind.lower() else ""


def links_in(html: str) -> list[str]:
    """Return the https links of sanitised HTML, a few at most."""
    found = (match.replace("&amp;", "&") for match in _HREF.findall(html))
    return [url for url in dict.fromkeys(found) if len(url) <= MAX_URL][:MOST_LINKS]


def url_hash(url: str) -> str:
    """Return the key of an address."""
    return hashlib.sha256(url.encode()).hexdigest()


class _Title(HTMLParser):
    """Takes the first title of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.done, self.text = False, False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "title" and not self.done

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self.inside:
            self.inside, self.done = False, True

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.text += data


def title_in(body: bytes, content_type: str) -> str:
    """Return the title of an HTML page: one line, no marks that turn the text's direction."""
    told = _CHARSET.search(content_type.encode()) or _CHARSET.search(body[:2048])
    try:
        text = body.decode(told[1].decode() if told else "utf-8", "replace")
    except (LookupError, UnicodeError):  # no such way of writing, or one that is for no page
        text = body.decode("utf-8", "replace")
    parser = _Title()
    with suppress(AssertionError):  # so the standard library's reader calls a broken declaration
        parser.feed(text)
    if not parser.done:
        return ""
    plain = "".join(c for c in parser.text if c.isspace() or unicodedata.category(c)[0] != "C")
    line = " ".join(plain.split())
    return line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 1]}…"
