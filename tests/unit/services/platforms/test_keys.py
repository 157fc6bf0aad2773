"""Our signing keys."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
import time_machine
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select

from lti_tool import clock
from lti_tool.lti.signing import sign
from lti_tool.models import Database
from lti_tool.models.keys import SigningKey
from lti_tool.secrecy import Secrets
from lti_tool.services.platforms.keys import SigningKeys

SECRETS = Secrets("a secret of the tests, long enough for anybody")


@pytest.fixture
def keys(database: Database) -> SigningKeys:
    return SigningKeys(database, SECRETS)


def kids(keys: SigningKeys) -> list[str]:
    return [key["kid"] for key in keys.jwks()["keys"]]


def test_a_key_is_made_on_first_need_and_shared(keys: SigningKeys, database: Database) -> None:
    pair = keys.current()
    assert keys.current() is pair
    assert SigningKeys(database, SECRETS).current().kid == pair.kid
    assert kids(keys) == [pair.kid]


def test_what_is_signed_verifies_with_the_published_key(keys: SigningKeys) -> None:
    token = sign({"iss": "miroir"}, keys.current())
    (published,) = keys.jwks()["keys"]
    assert jwt.get_unverified_header(token)["kid"] == published["kid"]
    verified = jwt.decode(token, RSAAlgorithm.from_jwk(published), algorithms=["RS256"])
    assert verified == {"iss": "miroir"}


def test_the_private_key_is_encrypted_at_rest(keys: SigningKeys, database: Database) -> None:
    keys.current()
    with database.read() as session:
        stored = session.scalars(select(SigningKey)).one().private_pem
    assert "PRIVATE" not in stored
    with pytest.raises(ValueError, match="MIROIR_SECRET_KEY"):
        SigningKeys(database, Secrets("another secret key, also long enough")).current()


def test_rotation_publishes_ahead_and_retires_after(keys: SigningKeys) -> None:
    old = keys.current().kid
    new = keys.rotate().kid
    assert keys.current().kid == old
    assert kids(keys) == [old, new]
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=False):
        assert keys.current().kid == new
        assert kids(keys) == [old, new]
    with time_machine.travel(clock.now() + timedelta(days=9, minutes=1), tick=False):
        assert keys.current().kid == new
        assert kids(keys) == [new]
        assert [key["kid"] for key in keys.jwks(ever=True)["keys"]] == [old, new]


def test_rotation_at_once(keys: SigningKeys) -> None:
    old = keys.current().kid
    new = keys.rotate(timedelta(0)).kid
    assert keys.current().kid == new
    assert set(kids(keys)) == {old, new}
    assert [key.retired_at is None for key in keys.listing()] == [False, True]
