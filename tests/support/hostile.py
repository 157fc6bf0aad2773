"""Values that no honest platform sends, and the one rule for what may come of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from jwt.api_jws import PyJWS
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool.models.launches import LaunchSession
from tests.support.forge import KID, Forge, rsa_key
from tests.support.refusals import reference_in, refusals

FAST = settings(max_examples=60)

HALF, NUL, RTL = "\ud800", "a\x00b", "\u202egnp.exe\u2066"
TEXTS = (
    "",
    " ",
    NUL,
    HALF,
    RTL,
    "\uff11\uff12",
    "\u0661\u0662",
    "x" * 256,
    "é" * 5_000,
    "a\r\nSet-Cookie: b=c",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ 7 * 7 }}%s%(x)s",
    "javascript:alert(1)",
    "http://[::1",
    "https://user:pass@127.0.0.1:99999/",
    "$Person.name.full",
    "../../etc/passwd",
)
NUMBERS = (0, -1, 1.5, 2**63, 10**300, 1e308, float("nan"), float("inf"), float("-inf"))
OTHERS: tuple[Any, ...] = (None, True, False, [], {}, [None], [[]], {"": ""}, {"id": {"id": 1}})
WRONG_TYPES: tuple[Any, ...] = (*NUMBERS, *OTHERS, ["text"], {HALF: NUL})
HOSTILE: tuple[Any, ...] = (*TEXTS, *WRONG_TYPES, [HALF, NUL], {"id": HALF}, {"id": "x" * 256})

JSON_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | JSON_TEXT | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(JSON_TEXT, inner, max_size=3),
    max_leaves=8,
)


@dataclass
class _Keeper(logging.Handler):
    """Keeps log records."""

    records: list[logging.LogRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def logged() -> Iterator[list[dict[str, Any]]]:
    """Collect the log lines of launches that are refused within the block."""
    keeper, lines, root = _Keeper(), list[dict[str, Any]](), logging.getLogger()
    root.addHandler(keeper)
    try:
        yield lines
    finally:
        root.removeHandler(keeper)
        lines += refusals(keeper.records)


def sessions(forge: Forge) -> int:
    """Return how many launch sessions there are."""
    with forge.services.db.read() as session:
        return session.scalar(select(func.count()).select_from(LaunchSession)) or 0


def sign(payload: bytes, header: dict[str, Any] | None = None) -> str:
    """Sign any bytes, claims or not, with the platform's key."""
    return PyJWS().encode(payload, rsa_key(), algorithm="RS256", headers=header or {"kid": KID})


def written(claims: dict[str, Any]) -> bytes:
    """Write claims as JSON, with what JSON cannot hold left as Python writes it (NaN)."""
    return json.dumps(claims).encode()


def bring(
    forge: Forge,
    payload: bytes,
    state: str,
    header: dict[str, Any] | None = None,
    visit: bool = True,
) -> bool:
    """Post a token with this payload; check the answer; return whether it was accepted.

    Accepted means one more session, whose first page opens (looked at if ``visit``). Anything else
    is a page with a reference, one log line with the same reference, and no session.
    """
    before = sessions(forge)
    with logged() as lines:
        answer = forge.post(sign(payload, header), state)
    accepted = answer.status_code == 303
    assert sessions(forge) == before + accepted
    if accepted:
        path = answer.headers["Location"]
        if visit:
            assert forge.browser.get(path, follow_redirects=True).status_code < 500
        assert "\r" not in path and "\n" not in path
    else:
        refused(answer, lines)
    return accepted


def refused(answer: TestResponse, lines: list[dict[str, Any]]) -> str:
    """Check that an answer is a refusal that can be found in the log; return the reason."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:2000])
    (line,) = lines
    assert line["reference"] == reference_in(answer.text)
    assert "<script>alert" not in answer.text
    assert len(str(line)) < 4_000
    return str(line["reason"])
