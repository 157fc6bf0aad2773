"""A platform's key set address that answers anything but keys: refused in words, old keys serve."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update

from lti_tool import clock
from lti_tool.errors import LaunchRefused
from lti_tool.lti.keysets import to_document, usable_keys
from lti_tool.models.keys import PlatformKeySet
from lti_tool.models.platforms import Registration
from lti_tool.services.platforms import platform_keys
from tests.support.forge import KID, Forge, handle_in, rsa_key
from tests.support.hostile import FAST, JSON_VALUES, logged, refused

Behaviour = Callable[[BaseHTTPRequestHandler], None]
GOOD = to_document({KID: rsa_key().public_key()})["keys"][0]


def says(
    body: bytes, status: int = 200, kind: str = "application/json", **headers: str
) -> Behaviour:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Type": kind, **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def keys(*jwks: Any) -> Behaviour:
    return says(json.dumps({"keys": list(jwks)}).encode())


def leads_to(address: str) -> Behaviour:
    return says(b"", 302, Location=address)


def goes_in_circles(request: BaseHTTPRequestHandler) -> None:
    leads_to(f"http://{request.headers['Host']}/again")(request)


def hangs_up(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True


def stays_silent(request: BaseHTTPRequestHandler) -> None:
    time.sleep(1)


def drips(request: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then: no single read ever times out."""
    request.send_response(200)
    request.end_headers()
    for _ in range(20):
        request.wfile.write(b" ")
        time.sleep(0.05)


def is_cut_off(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    request.wfile.write(b'{"keys": [')
    request.close_connection = True


def never_ends(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b" " * 10_000)


BAD: dict[str, Behaviour] = {
    "a page": says(b"<!doctype html><title>Log in</title>", kind="text/html"),
    "a page that says it is JSON": says(b"<h1>Hello</h1>"),
    "nothing": says(b""),
    "no content": says(b"", 204),
    "an error": says(b"{}", 500),
    "not found": says(b"{}", 404),
    "throttling": says(b"{}", 429, Retry_After="99999999999"),
    "nonsense": says(b"\x00\xff\xfe nonsense"),
    "a list": says(b"[]"),
    "a number": says(b"1e999"),
    "no keys": says(b'{"keys": []}'),
    "keys that are none": says(b'{"keys": {"kid": "lms-key"}}'),
    "deep nesting": says(b"[" * 100_000),
    "a secret key": keys({"kty": "oct", "k": "AAAA", "kid": KID, "alg": "HS256"}),
    "a key without kid": keys({**GOOD, "kid": None}),
    "a key for something else": keys({**GOOD, "use": "enc"}, {**GOOD, "alg": "RS512"}),
    "a broken key": keys({**GOOD, "n": "AA"}, {**GOOD, "e": "!"}, {**GOOD, "n": ["x"]}),
    "a key with a huge number": keys({**GOOD, "e": "A" * 100_000}),
    "too much": says(b" " * 600_000 + b"{}"),
    "too much, compressed": says(gzip.compress(b" " * 5_000_000), Content_Encoding="gzip"),
    "a wrong encoding": says(b"{}", Content_Encoding="gzip"),
    "the cloud's credentials": leads_to("http://169.254.169.254/latest/meta-data"),
    "a private host": leads_to("http://10.0.0.1/keys"),
    "a file": leads_to("file:///etc/passwd"),
    "a redirect to nowhere": leads_to("http://[::1"),
    "itself": goes_in_circles,
    "a closed connection": hangs_up,
    "half an answer": is_cut_off,
    "an endless answer": never_ends,
    "a byte now and then": drips,
    "silence": stays_silent,
}


class Lms:
    """A key set address whose answers a test chooses, and launches of the platform that has it."""

    def __init__(self, forge: Forge) -> None:
        self.forge, lms = forge, self
        self.answer: Behaviour = says(b"")
        self.asked = 0

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                lms.asked += 1
                try:
                    lms.answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_args: object) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/keys"

    def knows(self, age: timedelta | None) -> None:
        """Let the tool have keys of this age, or none; and forget what it tried."""
        forge = self.forge
        with forge.services.db.write() as session:
            session.execute(update(Registration).values(jwks_uri=self.url))
            session.execute(delete(PlatformKeySet))
            if age is not None:
                kept = to_document({KID: rsa_key().public_key()})
                session.add(
                    PlatformKeySet(
                        registration_id=forge.registration_id,
                        keys=kept,
                        fetched_at=clock.now() - age,
                    )
                )
        forge.services.launches.platform_keys._known.clear()
        forge.services.launches.registry._kept.clear()


@pytest.fixture(scope="module")
def lms(shared: Forge) -> Iterator[Lms]:
    lms = Lms(shared)
    yield lms
    lms.server.shutdown()
    lms.server.server_close()


@pytest.fixture
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_keys, "FETCH_SECONDS", 0.3)


@pytest.mark.usefixtures("little_patience")
@pytest.mark.parametrize("name", BAD)
def test_a_key_set_address_that_answers(lms: Lms, name: str) -> None:
    lms.answer = BAD[name]
    lms.knows(None)
    with logged() as lines:
        answer = lms.forge.launch()
    assert refused(answer, lines) == "key_set_unavailable"
    lms.knows(timedelta(hours=2))
    assert handle_in(lms.forge.launch())
    lms.knows(timedelta(hours=25))
    with logged() as lines:
        answer = lms.forge.launch()
    assert refused(answer, lines) == "key_set_unavailable"
    assert "could not reach your learning platform" in answer.text


def test_good_keys_among_bad_ones_count(lms: Lms) -> None:
    lms.answer = keys(None, 1, "x", {}, {"kty": "EC", "kid": KID}, {**GOOD, "kid": 7}, GOOD)
    lms.knows(None)
    assert handle_in(lms.forge.launch())


def test_unknown_kids_do_not_make_us_hammer_the_platform(lms: Lms) -> None:
    lms.answer = keys(GOOD)
    lms.knows(None)
    before = lms.asked
    assert handle_in(lms.forge.launch())
    for number in range(20):
        begun = lms.forge.login()
        claims = lms.forge.claims(begun.nonce)
        token = lms.forge.token(claims, headers={"kid": f"made up {number}"})
        with logged() as lines:
            answer = lms.forge.post(token, begun.state)
        assert refused(answer, lines) == "kid_unknown"
    assert lms.asked == before + 1


@FAST
@given(document=JSON_VALUES)
def test_any_document_has_keys_or_has_none(document: Any) -> None:
    assert usable_keys(document) == {}
    assert usable_keys({"keys": document}) == {}


@FAST
@given(name=st.sampled_from(sorted(GOOD)), value=JSON_VALUES)
def test_a_key_with_anything_in_it_is_usable_or_left_out(name: str, value: Any) -> None:
    found = usable_keys({"keys": [{**GOOD, name: value}, "x"]})
    assert all(2048 <= key.key_size <= 8192 for key in found.values())


def test_a_platform_that_hangs_holds_one_thread_and_no_others(
    lms: Lms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform_keys, "FETCH_SECONDS", 60)
    monkeypatch.setattr(platform_keys, "PATIENCE_SECONDS", 0.2)
    gives_up, before = threading.Event(), lms.asked

    def hangs(_request: BaseHTTPRequestHandler) -> None:
        gives_up.wait(60)

    lms.answer = hangs
    lms.knows(None)
    platform = lms.forge.services.launches.registry.by_id(lms.forge.registration_id)

    def ask() -> None:
        with pytest.raises(LaunchRefused, match="key_set_unavailable"):
            lms.forge.services.launches.platform_keys.key(platform, KID)

    with ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(ask) for _ in range(6)]
        answered = as_completed(asking)
        for _ in range(5):
            next(answered).result()
        assert sum(not one.done() for one in asking) == 1, "who fetches still waits"
        gives_up.set()
        next(answered).result()
    ask()
    assert lms.asked == before + 1


def test_a_platform_that_keeps_failing_is_asked_less_and_less(lms: Lms) -> None:
    lms.answer, before = BAD["an error"], lms.asked
    lms.knows(None)
    asked = []
    for second in range(0, 100, 4):
        with time_machine.travel(clock.now() + timedelta(seconds=second), tick=False):
            assert lms.forge.launch().status_code == 400
        asked.append(lms.asked - before)
    assert asked[0] == 1 and asked[2] == 2
    assert asked[-1] <= 5
