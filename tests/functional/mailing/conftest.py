"""An installation whose mails go to a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest

from config.settings import Settings
from lti_tool.rules.mail_servers import MailServer

Mails = Callable[[], list[EmailMessage]]


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    server = MailServer("miroir@school.example", folder=tmp_path / "mail")
    return replace(settings, mail_server=server)


@pytest.fixture
def mails(tmp_path: Path) -> Mails:
    """Return what reads all mails that were sent, by recipient."""

    def read() -> list[EmailMessage]:
        found = [
            cast(EmailMessage, message_from_bytes(file.read_bytes(), policy=default))
            for file in (tmp_path / "mail").glob("*.eml")
        ]
        return sorted(found, key=lambda mail: str(mail["To"]))

    return read


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(["plain"])
    assert body is not None
    return str(body.get_content())
