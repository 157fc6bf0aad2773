"""The address of a mail server, as the operator sets it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from lti_tool.rules.mailing import usable

PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes: a server, or for trying out a folder; ``sender`` is the From address."""

    sender: str
    host: str = ""
    port: int = 0
    encrypted: bool = False
    """Whether the connection is encrypted from its first byte (smtps)."""
    plain: bool = False
    """Whether it may stay unencrypted: on this machine, or where the operator says so."""
    user: str = ""
    password: str = ""
    folder: Path | None = None


def parse(url: str) -> MailServer:
    """Read a mail server's URL; raises ValueError with a sentence that never holds the value."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("has a port or host that cannot be read") from error
    asked = parse_qs(parts.query, keep_blank_values=True)
    if unknown := sorted(set(asked) - {"from", "tls"}):
        raise ValueError(f"knows only ?from= and ?tls=off, not {', '.join(unknown)[:60]}")
    sender = asked.get("from", [""])[-1]
    if parts.scheme == "file":
        return _folder(parts.netloc, unquote(parts.path), sender or "miroir@localhost")
    if parts.scheme not in PORTS:
        raise ValueError("must start with smtp://, smtps:// or file:///")
    if not parts.hostname or parts.path.strip("/"):
        raise ValueError("must be like smtp://user:password@mail.example.org?from=a@example.org")
    if not usable(sender):
        raise ValueError("needs ?from= with the address that mails come from")
    return MailServer(
        sender,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        encrypted=parts.scheme == "smtps",
        plain=_may_be_plain(parts.hostname, asked.get("tls", [""])[-1], parts.password or ""),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _folder(host: str, path: str, sender: str) -> MailServer:
    if host or not path.startswith("/") or path == "/":
        raise ValueError("must name a folder like file:///var/spool/miroir")
    if not usable(sender):
        raise ValueError("has a ?from= that is no address")
    return MailServer(sender, folder=Path(path))


def _may_be_plain(host: str, tls: str, password: str) -> bool:
    if tls not in ("", "off"):
        raise ValueError("has a ?tls= that is not off")
    if tls == "off" and password:
        raise ValueError("would send the password unencrypted: leave out ?tls=off")
    return tls == "off" or _is_this_machine(host)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
