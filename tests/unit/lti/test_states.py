"""The signed state of a login."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import timedelta

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
    body = seal(begun(), KEY).partition(".")[0]
    payload = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert "nonce" not in payload.values()
    assert "browser secret" not in payload.values()
    assert begun().storage_secret(KEY) not in payload.values()


def test_a_state_expires() -> None:
    text = seal(begun(), KEY)
    with time_machine.travel(clock.now() + LIFE + timedelta(seconds=2), tick=False):
        assert reason(text) == "state_expired"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "state_missing"),
        (".", "state_unknown"),
        ("a.b.c", "state_unknown"),
        ("é" * 50, "state_unknown"),
        ("\ud800", "state_unknown"),
    ],
)
def test_what_is_no_state_is_refused(text: str, expected: str) -> None:
    assert reason(text) == expected


def test_foreign_and_endless_states_are_refused() -> None:
    assert reason(seal(begun(), KEY), b"l" * 32) == "state_unknown"
    assert reason(seal(begun(), KEY) + "x" * 5000) == "state_unknown"


def test_one_state_has_one_spelling() -> None:
    """Every change of a letter breaks the signature, also those that base64 would not notice."""
    text = seal(begun(), KEY)
    body, _dot, signature = text.partition(".")
    for twin in (f"{body}=.{signature}", f"{body}.{signature.upper()}", f"{body}\n.{signature}"):
        assert reason(twin) == "state_unknown"
    for place in range(0, len(text), 7):
        changed = "A" if text[place] != "A" else "B"
        assert reason(text[:place] + changed + text[place + 1 :]) == "state_unknown"


def test_what_the_browser_stores_is_no_signature() -> None:
    """Scripts of the platform may learn a storage secret: it must not sign a state."""
    state = begun()
    for body in (f"storage {state.id}", seal(state, KEY).partition(".")[0]):
        assert reason(f"{body}.{state.storage_secret(KEY)}") == "state_unknown"


def test_the_storage_secret_is_of_one_login_and_one_installation() -> None:
    one, other = begun(), begun()
    secrets = {one.storage_secret(KEY), other.storage_secret(KEY), one.storage_secret(b"l" * 32)}
    assert len(secrets) == 3
