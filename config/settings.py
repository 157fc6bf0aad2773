"""All settings of an installation, in one table; read from the environment or from ``.env``."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from environs import Env, EnvError, EnvNotSetError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).parents[1]
MIN_SECRET_CHARACTERS = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class BadSetting(ValueError):
    """A setting is missing or cannot be used; the text names it and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: its variable, what it means, how its text is read.

    ``read`` raises ValueError with a sentence about the value; without a ``default`` the variable
    must be set.
    """

    variable: str
    meaning: str
    read: Callable[[str], Any]
    default: str | None = None


def _secret(text: str) -> str:
    if len(text) < MIN_SECRET_CHARACTERS:
        raise ValueError(f"must have at least {MIN_SECRET_CHARACTERS} characters")
    return text


def _origin(text: str) -> str:
    """Read our own address: scheme and host, no path."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address like https://miroir.example.org")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be scheme, host and port only, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _database(text: str) -> str:
    try:
        backend = make_url(text).get_backend_name() if text else "sqlite"
    except ArgumentError as error:
        raise ValueError("must be a database URL") from error
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("must start with sqlite:/// or postgresql://")
    return text


def _folder(text: str) -> Path:
    """Read a folder's path, relative to the project; make it, and try that we may write there."""
    folder = (ROOT / text).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"cannot be made: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ValueError("must be a folder that this process may write to")
    return folder


def _redis(text: str) -> str | None:
    if text and urlsplit(text).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must start with redis://, rediss:// or unix://")
    return text or None


def _switch(text: str) -> bool:
    if text.lower() not in ("0", "1", "true", "false", "yes", "no", "on", "off"):
        raise ValueError("must be true or false")
    return text.lower() in ("1", "true", "yes", "on")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 3):
        raise ValueError("must be a small whole number")
    return int(text)


def _positive(text: str) -> int:
    if not _count(text):
        raise ValueError("must be at least 1")
    return int(text)


def _level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return text.upper()


TABLE: dict[str, Setting] = {
    "data_dir": Setting(
        "MIROIR_DATA_DIR",
        "Folder for everything that is kept in files.",
        _folder,
        "var",
    ),
    "database_url": Setting(
        "MIROIR_DATABASE_URL",
        "Database: sqlite:///… or postgresql://…; an SQLite file in the data folder if not set.",
        _database,
        "",
    ),
    "secret_key": Setting(
        "MIROIR_SECRET_KEY",
        "Signs sessions and encrypts keys and tokens at rest; losing it loses those.",
        _secret,
    ),
    "allow_local_platforms": Setting(
        "MIROIR_ALLOW_LOCAL_PLATFORMS",
        "Whether platforms on this machine or in a private network may be connected.",
        _switch,
        "false",
    ),
    "base_url": Setting(
        "MIROIR_BASE_URL",
        "The address at which browsers and platforms reach Miroir, without a path.",
        _origin,
    ),
    "redis_url": Setting(
        "MIROIR_REDIS_URL",
        "Redis that wakes background workers on other machines; a file in the data folder if not"
        " set.",
        _redis,
        "",
    ),
    "proxy_hops": Setting(
        "MIROIR_PROXY_HOPS",
        "How many reverse proxies of yours stand in front, whose X-Forwarded headers are believed.",
        _count,
        "0",
    ),
    "platform_concurrency": Setting(
        "MIROIR_PLATFORM_CONCURRENCY",
        "How many messages (scores) may be under way to one platform at the same time, 1 to 99.",
        _positive,
        "4",
    ),
    "log_level": Setting(
        "MIROIR_LOG_LEVEL",
        "Least severity that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL.",
        _level,
        "INFO",
    ),
}


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked settings; ``TABLE`` says what each means."""

    database_url: str
    secret_key: str
    base_url: str
    data_dir: Path
    redis_url: str | None
    allow_local_platforms: bool
    proxy_hops: int
    log_level: str
    platform_concurrency: int = 4

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment and, for what is not set there, the file ``.env``.

        Ends the process with one line that names the setting if one is missing or bad.
        """
        try:
            return cls.read(ROOT / ".env")
        except BadSetting as error:
            raise SystemExit(f"miroir: {error}") from None

    @classmethod
    def read(cls, env_file: Path) -> Self:
        """Read and check all settings; raises BadSetting."""
        env = Env()
        if env_file.is_file():
            env.read_env(env_file, recurse=False)
        values = {field: _read(env, setting) for field, setting in TABLE.items()}
        address = urlsplit(values["base_url"])
        local = values["allow_local_platforms"] or _is_loopback(address.hostname or "")
        if address.scheme != "https" and not local:
            raise BadSetting(
                "MIROIR_BASE_URL must start with https:// (platforms refuse anything else)"
            )
        values["database_url"] = (
            values["database_url"] or f"sqlite:///{values['data_dir'] / 'miroir.sqlite'}"
        )
        return cls(**values)


def _read(env: Env, setting: Setting) -> Any:
    """Read one setting; the message never holds the value, which may be secret."""
    try:
        text = (
            env.str(setting.variable)
            if setting.default is None
            else env.str(setting.variable, setting.default)
        )
    except EnvNotSetError as error:
        raise BadSetting(f"{setting.variable} is not set. {setting.meaning}") from error
    except EnvError as error:
        raise BadSetting(f"{setting.variable} cannot be read") from error
    try:
        return setting.read(text.strip())
    except ValueError as error:
        raise BadSetting(f"{setting.variable} {error}") from error
