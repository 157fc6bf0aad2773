"""Applications served on real ports of the own machine, for tests that go over HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server

from lti_tool.sandbox.app import create_app as create_sandbox
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.walker import Walker
from lti_tool.sandbox.webpages import Page

if TYPE_CHECKING:
    from flask import Flask

    from lti_tool.services.container import Services

SECRET = "a secret of the tests, long enough for anybody"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Write no access log."""


def listen() -> socket.socket:
    """Return a socket that already listens on a free port, so that nobody else can take it."""
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def address_of(listening: socket.socket, host: str = "127.0.0.1") -> str:
    """Return the base URL of a listening socket."""
    return f"http://{host}:{listening.getsockname()[1]}"


def _at_once(app: Any) -> Any:
    """Return the application with its answers read whole before they are sent.

    The server forgets to close an answer whose reader left: a browser that goes on to another page
    would leave open files behind, which some later test is told of.
    """

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            getattr(parts, "close", lambda: None)()

    return answer


@contextmanager
def running(app: Any, listening: socket.socket | None = None) -> Iterator[str]:
    """Serve a WSGI application with threads; yields its base URL.

    Give ``listening`` (see ``listen``) to an application that must know its address beforehand.
    """
    listening = listening or listen()
    port = listening.getsockname()[1]
    server = make_server(
        "127.0.0.1",
        port,
        _at_once(app),
        threaded=True,
        request_handler=_Quiet,
        fd=listening.fileno(),
    )
    # Idle connections of a test's client must not hold the server's end up.
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield address_of(listening)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        listening.close()


def handle_of(page: Page) -> str:
    """Return the session handle in the address of one of the tool's pages."""
    _before, _, rest = urlsplit(page.url).path.partition("/s/")
    return rest.partition("/")[0]


@dataclass
class Pair:
    """The tool and a sandbox LMS, both served, and a browser without a screen in front of them."""

    tool: Flask
    tool_url: str
    sandbox: Flask
    sandbox_url: str
    walker: Walker

    @property
    def services(self) -> Services:
        """The tool's services."""
        from lti_tool.app import services_of

        return services_of(self.tool)

    def connect(self, name: str = "Sandbox") -> dict[str, Any]:
        """Register the tool at the sandbox; returns the tool as the sandbox knows it."""
        return self.walker.register(self.services.platforms.invite(name))

    def tamper(self, **order: Any) -> None:
        """Alter the next id_token that the sandbox sends, see its control API."""
        self.walker.control("tamper", order)

    def browser(self) -> Walker:
        """Return another browser, with cookies of its own."""
        return Walker(self.sandbox_url)


@contextmanager
def tool_and_sandbox(
    database_url: str, data_dir: Path, personality: str = "moodle", **settings: Any
) -> Iterator[Pair]:
    """Serve a tool on ``database_url`` (migrated) and a fresh sandbox of a personality."""
    from config.settings import Settings
    from lti_tool.app import create_app, services_of

    values: dict[str, Any] = {
        "database_url": database_url,
        "secret_key": SECRET,
        "data_dir": data_dir,
        "redis_url": None,
        "allow_local_platforms": True,
        "proxy_hops": 0,
        "log_level": "INFO",
        **settings,
    }
    with ExitStack() as stack:
        for_sandbox, for_tool = listen(), listen()
        sandbox = create_sandbox(
            SandboxSettings(base_url=address_of(for_sandbox, "localhost"), personality=personality)
        )
        stack.callback(sandbox.extensions["sandbox"].store.close)
        tool = create_app(Settings(base_url=address_of(for_tool), **values))
        stack.callback(services_of(tool).db.close)
        stack.enter_context(running(sandbox, for_sandbox))
        stack.enter_context(running(tool, for_tool))
        sandbox_url = address_of(for_sandbox, "localhost")
        yield Pair(tool, address_of(for_tool), sandbox, sandbox_url, Walker(sandbox_url))
