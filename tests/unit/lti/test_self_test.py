"""What the self-test concludes from answers that the sandbox does not give."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lti_tool.errors import PlatformError, PlatformRefusal, PlatformUnavailable
from lti_tool.http import Answer
from lti_tool.lti.keysets import to_document
from lti_tool.lti.self_test import NEEDED, Check, Finding, SelfTest, Subject
from lti_tool.lti.signing import make_key
from lti_tool.lti.tokens import Tenant
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.views.pages.operator import hints
from tests.support.forge import rsa_key

KEY = make_key()
TENANT = Tenant(
    uuid.uuid4(),
    uuid.uuid4(),
    "1",
    "client",
    "https://lms.example/token",
    "https://lms.example/token",
    PlatformFamily.GENERIC,
)
SUBJECT = Subject(
    base_url="https://miroir.example",
    own_kids=frozenset({"ours"}),
    jwks_uri="https://lms.example/jwks",
    tenant=TENANT,
    roster_url="https://lms.example/roster?course=1",
    line_item_url="https://lms.example/items/1",
)
Reply = Callable[[str, dict[str, Any]], Any]


class Replies:
    """Stands for the network: an answer or an error for each address."""

    def __init__(self, **replies: Any) -> None:
        keys = to_document({"theirs": rsa_key().public_key()})
        self.asked: list[tuple[str, str]] = []
        self.replies = {
            "miroir.example": {"keys": [{"kid": "ours"}]},
            "/jwks": keys,
            "/token": {"access_token": "secret", "scope": " ".join(NEEDED)},
            "/roster": {"members": [{"name": "Lea Learner"}]},
            "/items": {},
        } | {f"/{name}" if name != "own" else "miroir.example": r for name, r in replies.items()}

    def request(self, method: str, url: str, **options: Any) -> Answer:
        self.asked.append((method, url))
        reply = next(reply for part, reply in self.replies.items() if part in url)
        reply = reply(options) if callable(reply) else reply
        if isinstance(reply, PlatformError):
            raise reply
        return Answer(url, 200, {}, json.dumps(reply).encode())


def findings(subject: Subject = SUBJECT, **replies: Any) -> dict[Check, Finding]:
    http: Any = Replies(**replies)
    return {one.check: one for one in SelfTest(http, lambda: KEY, subject).run()}


def test_everything_in_order_keeps_nothing_of_the_answers() -> None:
    found = findings()
    assert {one.code for one in found.values()} == {"ok", "unknown"}
    assert "Lea" not in str(found) and "secret" not in str(found)
    assert found[Check.ROSTER].url.endswith("/roster?course=1&limit=1")


@pytest.mark.parametrize(
    ("reply", "result", "code"),
    [
        ({"keys": [{"kid": "another's"}]}, "failed", "foreign_keys"),
        ({"keys": "none"}, "failed", "foreign_keys"),
        (["nothing"], "failed", "foreign_keys"),
        (PlatformRefusal("forbidden_address"), "warn", "forbidden_address"),
        (PlatformRefusal("bad_url"), "failed", "not_https"),
        (PlatformUnavailable("tls"), "failed", "tls"),
    ],
)
def test_our_own_address(reply: Any, result: str, code: str) -> None:
    found = findings(own=reply)[Check.OWN_ADDRESS]
    assert (found.result.value, found.code) == (result, code)


@pytest.mark.parametrize(
    ("missing", "result"), [("score", "failed"), ("lineitem", "warn"), ("result", "warn")]
)
def test_scopes_that_are_not_granted(missing: str, result: str) -> None:
    granted = [one for one in NEEDED if not one.endswith((f"/{missing}", f"/{missing}.readonly"))]
    found = findings(token={"access_token": "t", "scope": " ".join(granted)})
    assert (found[Check.TOKEN].result.value, found[Check.TOKEN].code) == (result, "scopes_missing")
    assert missing in found[Check.TOKEN].detail


def test_no_roster_scope_is_no_request_for_the_roster() -> None:
    granted = " ".join(one for one in NEEDED if "nrps" not in one)
    found = findings(token={"access_token": "t", "scope": granted})[Check.ROSTER]
    assert (found.result.value, found.code) == ("warn", "scope_missing")


def test_one_scope_too_many_spoils_all_on_some_platforms() -> None:
    def canvas(options: dict[str, Any]) -> Any:
        scopes = set(options["data"]["scope"].split())
        if scopes - {NEEDED[0], NEEDED[3]}:
            return PlatformRefusal("refused", 400, '{"error": "invalid_scope"}')
        return {"access_token": "t", "scope": " ".join(scopes)}

    found = findings(token=canvas)
    assert found[Check.TOKEN].code == "scopes_missing"
    assert found[Check.LINE_ITEM].code == "ok"
    nothing = findings(token=PlatformRefusal("refused", 400, "invalid_scope"))
    assert nothing[Check.TOKEN].code == "invalid_scope"


def test_a_token_answer_without_a_token() -> None:
    found = findings(token=["what"])
    assert found[Check.TOKEN].code == "no_token"
    assert found[Check.ROSTER].code == "no_token"


def test_a_page_instead_of_a_roster_is_not_shown() -> None:
    found = findings(roster=PlatformRefusal("not_json", 200, "<p>Lea Learner</p>"))
    assert found[Check.ROSTER].answer == ""
    found = findings(roster=PlatformRefusal("refused", 403, "no such service"))
    assert found[Check.ROSTER].answer == "no such service"


@pytest.mark.parametrize(
    ("offset", "refused", "code"),
    [(0, False, "ok"), (-12, False, "drifts"), (45, False, "off"), (3, True, "off")],
)
def test_the_clock_that_a_launch_told(offset: int, refused: bool, code: str) -> None:
    subject = replace(SUBJECT, launch_offset=offset, launch_refused=refused)
    assert findings(subject)[Check.CLOCK].code == code


def test_no_check_begins_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lti_tool.lti.self_test.SECONDS", -1.0)
    assert {one.code for one in findings().values()} == {"no_time"}


@pytest.mark.parametrize("family", list(PlatformFamily))
def test_every_family_has_a_setting_for_each_service(family: PlatformFamily) -> None:
    nothing = PlatformRefusal("refused", 403, "")
    wrong = findings(token={"access_token": "t", "scope": NEEDED[0]}, items=nothing)
    rows = {row.finding.check: row for row in hints.rows(wrong.values(), family)}
    for check in (Check.TOKEN, Check.ROSTER, Check.LINE_ITEM):
        assert rows[check].settings and rows[check].advice, (family, check)
    unknown = findings(token=PlatformRefusal("refused", 400, "invalid_client"))
    [row] = [r for r in hints.rows(unknown.values(), family) if r.finding.check is Check.TOKEN]
    assert row.settings
