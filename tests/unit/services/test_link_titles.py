"""Titles of linked pages: asked of public hosts only, told beside the host."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from lti_tool import clock
from lti_tool.http import Http
from lti_tool.http.client import Answer
from lti_tool.models import Database
from lti_tool.models.attachments import LinkTitle
from lti_tool.rules.rich_text import clean, hosts_shown, to_text
from lti_tool.services.link_titles import LinkTitles, links_in, title_in, url_hash

PUBLIC = "https://public.example/moved"
asked: list[str] = []


class Pages(BaseHTTPRequestHandler):
    """A site whose page is longer than what is read of it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=iso-8859-1")
        self.end_headers()
        head = "<html><head><title>\n Caf\xe9 &amp; \u202dbooks</title>".encode("latin-1", "ignore")
        self.wfile.write(head + b"<p>long</p>" * 10_000)


@pytest.fixture
def site() -> Iterator[str]:
    asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_public_hosts_are_asked(database: Database, site: str) -> None:
    class Moved(Http):
        """Meets a public host that leads to this machine."""

        def _once(self, method: str, url: str, *rest: object) -> Answer:
            if url == PUBLIC:
                return Answer(url, 302, {"Location": site.replace("http:", "https:")}, b"")
            return super()._once(method, url, *rest)  # type: ignore[arg-type]

    addresses = [PUBLIC, f"{site}/", site.replace("http:", "https:"), "https://localhost/"]
    with database.write() as session:
        session.add_all(LinkTitle(url_hash=url_hash(url), url=url) for url in addresses)
    titles = LinkTitles(database, Moved(allow_local=False), wanted=True)
    assert titles.fetch_due() == 4
    assert (titles.of(addresses), titles.fetch_due(), asked) == ({}, 0, [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_title_is_asked_once_and_forgotten_later(database: Database, site: str) -> None:
    url = f"{site}/page"
    off = LinkTitles(database, Http(allow_local=True))
    off.want([f'<a href="{PUBLIC}">x</a>'])
    assert (off.fetch_due(), off.of([url])) == (0, {})
    titles = LinkTitles(database, Http(allow_local=True), wanted=True)
    for _time in range(2):
        titles.want([f'<p><a href="{PUBLIC}">x</a></p>', f'<a href="{url}">y</a>'])
    with database.write() as session:
        assert [row.url for row in session.query(LinkTitle)] == [PUBLIC]
        session.query(LinkTitle).delete()
        session.add(LinkTitle(url_hash=url_hash(url), url=url))
    assert titles.fetch_due() == 1
    assert titles.of([url, PUBLIC]) == {url: "Café & books"}
    assert asked == ["/page"]
    with time_machine.travel(clock.now() + timedelta(days=181)):
        assert titles.forget_old() == 1


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        ("<title>A</title><title>B</title>", "", "A"),
        ("<svg><title>not</title></svg>", "text/html; charset=nonsense", "not"),
        ("<title>cut", "", ""),
        ("no title", "", ""),
        ("<title>" + "a" * 200 + "</title>", "", "a" * 149 + "…"),
        ("<title>a\n\t b\u202e c</title>", "", "a b c"),
    ],
)
def test_what_counts_as_a_title(body: str, kind: str, title: str) -> None:
    assert title_in(body.encode(), kind) == title


@pytest.mark.parametrize(
    ("html", "titles", "shown"),
    [
        ('<a href="https://www.example.org/a?b=1&amp;c">guide</a>', {}, "guide (example.org)"),
        ('<a href="https://example.org/x">example.org/x</a>', {}, "example.org/x"),
        (
            '<a href="https://a.example/">x</a>',
            {"https://a.example/": "<b>"},
            "x (<b> – a.example)",
        ),
        ('<a href="mailto:a@example.org">write</a>', {}, "write"),
        ('<a href="https://exämple.org/">x</a>', {}, "x (xn--exmple-cua.org)"),
    ],
)
def test_where_a_link_leads_is_told(html: str, titles: Mapping[str, str], shown: str) -> None:
    assert to_text(hosts_shown(clean(html), titles)) == shown


def test_links_are_found_in_what_is_stored() -> None:
    html = clean('<a href="https://a.example/?x=1&y">x</a><a href="http://b.example">y</a>')
    assert links_in(html) == ["https://a.example/?x=1&y"]


@pytest.mark.parametrize("charset", ["idna", "undefined", "bz2", "nothing"])
def test_a_hostile_page_ends_no_turn(charset: str) -> None:
    assert title_in(b"<title>Books</title>", f"text/html; charset={charset}") == "Books"
    assert title_in(b"<title>Books</title><![spam[x]]>", "text/html") == "Books"
