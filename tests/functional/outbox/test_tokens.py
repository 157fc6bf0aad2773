"""Access tokens: one fetch for all, kept per registration, renewed in time, never shared."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lti_tool import clock
from lti_tool.errors import PlatformRefusal, PlatformUnavailable
from lti_tool.http import Http
from lti_tool.lti.tokens import FETCH_LEASE, Tenant, Tokens, tenant_of
from lti_tool.models.keys import AccessToken
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.secrecy import Secrets
from tests.conftest import SECRET
from tests.functional.outbox.conftest import SCOPES, Lms, Stage


def tokens(stage: Stage, secret: str = SECRET) -> Tokens:
    """Return what another process would have."""
    http = Http(allow_local=True)
    stage.stack.callback(http.close)
    return Tokens(stage.database, http, Secrets(secret), stage.keys.current)


def tenant(lms: Lms) -> Tenant:
    with lms.database.read() as session:
        return tenant_of(
            session.get_one(Registration, lms.world.registration_id),
            session.get_one(Deployment, lms.world.deployment_id),
        )


def fetches(lms: Lms) -> int:
    return len(lms.walker.control("log?area=token"))


def rows(stage: Stage) -> list[AccessToken]:
    with stage.database.read() as session:
        return list(session.scalars(select(AccessToken)))


def test_many_processes_fetch_once(stage: Stage) -> None:
    lms = stage.lms()
    who, start = tenant(lms), threading.Barrier(6)
    lms.switch("token", delay_ms=300)

    def get(process: Tokens) -> str:
        start.wait()
        return process.get(who, SCOPES)

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(get, [tokens(stage) for _ in range(6)]))
    assert len(found) == 1 and fetches(lms) == 1


def test_two_registrations_on_one_issuer_and_client_never_share(stage: Stage) -> None:
    one, other = stage.lms(client_id="same"), stage.lms(client_id="same")
    process = tokens(stage)
    first, second = process.get(tenant(one), SCOPES), process.get(tenant(other), SCOPES)
    assert first != second and fetches(one) == fetches(other) == 1
    assert process.get(tenant(one), SCOPES) == first


def test_other_scopes_are_another_token_their_order_is_not(stage: Stage) -> None:
    lms, process = stage.lms(), tokens(stage)
    assert process.get(tenant(lms), SCOPES) == process.get(tenant(lms), reversed(SCOPES))
    assert process.get(tenant(lms), SCOPES[:1]) != process.get(tenant(lms), SCOPES)
    assert fetches(lms) == 2


def test_a_token_is_encrypted_at_rest_and_not_used_in_its_last_minute(stage: Stage) -> None:
    lms = stage.lms()
    token = tokens(stage).get(tenant(lms), SCOPES)
    (row,) = rows(stage)
    assert token not in row.token
    assert timedelta(seconds=3500) < row.expires_at - clock.now() <= timedelta(seconds=3540)
    with time_machine.travel(clock.now() + timedelta(seconds=3541)):
        assert tokens(stage).get(tenant(lms), SCOPES) != token


def test_a_token_of_another_secret_key_is_fetched_anew(stage: Stage) -> None:
    lms = stage.lms()
    token = tokens(stage).get(tenant(lms), SCOPES)
    assert tokens(stage, secret="x" * 40).get(tenant(lms), SCOPES) != token


def test_dropping_spares_a_token_that_somebody_renewed(stage: Stage) -> None:
    lms, one, other = stage.lms(), tokens(stage), tokens(stage)
    who = tenant(lms)
    old = one.get(who, SCOPES)
    assert other.get(who, SCOPES) == old
    one.drop(who, SCOPES, old)
    new = one.get(who, SCOPES)
    other.drop(who, SCOPES, old)
    assert other.get(who, SCOPES) == new != old and fetches(lms) == 2


def test_a_fetcher_that_died_delays_the_others_only_for_its_lease(stage: Stage) -> None:
    lms, process = stage.lms(), tokens(stage)
    who = tenant(lms)
    key = who.registration_id, who.deployment_row_id, " ".join(sorted(SCOPES))
    assert process._take_turn(key)
    assert not process._take_turn(key)
    with time_machine.travel(clock.now() + FETCH_LEASE + timedelta(seconds=1)):
        assert process.get(who, SCOPES)


def test_a_failed_fetch_leaves_the_turn_to_the_next(stage: Stage) -> None:
    lms, process = stage.lms(), tokens(stage)
    lms.switch("token", "error", remaining=1)
    with pytest.raises(PlatformUnavailable):
        process.get(tenant(lms), SCOPES)
    assert rows(stage) == []
    assert process.get(tenant(lms), SCOPES)


def test_a_refused_client_is_told_with_the_platforms_words(stage: Stage) -> None:
    lms = stage.lms()
    client = tenant(lms).client_id
    lms.walker.control(f"tools/{client}", {"active": False})
    with pytest.raises(PlatformRefusal, match="token_refused") as caught:
        tokens(stage).get(tenant(lms), SCOPES)
    assert "invalid_client" in caught.value.body and caught.value.status == 400
