"""A browser that costs little: keep-alive HTTP/1.1 on a bare socket, and cookie jars."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlencode

from bench.servers import BenchFailed

TIMEOUT_SECONDS = 30
NAVIGATION = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: cross-site\r\n"
)
"""What a browser sends when a link opens in a window of its own."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, where it sends the browser, its cookies and its body."""

    status: int
    location: str
    cookies: tuple[str, ...]
    body: bytes


@dataclass(slots=True)
class Jar:
    """The cookies of one browser for one tool."""

    kept: dict[str, str] = field(default_factory=dict)

    def take(self, reply: Reply) -> None:
        """Keep what an answer sets, drop what it deletes."""
        for cookie in reply.cookies:
            pair, _, attributes = cookie.partition(";")
            name, _, value = pair.partition("=")
            if "max-age=0" in attributes.lower():
                self.kept.pop(name, None)
            else:
                self.kept[name] = value

    def forget(self, prefix: str) -> None:
        """Drop the cookies whose names begin with ``prefix``."""
        self.kept = {
            name: value for name, value in self.kept.items() if prefix != name[: len(prefix)]
        }

    def header(self) -> str:
        """Return the request's Cookie line; empty if there are none."""
        pairs = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        return f"Cookie: {pairs}\r\n" if pairs else ""


class Connection:
    """One kept-alive connection to a tool on loopback; use it as a context manager."""

    def __init__(self, port: int) -> None:
        self._host = f"127.0.0.1:{port}"
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def get(self, target: str, jar: Jar) -> Reply:
        """Navigate to a path of this tool, or to one of its absolute URLs."""
        return self._exchange("GET", target, jar, "")

    def post(self, target: str, jar: Jar, form: Mapping[str, str]) -> Reply:
        """Post a form."""
        return self._exchange("POST", target, jar, urlencode(form))

    def _exchange(self, method: str, target: str, jar: Jar, body: str) -> Reply:
        target = target.removeprefix(f"http://{self._host}") or "/"
        form = (
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            if method == "POST"
            else ""
        )
        head = f"{method} {target} HTTP/1.1\r\nHost: {self._host}\r\n{NAVIGATION}{jar.header()}"
        self._socket.sendall(f"{head}{form}\r\n{body}".encode("latin-1"))
        reply = self._read()
        jar.take(reply)
        return reply

    def _read(self) -> Reply:
        head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        fields = [line.partition(": ")[::2] for line in head[1:]]
        named = {name.lower(): value for name, value in fields}
        if "content-length" not in named:
            raise BenchFailed(f"an answer without its length: {head[0]}")
        return Reply(
            status=int(head[0].split(" ", 2)[1]),
            location=named.get("location", ""),
            cookies=tuple(value for name, value in fields if name.lower() == "set-cookie"),
            body=self._exactly(int(named["content-length"])),
        )

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._receive()
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    def _exactly(self, length: int) -> bytes:
        while len(self._buffer) < length:
            self._receive()
        found, self._buffer = self._buffer[:length], self._buffer[length:]
        return found

    def _receive(self) -> None:
        received = self._socket.recv(65536)
        if not received:
            raise BenchFailed("the server closed the connection")
        self._buffer += received
