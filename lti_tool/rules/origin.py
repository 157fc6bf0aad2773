"""Where a request comes from, as coarsely as the moderation history keeps it (docs/privacy.md)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv6Address, ip_address, ip_network

V4_BITS, V6_BITS = 24, 48
"""Of an address, so many bits are kept: about a building or a provider's district, nobody's own."""

_current: ContextVar[str] = ContextVar("origin", default="")


def coarse(address: str | None) -> str:
    """Return the network of an IP address (``192.0.2.0/24``); empty for what is no address."""
    try:
        known = ip_address((address or "").split("%")[0])
    except ValueError:
        return ""
    if isinstance(known, IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    bits = V4_BITS if known.version == 4 else V6_BITS
    return str(ip_network((known, bits), strict=False))


@contextmanager
def use(address: str | None) -> Iterator[None]:
    """Let what is written meanwhile say that it was done from the network of ``address``."""
    token = _current.set(coarse(address))
    try:
        yield
    finally:
        _current.reset(token)


def current() -> str:
    """Return the network in force; empty for what no request does."""
    return _current.get()
