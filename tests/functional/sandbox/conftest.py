"""A sandbox and a tiny tool, both served over real HTTP on free ports."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from lti_tool.sandbox import SandboxSettings, create_app
from lti_tool.sandbox.walker import Page, Walker
from tests.functional.sandbox.minitool import MiniTool, make_app


@contextmanager
def served(make: Callable[[str], Flask], host: str) -> Iterator[str]:
    """Serve an application, which is told its own address, and return the address."""
    late: dict[str, Flask] = {}

    def application(environ: Any, start_response: Any) -> Any:
        return late["app"](environ, start_response)

    server = make_server(host, 0, application, threaded=True)
    url = f"http://{host}:{server.server_port}"
    late["app"] = make(url)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class World:
    """One sandbox with a registered tool and somebody who walks through it."""

    url: str
    tool: MiniTool
    walker: Walker
    client_id: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def register(self) -> None:
        self.client_id = self.walker.register(f"{self.tool.url}/register")["client_id"]

    def link(self, **values: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.walker.control("links", {"client_id": self.client_id, **values})
        return made

    def launch(self, who: str = "amina", link: dict[str, Any] | None = None) -> Page:
        self.walker.be(who)
        return self.walker.launch((link or self.link())["id"])

    def graded_link(self) -> tuple[dict[str, Any], str]:
        """Return a link with a coupled column and the column's address as a launch tells it."""
        link = self.link(line_item={"label": "Reflection", "scoreMaximum": 10, "tag": "t"})
        self.launch(link=link)
        return link, str(
            self.tool.claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["lineitem"]
        )


MakeWorld = Callable[..., World]


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[MakeWorld]:
    """Return a maker of worlds; the personality is its argument."""
    with ExitStack() as stack:

        def make(personality: str = "moodle", registered: bool = True) -> World:
            tool = MiniTool("")
            tool.url = stack.enter_context(served(lambda url: make_app(tool), "127.0.0.1"))

            def sandbox(url: str) -> Flask:
                app = create_app(SandboxSettings(url, None, personality, "tests"))
                stack.callback(app.extensions["sandbox"].store.close)
                return app

            url = stack.enter_context(served(sandbox, "localhost"))
            world = World(url, tool, Walker(url))
            if registered:
                world.register()
            return world

        yield make


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """Return a Moodle-like sandbox with the tool registered and active."""
    return make_world()
