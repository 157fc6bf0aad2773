"""Where a connection may lead: addresses, and transport that checks them as it connects.

The address is checked where the socket is opened, on exactly the address that is then connected
to: a name that resolves to something else a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from lti_tool.errors import PlatformRefusal, WhoCanFix
from lti_tool.http.deadline import TimedResponse

MAX_HOSTS, MAX_CONNECTIONS_PER_HOST = 64, 32
MAX_ADDRESSES = 4
"""Of one name that are tried: whoever names fifty silent ones would hold us for minutes."""
WEB_PORTS = (80, 443)
FREE_PORTS_FROM = 1024
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _meant(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the address that is reached in the end: IPv4 hides in several kinds of IPv6."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _is_assigned(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return whether an address may be anybody's (RFC 4291, 2.5.4).

    Outside the global unicast block lie site-local addresses and ways to write IPv4 that a network
    may translate on its own (IPv4-compatible, RFC 2765, RFC 8215).
    """
    return isinstance(address, ipaddress.IPv4Address) or address in GLOBAL_UNICAST


def is_public(text: str) -> bool:
    """Return whether an IP address is one of the public internet."""
    address = _meant(text)
    return address.is_global and not address.is_multicast and _is_assigned(address)


def is_loopback(text: str) -> bool:
    """Return whether an IP address is this machine."""
    return _meant(text).is_loopback


def is_web_port(port: int | None) -> bool:
    """Return whether a port may be a web server's: below 1024 live mail, SSH and the like."""
    return port is None or port in WEB_PORTS or port >= FREE_PORTS_FROM


def is_reachable_locally(text: str) -> bool:
    """Return whether an IP address is public, private or this machine, but not link-local."""
    address = _meant(text)
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return _is_assigned(address) if address.is_global else address.is_private


def _connect(connection: HTTPConnection, may_reach: Callable[[str], bool]) -> socket.socket:
    """Open the connection's socket, to an address that was checked and to no other."""
    host, port = connection._dns_host, connection.port
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        failure = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
        raise NameResolutionError(connection.host, connection, failure) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(may_reach(address) for address in addresses):
        raise PlatformRefusal("forbidden_address", who=WhoCanFix.OPERATOR)
    last: OSError = OSError("no address")
    for address in addresses[:MAX_ADDRESSES]:
        try:
            return create_connection(
                (address, port), connection.timeout, socket_options=connection.socket_options
            )
        except OSError as error:
            last = error
    if isinstance(last, TimeoutError):
        raise ConnectTimeoutError(connection, f"no connection to {host} in time") from last
    raise NewConnectionError(connection, f"no connection to {host}: {last}") from last


class _PublicHttps(HTTPSConnection):
    response_class = TimedResponse

    def _new_conn(self) -> socket.socket:
        return _connect(self, is_public)


class _LocalHttps(HTTPSConnection):
    response_class = TimedResponse

    def _new_conn(self) -> socket.socket:
        return _connect(self, is_reachable_locally)


class _LoopbackHttp(HTTPConnection):
    response_class = TimedResponse

    def _new_conn(self) -> socket.socket:
        return _connect(self, is_loopback)


class _PublicHttpsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHttps


class _LocalHttpsPool(HTTPSConnectionPool):
    ConnectionCls = _LocalHttps


class _LoopbackHttpPool(HTTPConnectionPool):
    ConnectionCls = _LoopbackHttp


class GuardedAdapter(HTTPAdapter):
    """Requests' transport with our connections in it."""

    def __init__(self, allow_local: bool) -> None:
        self._allow_local = allow_local
        super().__init__(
            pool_connections=MAX_HOSTS, pool_maxsize=MAX_CONNECTIONS_PER_HOST, max_retries=0
        )

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Build the pools; called by requests."""
        super().init_poolmanager(*args, **options)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {
            "http": _LoopbackHttpPool,
            "https": _LocalHttpsPool if self._allow_local else _PublicHttpsPool,
        }
