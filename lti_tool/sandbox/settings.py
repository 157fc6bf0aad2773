"""What somebody who starts the sandbox decides."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SandboxSettings:
    """Where the sandbox lives and how it starts.

    ``base_url`` is its public address without a trailing slash; it is the issuer, too, unless the
    personality shares one. ``data_file`` keeps everything over a restart (an SQLite file); without
    it all is forgotten. ``personality`` counts for a fresh data file only, later the saved one.
    ``secret_key`` signs the sandbox's session cookie; one is made and kept if none is given.
    ``log_limit`` is how many messages the log keeps. ``mail_folder`` holds mails
    that tools wrote as files, to be looked at.
    """

    base_url: str
    data_file: Path | None = None
    personality: str = "moodle"
    secret_key: str | None = None
    log_limit: int = 2000
    mail_folder: Path | None = None
