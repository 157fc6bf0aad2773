"""One launch, step by step, as platform and browser play it together."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bench.browser import Connection, Reply
from bench.platform import TITLE
from bench.servers import BenchFailed
from bench.stage import Tool, Visitor

MAX_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class Login:
    """A login that the tool sent to the platform, waiting for its token."""

    visitor: Visitor
    state: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A launch that reached its page."""

    requests: int
    page: bytes


def log_in(connection: Connection, tool: Tool, visitor: Visitor) -> Login:
    """Begin a launch (LTI security 1.0, 5.1.1.1), as Moodle does: with a form."""
    reply = connection.post(
        "/lti/login",
        visitor.jar,
        {
            "iss": tool.platform.url,
            "client_id": tool.platform.client_id,
            "target_link_uri": tool.target,
            "login_hint": "2",
            "lti_message_hint": "7",
            "lti_deployment_id": "1",
        },
    )
    _expect(tool, "login", reply, 302)
    query = parse_qs(urlsplit(reply.location).query)
    return Login(visitor, query["state"][0], query["nonce"][0])


def sign(tool: Tool, login: Login) -> str:
    """Sign the token that answers a login."""
    return tool.platform.token(login.visitor.learner, login.nonce, tool.target)


def post_token(connection: Connection, login: Login, token: str) -> Reply:
    """Bring the platform's answer to the tool."""
    form = {"id_token": token, "state": login.state}
    return connection.post("/lti/launch", login.visitor.jar, form)


def arrive(connection: Connection, tool: Tool, login: Login, token: str) -> Arrival:
    """Launch and follow to the first page; raises BenchFailed for anything but that page."""
    reply = post_token(connection, login, token)
    _expect(tool, "launch", reply, 303)
    requests = 1
    while reply.status in (302, 303) and requests <= MAX_REDIRECTS:
        reply = connection.get(reply.location, login.visitor.jar)
        requests += 1
    _expect(tool, "page", reply, 200)
    heading = reply.body.partition(b"<h1>")[2].partition(b"</h1>")[0]
    if TITLE.encode() not in heading:
        raise BenchFailed(f"{tool.name} answered with another page: {reply.body[:300]!r}")
    # The baseline's cookie of each login lives five minutes: drop it, a browser would send it on.
    login.visitor.jar.forget("lti1p3-state-")
    return Arrival(requests, reply.body)


def _expect(tool: Tool, step: str, reply: Reply, status: int) -> None:
    if reply.status != status:
        raise BenchFailed(
            f"{tool.name} answered the {step} with {reply.status}, not {status}:"
            f" {reply.body.decode(errors='replace')[-1500:]}"
        )
