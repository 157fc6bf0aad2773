"""Platforms' key sets: fetched seldom, again on rotation, and kept while the LMS is down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine

from lti_tool import clock
from lti_tool.errors import LaunchRefused
from lti_tool.lti.platform import PlatformFacts
from lti_tool.services.platforms.platform_keys import PlatformKeys
from tests.support.servers import Pair


@contextmanager
def later(**distance: float) -> Iterator[None]:
    with time_machine.travel(clock.now() + timedelta(**distance), tick=False):
        yield


class Lms:
    """The sandbox's key set as the tool sees it."""

    def __init__(self, pair: Pair) -> None:
        self.walker = pair.walker
        pair.connect()
        services = pair.services
        self.keys = services.launches.platform_keys
        (listing,) = services.platforms.listing()
        self.platform: PlatformFacts = services.launches.registry.by_id(listing.id)
        self.kid = self.walker.control("keys/rotate", {})["kid"]

    def fetches(self) -> int:
        log = self.walker.control("log?area=jwks")
        return len(log["entries"] if isinstance(log, dict) else log)

    def rotate(self, keep_old: bool = True) -> str:
        return str(self.walker.control("keys/rotate", {"keep_old": keep_old})["kid"])

    def switch(self, fault: str) -> None:
        self.walker.control("switches", {"area": "jwks", "fault": fault})

    def reason(self, kid: str) -> str:
        with pytest.raises(LaunchRefused) as refused:
            self.keys.key(self.platform, kid)
        return refused.value.reason

    def another_process(self) -> PlatformKeys:
        return PlatformKeys(self.keys.db, self.keys.http)


@pytest.fixture
def lms(pair: Pair) -> Lms:
    return Lms(pair)


def test_a_key_set_is_fetched_once_an_hour_by_all_processes(lms: Lms) -> None:
    key = lms.keys.key(lms.platform, lms.kid)
    assert lms.keys.key(lms.platform, lms.kid) is key
    assert lms.another_process().key(lms.platform, lms.kid) == key
    assert lms.fetches() == 1
    with later(minutes=59):
        lms.keys.key(lms.platform, lms.kid)
    assert lms.fetches() == 1
    with later(minutes=61):
        lms.keys.key(lms.platform, lms.kid)
    assert lms.fetches() == 2


def test_a_new_key_is_fetched_but_not_more_than_once_a_minute(lms: Lms) -> None:
    lms.keys.key(lms.platform, lms.kid)
    assert lms.reason("made up") == "kid_unknown"
    new = lms.rotate()
    assert lms.fetches() == 1
    with later(seconds=61):
        assert lms.keys.key(lms.platform, new)
        assert {lms.reason(f"made up {n}") for n in range(3)} == {"kid_unknown"}
    assert lms.fetches() == 2


def test_a_withdrawn_key_no_longer_counts_once_the_set_is_fetched(lms: Lms) -> None:
    lms.keys.key(lms.platform, lms.kid)
    new = lms.rotate(keep_old=False)
    with later(minutes=2):
        assert lms.keys.key(lms.platform, new)
        assert lms.reason(lms.kid) == "kid_unknown"


@pytest.mark.parametrize("fault", ["down", "error", "html"])
def test_old_keys_serve_a_day_while_the_platform_is_down(lms: Lms, fault: str) -> None:
    key = lms.keys.key(lms.platform, lms.kid)
    lms.switch(fault)
    with later(hours=23):
        assert lms.keys.key(lms.platform, lms.kid) == key
        assert lms.another_process().key(lms.platform, lms.kid) == key
    with later(hours=25):
        assert lms.reason(lms.kid) == "key_set_unavailable"


def test_a_platform_that_never_answered_is_tried_again_soon(lms: Lms) -> None:
    lms.switch("error")
    assert lms.reason(lms.kid) == "key_set_unavailable"
    lms.switch("")
    assert lms.reason(lms.kid) == "key_set_unavailable"
    with later(seconds=6):
        assert lms.keys.key(lms.platform, lms.kid)
