"""Mails that a tool wrote to people of the course, where it puts them into a folder to try out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from flask import Blueprint, abort, make_response, render_template
from werkzeug.wrappers import Response

from lti_tool.sandbox.state import sandbox

bp = Blueprint("mailbox", __name__)
SHOWN = 100
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True)
class Mail:
    """One mail: ``name`` is its file's."""

    name: str
    to: str
    subject: str
    written_at: datetime
    headers: str
    plain: str


@bp.get("/mail")
def mails() -> str:
    """Show the mails, newest first."""
    folder = sandbox().settings.mail_folder
    found = [_read(file) for file in _files(folder)] if folder else []
    return render_template("sandbox/mails.html", mails=found, folder=folder)


@bp.get("/mail/<name>")
def mail(name: str) -> Response:
    """Show one mail as mail programs do: alone, and without script."""
    folder = sandbox().settings.mail_folder
    file = next((one for one in _files(folder) if one.name == name), None) if folder else None
    html = _message(file).get_body(["html"]) if file else None
    if html is None:
        abort(404)
    response = make_response(str(html.get_content()))
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _files(folder: Path) -> list[Path]:
    """Return the newest files; their names begin with when they were written."""
    return sorted(folder.glob("*.eml"), reverse=True)[:SHOWN]


def _message(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def _read(file: Path) -> Mail:
    message = _message(file)
    plain = message.get_body(["plain"])
    return Mail(
        name=file.name,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        written_at=parsedate_to_datetime(str(message["Date"])),
        headers="\n".join(f"{name}: {value}" for name, value in message.items()),
        plain=str(plain.get_content()) if plain else "",
    )
