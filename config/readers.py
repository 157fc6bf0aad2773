"""How the text of a setting is read: each raises ValueError with a sentence about the value."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from lti_tool.rules import mail_servers

ROOT = Path(__file__).parents[1]
MIN_SECRET_CHARACTERS = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def secret(text: str) -> str:
    """Read a secret, which must be long enough."""
    if len(text) < MIN_SECRET_CHARACTERS:
        raise ValueError(f"must have at least {MIN_SECRET_CHARACTERS} characters")
    return text


def origin(text: str) -> str:
    """Read our own address: scheme and host, no path."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address like https://miroir.example.org")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be scheme, host and port only, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def website(text: str) -> str:
    """Read the address of a page on the web; empty means none."""
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("must be an address like https://www.example.org")
    return text


def database(text: str) -> str:
    """Read a database URL; empty means our own SQLite file."""
    try:
        backend = make_url(text).get_backend_name() if text else "sqlite"
    except ArgumentError as error:
        raise ValueError("must be a database URL") from error
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("must start with sqlite:/// or postgresql://")
    return text


def folder(text: str) -> Path:
    """Read a folder's path, relative to the project; make it, and try that we may write there."""
    folder = (ROOT / text).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"cannot be made: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ValueError("must be a folder that this process may write to")
    return folder


def folder_if_set(text: str) -> Path | None:
    """Read a folder as ``folder``, if there is one."""
    return folder(text) if text else None


def command(text: str) -> str:
    """Read a command line; its program must be there."""
    words = shlex.split(text)
    if words and shutil.which(words[0]) is None:
        raise ValueError("must begin with a program that can be run")
    return text


def redis(text: str) -> str | None:
    """Read the address of a Redis, if there is one."""
    if text and urlsplit(text).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must start with redis://, rediss:// or unix://")
    return text or None


def mail(text: str) -> mail_servers.MailServer | None:
    """Read where mail goes; of a folder, try that we may write there."""
    if not text:
        return None
    server = mail_servers.parse(text)
    if server.folder is not None:
        folder(str(server.folder))
    return server


def switch(text: str) -> bool:
    """Read what is on or off."""
    if text.lower() not in ("0", "1", "true", "false", "yes", "no", "on", "off"):
        raise ValueError("must be true or false")
    return text.lower() in ("1", "true", "yes", "on")


def count(text: str) -> int:
    """Read a whole number below 100."""
    if not (text.isascii() and text.isdigit() and len(text) < 3):
        raise ValueError("must be a small whole number")
    return int(text)


def positive(text: str) -> int:
    """Read a whole number from 1 to 99."""
    if not count(text):
        raise ValueError("must be at least 1")
    return int(text)


def level(text: str) -> str:
    """Read the name of a level of logging."""
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return text.upper()
