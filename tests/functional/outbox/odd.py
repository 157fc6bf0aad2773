"""A platform whose pages a test writes itself: for headers and answers that no LMS should give."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Flask, Response, jsonify, request

from lti_tool.http import Http
from lti_tool.lti.calls import Calls
from lti_tool.lti.line_items import READ_SCOPE, WRITE_SCOPE, Course
from lti_tool.lti.results import RESULT_SCOPE, Column
from lti_tool.lti.tokens import Tenant, Tokens
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.secrecy import Secrets
from tests.conftest import SECRET
from tests.factories.world import World
from tests.functional.outbox.conftest import Stage, served

SCOPES = (WRITE_SCOPE, READ_SCOPE, RESULT_SCOPE)
Answer = Callable[[str], Response]


@dataclass
class OddPlatform:
    """``answer`` gets each request's full path; ``seen`` are those paths with their headers."""

    url: str
    calls: Calls
    tenant: Tenant
    seen: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    @property
    def course(self) -> Course:
        return Course(self.tenant, f"{self.url}/items?type_id=3", SCOPES)

    @property
    def column(self) -> Column:
        return Column(self.tenant, f"{self.url}/items/7/lineitem?type_id=3", SCOPES)

    def paths(self) -> list[str]:
        return [path for path, _headers in self.seen]


def odd_platform(
    stage: Stage,
    world: World,
    answer: Callable[[str, str], Response],
    family: PlatformFamily = PlatformFamily.GENERIC,
) -> OddPlatform:
    """Serve a platform: ``answer`` gets its URL and each request's full path."""
    seen: list[tuple[str, Mapping[str, str]]] = []

    def make(url: str) -> Flask:
        app = Flask("odd")
        token = {"access_token": "t", "token_type": "bearer", "expires_in": 3600}
        app.add_url_rule("/token", view_func=lambda: jsonify(token), methods=["POST"])

        def page(_rest: str) -> Response:
            path = request.full_path.rstrip("?")
            seen.append((path, dict(request.headers)))
            return answer(url, path)

        app.add_url_rule("/<path:_rest>", view_func=page, methods=["GET", "POST", "PUT", "DELETE"])
        return app

    url = stage.stack.enter_context(served(make, "127.0.0.1"))
    http = Http(allow_local=True)
    stage.stack.callback(http.close)
    tokens = Tokens(stage.database, http, Secrets(SECRET), stage.keys.current)
    tenant = Tenant(
        world.registration_id,
        world.deployment_id,
        "1",
        uuid.uuid4().hex,
        f"{url}/token",
        url,
        family,
    )
    return OddPlatform(url, Calls(http, tokens), tenant, seen)


def listed(*labels: str, link: str = "") -> Response:
    """Return a page of line items with a Link header."""
    answer = jsonify([{"id": f"http://i/{label}", "label": label} for label in labels])
    if link:
        answer.headers["Link"] = link.encode().decode("latin-1")
    return answer
