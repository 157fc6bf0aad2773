from __future__ import annotations

import pytest

from lti_tool.rules import origin


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("nonsense", ""),
        (None, ""),
    ],
)
def test_only_the_network_is_kept(address: str | None, network: str) -> None:
    assert origin.coarse(address) == network


def test_it_holds_as_long_as_the_request() -> None:
    with origin.use("192.0.2.77"):
        assert origin.current() == "192.0.2.0/24"
    assert origin.current() == ""
