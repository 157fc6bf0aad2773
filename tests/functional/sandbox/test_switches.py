"""Faults on order, in every area."""

import time

import pytest
import requests

from tests.functional.sandbox.conftest import World
from tests.functional.sandbox.minitool import NRPS


def jwks(world: World) -> requests.Response:
    return requests.get(f"{world.url}/lti/jwks", timeout=5)


def test_a_fault_lasts_as_long_as_ordered(world: World) -> None:
    world.walker.control("switches", {"area": "jwks", "fault": "error", "remaining": 2})
    assert [jwks(world).status_code for _ in range(3)] == [500, 500, 200]
    world.walker.control("switches", {"area": "jwks", "fault": "html"})
    assert all("html" in jwks(world).headers["Content-Type"] for _ in range(3))
    world.walker.control("switches", method="DELETE")
    assert jwks(world).json()["keys"]


def test_too_many_requests_tell_when_to_come_back(world: World) -> None:
    order = {"area": "token", "fault": "rate_limit", "retry_after": 7, "remaining": 1}
    world.walker.control("switches", order)
    answer = world.tool.ask_token()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_slow(world: World) -> None:
    world.walker.control("switches", {"area": "jwks", "delay_ms": 300, "remaining": 1})
    start = time.monotonic()
    assert jwks(world).ok and time.monotonic() - start >= 0.3


def test_down(world: World) -> None:
    world.walker.control("switches", {"area": "jwks", "fault": "down", "remaining": 1})
    with pytest.raises(requests.ConnectionError):
        jwks(world)
    assert jwks(world).ok


def test_a_lost_answer_was_acted_upon(world: World) -> None:
    assertion = world.tool.assertion()
    world.walker.control("switches", {"area": "token", "fault": "lose_answer", "remaining": 1})
    with pytest.raises(requests.ConnectionError):
        world.tool.ask_token(client_assertion=assertion)
    assert "jti" in world.tool.ask_token(client_assertion=assertion).text


def test_services_reject_tokens(world: World) -> None:
    world.launch()
    headers = world.tool.headers()
    url = world.tool.claims[NRPS]["context_memberships_url"]
    world.walker.control("switches", {"area": "nrps", "fault": "reject_token", "remaining": 1})
    assert requests.get(url, headers=headers, timeout=5).status_code == 401
    assert requests.get(url, headers=headers, timeout=5).status_code == 200


def test_an_unknown_fault_is_refused(world: World) -> None:
    for body in ({"area": "moon"}, {"area": "ags", "fault": "odd"}, {"area": "ags", "x": 1}):
        answer = requests.post(f"{world.url}/control/switches", json=body, timeout=5)
        assert answer.status_code == 400
