"""The signed state of a login."""

from __future__ import annotations

import uuid
from datetime import timedelta

import jwt
import pytest
import time_machine

from lti_tool import clock
from lti_tool.errors import LaunchRefused
from lti_tool.lti.states import LIFE, LoginState, new_state, seal, unseal
from lti_tool.secrecy import digest

KEY = b"k" * 32


def begun() -> LoginState:
    return new_state(uuid.uuid4(), "nonce", "browser secret", "_parent")


def reason(text: str, key: bytes = KEY) -> str:
    with pytest.raises(LaunchRefused) as refused:
        unseal(text, key)
    return refused.value.reason


def test_a_state_comes_back_whole() -> None:
    state = begun()
    assert unseal(seal(state, KEY), KEY) == state
    assert state.nonce_hash == digest("nonce")
    assert state.browser_hash == digest("browser secret")


def test_a_state_tells_no_secret() -> None:
    payload = jwt.decode(seal(begun(), KEY), options={"verify_signature": False})
    assert "nonce" not in payload.values()
    assert "browser secret" not in payload.values()


def test_a_state_expires() -> None:
    text = seal(begun(), KEY)
    with time_machine.travel(clock.now() + LIFE + timedelta(seconds=2), tick=False):
        assert reason(text) == "state_expired"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", "state_missing"), ("a.b.c", "state_unknown"), ("é" * 50, "state_unknown")],
)
def test_what_is_no_state_is_refused(text: str, expected: str) -> None:
    assert reason(text) == expected


def test_foreign_and_endless_states_are_refused() -> None:
    assert reason(seal(begun(), KEY), b"l" * 32) == "state_unknown"
    assert reason(seal(begun(), KEY) + "x" * 5000) == "state_unknown"
    assert reason(jwt.encode({"jti": "x", "exp": 2**40}, None, algorithm="none")) == "state_unknown"


def test_the_storage_secret_is_of_one_login_and_one_installation() -> None:
    one, other = begun(), begun()
    secrets = {one.storage_secret(KEY), other.storage_secret(KEY), one.storage_secret(b"l" * 32)}
    assert len(secrets) == 3
