"""Handing a mail to a server (SMTP, RFC 5321) or, for trying out, to a folder.

The server's certificate is verified. A password never travels unencrypted, and nothing else does
unless the server stands on this machine or the operator says so.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from lti_tool.errors import WhoCanFix
from lti_tool.rules.mail_servers import MailServer

PATIENCE_SECONDS = 20.0
"""For each answer of the server."""
LONGEST_SECONDS = 120.0
"""For one mail, however slowly the answers trickle in; shorter than the lease of a message."""
DETAIL = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a mail; ``reason`` is empty if the server took it.

    ``permanent`` says that another try would not help, ``down`` that no mail would fare better now.
    ``detail`` is what the server said, without the address that the mail was for.
    """

    reason: str = ""
    who: WhoCanFix | None = None
    permanent: bool = False
    down: bool = False
    status: int | None = None
    detail: str = ""


TAKEN = Answer(status=250)


@dataclass(frozen=True, slots=True)
class Post:
    """Sends mails by one server."""

    server: MailServer
    tls: ssl.SSLContext | None = None
    """In place of the system's certificate authorities; for tests."""

    def send(self, message: EmailMessage, recipient: str, name: str) -> Answer:
        """Send one mail; whatever happens ends in an answer.

        ``name`` tells this mail from any other: a folder keeps each once.
        """
        try:
            if self.server.folder is not None:
                return _keep(self.server.folder, message, name)
            with self._connection() as connection:
                connection.send_message(message, self.server.sender, [recipient])
            return TAKEN
        except (OSError, smtplib.SMTPException) as error:
            return _without(recipient, _answer(error))

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """Connect, encrypt, log in; cut off what takes too long in all."""
        server, context = self.server, self.tls or ssl.create_default_context()
        if server.encrypted:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=PATIENCE_SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)
        cut = threading.Timer(LONGEST_SECONDS, _cut_off, [connection])
        cut.daemon = True
        cut.start()
        try:
            connection.ehlo_or_helo_if_needed()
            if not server.encrypted and connection.has_extn("starttls"):
                connection.starttls(context=context)
            elif not server.encrypted and not server.plain:
                raise _Unencrypted
            if server.user:
                _log_in(connection, server)
            yield connection
            _leave(connection)
        finally:
            cut.cancel()
            connection.close()


def _log_in(connection: smtplib.SMTP, server: MailServer) -> None:
    """Log in; what cannot travel as ASCII is refused like any wrong password, and never logged."""
    try:
        connection.login(server.user, server.password)
    except UnicodeEncodeError:
        raise smtplib.SMTPAuthenticationError(535, b"") from None


class _Unencrypted(smtplib.SMTPException):
    """The server does not offer encryption."""


def _cut_off(connection: smtplib.SMTP) -> None:
    """End a connection under the thread that reads from it."""
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _leave(connection: smtplib.SMTP) -> None:
    """Say good-bye; the mail is taken, whatever the server still answers."""
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        return


def _keep(folder: Path, message: EmailMessage, name: str) -> Answer:
    """Write a mail into a folder, whole or not at all; a second time in place of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
        file.write(message.as_bytes())
    Path(file.name).replace(folder / f"{name}.eml")
    return TAKEN


def _answer(error: OSError | smtplib.SMTPException) -> Answer:
    """Return what an error means; the more special kinds come first."""
    operator = WhoCanFix.OPERATOR
    if isinstance(error, ssl.SSLCertVerificationError):
        return Answer("mail_certificate", operator, down=True, detail=error.verify_message)
    if isinstance(error, _Unencrypted):
        return Answer("mail_unencrypted", operator, down=True)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _said("mail_login", operator, error.smtp_code, error.smtp_error, down=True)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return _refused("mail_address", WhoCanFix.LEARNER, code, text)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _refused("mail_sender", operator, error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPDataError):
        return _refused("mail_content", operator, error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Answer("mail_address", WhoCanFix.LEARNER, permanent=True, detail=str(error)[:DETAIL])
    if isinstance(error, smtplib.SMTPResponseException):
        return _said("mail_server", operator, error.smtp_code, error.smtp_error, down=True)
    if isinstance(error, ssl.SSLError):
        return Answer("mail_certificate", operator, down=True, detail=str(error)[:DETAIL])
    return Answer("mail_unreachable", operator, down=True, detail=type(error).__name__)


def _refused(reason: str, who: WhoCanFix, code: int, text: bytes | str) -> Answer:
    """Return what a refusal of this mail means: 5xx is final, anything else may pass."""
    if 500 <= code < 600:
        return _said(reason, who, code, text, permanent=True)
    return _said("mail_later", WhoCanFix.OPERATOR, code, text)


def _said(
    reason: str,
    who: WhoCanFix,
    code: int,
    text: bytes | str,
    permanent: bool = False,
    down: bool = False,
) -> Answer:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    # 421 (RFC 5321, 3.8): the server closes for everybody.
    return Answer(reason, who, permanent, down or code == 421, code, words[:DETAIL])


def _without(recipient: str, answer: Answer) -> Answer:
    """Take the person's address out of what the server said: others read that."""
    said = answer.detail
    for part in (recipient, *recipient.split("@")):
        if len(part) > 2:  # servers write addresses as they like: small, large, mixed
            said = re.sub(re.escape(part), "…", said, flags=re.IGNORECASE)
    return Answer(answer.reason, answer.who, answer.permanent, answer.down, answer.status, said)
