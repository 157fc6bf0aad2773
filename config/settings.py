"""All settings of an installation, in one table; read from the environment or from ``.env``."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from environs import Env, EnvError, EnvNotSetError

from config import readers
from config.readers import ROOT
from lti_tool.rules import mail_servers
from lti_tool.rules.credentials import IssuerSettings
from lti_tool.rules.files import MEGABYTE, FileLimits, FileSettings


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


TABLE: dict[str, Setting] = {
    "data_dir": Setting(
        "MIROIR_DATA_DIR",
        "Folder for everything that is kept in files.",
        readers.folder,
        "var",
    ),
    "database_url": Setting(
        "MIROIR_DATABASE_URL",
        "Database: sqlite:///… or postgresql://…; an SQLite file in the data folder if not set.",
        readers.database,
        "",
    ),
    "secret_key": Setting(
        "MIROIR_SECRET_KEY",
        "Signs sessions and encrypts keys and tokens at rest; losing it loses those.",
        readers.secret,
    ),
    "allow_local_platforms": Setting(
        "MIROIR_ALLOW_LOCAL_PLATFORMS",
        "Whether platforms on this machine or in a private network may be connected.",
        readers.switch,
        "false",
    ),
    "base_url": Setting(
        "MIROIR_BASE_URL",
        "The address at which browsers and platforms reach Miroir, without a path.",
        readers.origin,
    ),
    "redis_url": Setting(
        "MIROIR_REDIS_URL",
        "Redis that wakes background workers on other machines; a file in the data folder if not"
        " set.",
        readers.redis,
        "",
    ),
    "mail_server": Setting(
        "MIROIR_SMTP_URL",
        "Mail: smtp://user:password@host?from=address (with STARTTLS), smtps://…, or for trying out"
        " file:///folder; no mail is sent if not set.",
        readers.mail,
        "",
    ),
    "proxy_hops": Setting(
        "MIROIR_PROXY_HOPS",
        "How many reverse proxies of yours stand in front, whose X-Forwarded headers are believed.",
        readers.count,
        "0",
    ),
    "platform_concurrency": Setting(
        "MIROIR_PLATFORM_CONCURRENCY",
        "How many messages (scores) may be under way to one platform at the same time, 1 to 99.",
        readers.positive,
        "4",
    ),
    "files_dir": Setting(
        "MIROIR_FILES_DIR",
        "Folder for the files that learners add, shared by all machines; files in the data folder"
        " if not set.",
        readers.folder_if_set,
        "",
    ),
    "file_megabytes": Setting(
        "MIROIR_FILE_MEGABYTES",
        "How large one file may be, in MB, 1 to 99.",
        readers.positive,
        "10",
    ),
    "reflection_files": Setting(
        "MIROIR_REFLECTION_FILES",
        "How many files a reflection may hold, 1 to 99.",
        readers.positive,
        "5",
    ),
    "reflection_megabytes": Setting(
        "MIROIR_REFLECTION_MEGABYTES",
        "How large the files of a reflection may be together, in MB, 1 to 99.",
        readers.positive,
        "25",
    ),
    "scan_command": Setting(
        "MIROIR_SCAN_COMMAND",
        "Virus scanner that gets a file's path and ends with 0 if it is clean, for instance"
        " clamdscan --fdpass; none if not set.",
        readers.command,
        "",
    ),
    "link_titles": Setting(
        "MIROIR_LINK_TITLES",
        "Whether public pages that learners link to are asked for their titles.",
        readers.switch,
        "false",
    ),
    "sharing": Setting(
        "MIROIR_SHARING",
        "Whether learners may show what they can do to people outside, by links that end.",
        readers.switch,
        "true",
    ),
    "issuer_name": Setting(
        "MIROIR_ISSUER_NAME",
        "Who vouches for the credentials that learners take along; each learning platform by its"
        " own name if not set.",
        str,
        "",
    ),
    "issuer_url": Setting(
        "MIROIR_ISSUER_URL",
        "Website of who vouches for credentials, to be shown with the name.",
        readers.website,
        "",
    ),
    "log_level": Setting(
        "MIROIR_LOG_LEVEL",
        "Least severity that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL.",
        readers.level,
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
    mail_server: mail_servers.MailServer | None = None
    files_dir: Path | None = None
    file_megabytes: int = 10
    reflection_files: int = 5
    reflection_megabytes: int = 25
    scan_command: str = ""
    link_titles: bool = False
    sharing: bool = True
    issuer_name: str = ""
    issuer_url: str = ""

    @property
    def issuer(self) -> IssuerSettings:
        """Who vouches for credentials."""
        return IssuerSettings(self.issuer_name, self.issuer_url)

    @property
    def files(self) -> FileSettings:
        """What is decided about files and links."""
        return FileSettings(
            folder=self.files_dir or self.data_dir / "files",
            limits=FileLimits(
                each=self.file_megabytes * MEGABYTE,
                count=self.reflection_files,
                total=self.reflection_megabytes * MEGABYTE,
            ),
            scan_command=self.scan_command,
            link_titles=self.link_titles,
        )

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
