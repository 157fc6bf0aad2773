"""Handing mails to real servers in this process: taken, refused, slow, gone, not to be trusted."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lti_tool.errors import WhoCanFix
from lti_tool.remote import mail
from lti_tool.remote.mail import Answer, Post
from lti_tool.rules.mail_servers import MailServer

LEARNER = "ana@lib.example"


class Inbox:
    """Takes mails, unless told what else to answer."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.to_recipient = self.to_data = ""

    async def handle_RCPT(  # noqa: N802  (the name that aiosmtpd calls)
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.to_recipient or "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        if not self.to_data:
            self.taken.append(envelope.content or b"")
        return self.to_data or "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "m@miroir.example", LEARNER, "News"
    message.set_content("Hello")
    return message


def sent(server: MailServer, tls: ssl.SSLContext | None = None) -> Answer:
    return Post(server, tls).send(letter(), LEARNER, "one")


def at(port: int, **more: Any) -> MailServer:
    return MailServer("m@miroir.example", "127.0.0.1", port, **{"plain": True, **more})


def test_a_mail_is_taken(port: int, inbox: Inbox) -> None:
    assert sent(at(port)) == Answer(status=250)
    assert b"Subject: News" in inbox.taken[0]


def test_what_servers_refuse(port: int, inbox: Inbox) -> None:
    inbox.to_recipient = f"550 5.1.1 <{LEARNER.upper()}>: Ana is unknown here"
    refused = sent(at(port))
    assert (refused.reason, refused.permanent, refused.down) == ("mail_address", True, False)
    assert (refused.who, refused.status) == (WhoCanFix.LEARNER, 550)
    assert "ana" not in refused.detail.lower()
    assert "lib.example" not in refused.detail.lower()
    inbox.to_recipient = "451 4.7.1 Greylisted, come back"
    later = sent(at(port))
    assert (later.reason, later.permanent, later.down) == ("mail_later", False, False)
    inbox.to_recipient, inbox.to_data = "", "554 5.7.1 Spam"
    spam = sent(at(port))
    assert (spam.reason, spam.permanent, spam.who) == ("mail_content", True, WhoCanFix.OPERATOR)
    inbox.to_data = "421 4.3.2 Closing down"
    assert sent(at(port)).down
    assert inbox.taken == []


def test_a_server_that_is_not_there_or_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = sent(at(free_port()))
    assert (gone.reason, gone.permanent, gone.down) == ("mail_unreachable", False, True)
    monkeypatch.setattr(mail, "PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert sent(at(silent.getsockname()[1])).reason == "mail_unreachable"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of 127.0.0.1 that nobody but the test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, secret


def test_a_password_goes_only_to_whom_a_certificate_proves(tmp_path: Path, inbox: Inbox) -> None:
    cert, key = certificate(tmp_path)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(cert, key)
    seen: list[LoginPassword] = []

    def check(*arguments: Any) -> AuthResult:
        seen.append(arguments[4])
        return AuthResult(success=arguments[4].password == b"right", handled=False)

    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=served,
        authenticator=check,
        auth_required=True,
    )
    controller.start()
    try:
        server = at(controller.port, plain=False, user="miroir", password="right")
        assert sent(server).reason == "mail_certificate"
        assert seen == []
        trusting = ssl.create_default_context(cafile=str(cert))
        assert sent(server, trusting).status == 250
        for wrong in ("wrong", "schlüssel"):  # the second does not travel at all
            other = at(controller.port, plain=False, user="miroir", password=wrong)
            refused = sent(other, trusting)
            assert (refused.reason, refused.permanent, refused.down) == ("mail_login", False, True)
    finally:
        controller.stop()
    assert len(inbox.taken) == 1


def test_nothing_goes_unencrypted_to_a_server_elsewhere(port: int, inbox: Inbox) -> None:
    assert sent(at(port, plain=False)).reason == "mail_unencrypted"
    assert inbox.taken == []


def test_a_folder_keeps_each_mail_once(tmp_path: Path) -> None:
    server = MailServer("m@miroir.example", folder=tmp_path / "mail")
    assert [sent(server).reason for _again in range(2)] == ["", ""]
    assert [file.name for file in (tmp_path / "mail").iterdir()] == ["one.eml"]
