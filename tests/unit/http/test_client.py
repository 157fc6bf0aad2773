"""The guarded session against a server that misbehaves on purpose."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from lti_tool.errors import PlatformRefusal, PlatformUnavailable, WhoCanFix
from lti_tool.http import Http, client, guard, retry_after
from lti_tool.http.guard import is_public


class Handler(BaseHTTPRequestHandler):
    """Answers what the path asks for."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str, dict[str, str]]] = []  # noqa: RUF012  (one list per server class)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        self.seen.append((self.command, self.path, dict(self.headers)))
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        getattr(self, "do" + parts.path.replace("/", "_"))(query)

    def do_json(self, query: dict[str, str]) -> None:
        self.answer(200, b'{"ok": true}', Set_Cookie="who=me", Content_Type="application/json")

    def do_html(self, query: dict[str, str]) -> None:
        self.answer(200, b"<html>Log in</html>", Content_Type="text/html")

    def do_status(self, query: dict[str, str]) -> None:
        wait = {"Retry_After": query["wait"]} if "wait" in query else {}
        self.answer(int(query["code"]), b"x" * 900, **wait)

    def do_to(self, query: dict[str, str]) -> None:
        self.answer(int(query.get("code", "302")), b"", Location=query["url"])

    def do_large(self, query: dict[str, str]) -> None:
        self.answer(200, b'"' + b"x" * 3_000_000 + b'"')

    def do_bomb(self, query: dict[str, str]) -> None:
        body = gzip.compress(b'"' + b"x" * 30_000_000 + b'"')
        self.answer(200, body, Content_Encoding="gzip")

    def do_mute(self, query: dict[str, str]) -> None:
        time.sleep(1.2)
        self.close_connection = True

    def do_drip(self, query: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "20")
        self.end_headers()
        for _ in range(20):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def do_drip_head(self, query: dict[str, str]) -> None:
        for number in range(20):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" if not number else b"X-A: b\r\n")
            self.wfile.flush()
            time.sleep(0.1)

    def do_slow_to(self, query: dict[str, str]) -> None:
        time.sleep(0.3)
        self.do_to(query)

    def do_torn(self, query: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "20")
        self.end_headers()
        self.wfile.write(b"{")
        self.close_connection = True


@pytest.fixture
def server() -> Iterator[str]:
    handler = type("OwnHandler", (Handler,), {"seen": []})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    httpd.handle_error = lambda *_: None  # type: ignore[method-assign]  # torn pipes are the test
    thread = threading.Thread(target=httpd.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def http() -> Iterator[Http]:
    http = Http(allow_local=True)
    yield http
    http.close()


def test_reads_json_and_sends_our_name(server: str, http: Http) -> None:
    assert http.get_json(f"{server}/json") == {"ok": True}
    answer = http.request("GET", f"{server}/json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")


def test_no_cookie_is_ever_sent_back(server: str, http: Http) -> None:
    http.get_json(f"{server}/json")
    assert not list(http._session.cookies)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://１２７.0.0.1/",
        "https://[fe80::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
        "https://[fd00:ec2::254]/",
        "https://100.64.0.1/",
        "https://example.org:22/",
        "https://example.org:25/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://@example.org/",
        "https://example.org@127.0.0.1/",
        "https://evil.example\\.example.org/",
        "https://example.org\t.evil.example/",
        "https://example.org\r\nHost: evil/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "https://0.0.0.0/",
        "ftp://example.org/",
        "https://user:word@example.org/",
        "https:///path",
        "https://exa mple.org:port/",
        "",
    ],
)
def test_only_public_https_by_default(url: str) -> None:
    http = Http()
    with pytest.raises(PlatformRefusal) as caught:
        http.request("GET", url)
    assert caught.value.reason in ("bad_url", "forbidden_address")
    assert caught.value.who is WhoCanFix.OPERATOR


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://169.254.169.254/", "https://0.0.0.0"])
def test_local_mode_does_not_reach_everything(url: str, http: Http) -> None:
    with pytest.raises(PlatformRefusal, match="forbidden_address"):
        http.request("GET", url)


@pytest.mark.parametrize(
    "address",
    ["::7f00:1", "64:ff9b:1::7f00:1", "64:ff9b::a9fe:a9fe", "fec0::1", "::ffff:0:7f00:1"],
)
def test_no_other_way_to_write_an_inner_address_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["2606:4700::1111", "93.184.215.14", "64:ff9b::5db8:d70e"])
def test_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_a_name_that_changes_its_address_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["93.184.215.14", "127.0.0.1"])
    connected: list[str] = []

    def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (next(answers), 443))]

    def connect(address: tuple[str, int], *_: object, **__: object) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError("not today")

    monkeypatch.setattr(guard.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(guard, "create_connection", connect)
    http = Http()
    with pytest.raises(PlatformUnavailable, match="no_answer"):
        http.request("GET", "https://rebind.example/")
    with pytest.raises(PlatformRefusal, match="forbidden_address"):
        http.request("GET", "https://rebind.example/")
    assert connected == ["93.184.215.14"]


def test_a_redirect_to_a_private_address_is_refused(server: str, http: Http) -> None:
    with pytest.raises(PlatformRefusal, match="forbidden_address"):
        http.request("GET", f"{server}/to?url=https://169.254.169.254/")
    with pytest.raises(PlatformRefusal, match="bad_url"):
        http.request("GET", f"{server}/to?url=file:///etc/passwd")
    with pytest.raises(PlatformRefusal, match="bad_url"):
        http.request("GET", f"{server}/to?url=https://example.org@evil.example/")


def test_a_redirect_is_followed_without_the_token_on_another_origin(
    server: str, http: Http
) -> None:
    other = server.replace("127.0.0.1", "localhost")
    token = {"Authorization": "Bearer secret"}
    answer = http.request("GET", f"{server}/to?url={other}/json", headers=token)
    assert answer.url == f"{other}/json"
    assert http.request("GET", f"{server}/to?url=/json", headers=token).status == 200


@pytest.mark.parametrize("location", ["http://[::1", "http://host:99999999/", "http://a%5Cb/"])
def test_a_redirect_to_no_address_is_refused(server: str, http: Http, location: str) -> None:
    with pytest.raises(PlatformRefusal, match="bad_url"):
        http.request("GET", f"{server}/to?url={location}")


def test_a_circle_of_redirects_ends(server: str, http: Http) -> None:
    with pytest.raises(PlatformRefusal, match="redirected"):
        http.request("GET", f"{server}/to?url=/to%3Furl=/to%3Furl=/to%3Furl=/to%3Furl=/json")


@pytest.mark.parametrize("code", [301, 302, 303])
def test_a_post_is_not_turned_into_a_get(server: str, http: Http, code: int) -> None:
    with pytest.raises(PlatformRefusal, match="redirected"):
        http.post_form(f"{server}/to?code={code}&url=/json", {"a": "b"})


def test_a_post_follows_307_on_the_same_origin_only(server: str, http: Http) -> None:
    assert http.post_json(f"{server}/to?code=307&url=/json", {"a": 1}) == {"ok": True}
    other = server.replace("127.0.0.1", "localhost")
    with pytest.raises(PlatformRefusal, match="redirected"):
        http.post_json(f"{server}/to?code=307&url={other}/json", {"a": 1})


def test_html_where_json_is_expected_is_a_refusal(server: str, http: Http) -> None:
    with pytest.raises(PlatformRefusal, match="not_json") as caught:
        http.get_json(f"{server}/html")
    assert (caught.value.status, caught.value.body) == (200, "<html>Log in</html>")
    assert http.request("GET", f"{server}/html", expect_json=False).status == 200


@pytest.mark.parametrize("path", ["large", "bomb"])
def test_a_body_that_is_too_large_is_refused(server: str, http: Http, path: str) -> None:
    with pytest.raises(PlatformRefusal, match="too_large"):
        http.request("GET", f"{server}/{path}")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_4xx_is_a_refusal_with_500_characters(server: str, http: Http, status: int) -> None:
    with pytest.raises(PlatformRefusal) as caught:
        http.request("GET", f"{server}/status?code={status}")
    assert (caught.value.status, len(caught.value.body)) == (status, 500)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_what_may_pass_is_unavailable(server: str, http: Http, status: int) -> None:
    with pytest.raises(PlatformUnavailable) as caught:
        http.request("GET", f"{server}/status?code={status}&wait=7")
    assert caught.value.retry_after == timedelta(seconds=7)


def test_silence_times_out(server: str) -> None:
    with pytest.raises(PlatformUnavailable, match="timeout"):
        Http(allow_local=True, read_seconds=0.2).request("GET", f"{server}/mute")


@pytest.mark.parametrize(
    "path", ["drip", "drip_head", "slow_to?url=/slow_to?url=/slow_to?url=/json"]
)
def test_an_answer_that_trickles_in_times_out(
    server: str, http: Http, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.5)
    with pytest.raises(PlatformUnavailable, match="timeout"):
        http.request("GET", f"{server}/{path}")


def test_a_connection_is_used_again_after_a_timed_answer(server: str, http: Http) -> None:
    for _ in range(3):
        assert http.get_json(f"{server}/json") == {"ok": True}


def test_a_name_with_many_silent_addresses_does_not_hold_us(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (f"93.184.215.{number}", 443)) for number in range(50)]

    def connect(address: tuple[str, int], *_: object, **__: object) -> None:
        tried.append(address[0])
        raise TimeoutError

    monkeypatch.setattr(guard.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(guard, "create_connection", connect)
    with pytest.raises(PlatformUnavailable, match="timeout"):
        Http().request("GET", "https://silent.example/")
    assert len(tried) == guard.MAX_ADDRESSES


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (address, 443)) for address in ("93.184.215.14", "10.0.0.1")]

    monkeypatch.setattr(guard.socket, "getaddrinfo", resolve)
    with pytest.raises(PlatformRefusal, match="forbidden_address"):
        Http().request("GET", "https://both.example/")


def test_nobody_there_and_half_an_answer_are_unavailable(server: str, http: Http) -> None:
    with pytest.raises(PlatformUnavailable, match="no_answer"):
        http.request("GET", "http://127.0.0.1:1/")
    with pytest.raises(PlatformUnavailable, match="no_answer"):
        http.request("GET", f"{server}/torn")


def test_not_tls_is_told_apart(server: str, http: Http) -> None:
    with pytest.raises(PlatformUnavailable, match="tls"):
        http.request("GET", server.replace("http:", "https:") + "/json")


def test_retry_after_is_seconds_or_a_date() -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False):
        assert retry_after("120") == timedelta(minutes=2)
        assert retry_after("Sun, 01 Mar 2026 12:00:30 GMT") == timedelta(seconds=30)
        assert retry_after("Sun, 01 Mar 2026 11:00:00 GMT") == timedelta(0)
        assert retry_after("99999999999") == timedelta(days=7)
    assert retry_after("") is retry_after("soon") is retry_after("-3") is None


def test_json_is_sent_under_the_media_type_asked_for(server: str, http: Http) -> None:
    kind = {"Content-Type": "application/vnd.ims.lis.v1.score+json"}
    answer = http.request("POST", f"{server}/json", headers=kind, json={"é": 1})
    assert json.loads(answer.body) == {"ok": True}
