"""Taking a file in: its type by name and by content, cleaned by what can read it, then scanned."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from typing import BinaryIO

import structlog

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.i18n import number
from lti_tool.rules.files import (
    DOCX,
    MEGABYTE,
    ODT,
    PDF,
    TXT,
    FileKind,
    FileLimits,
    FileType,
    tidy_name,
    type_by_name,
)
from lti_tool.services.files import documents, offices, pictures
from lti_tool.services.files.store import FileStore, Kept, copied

SCAN_SECONDS = 60
CLEAN, INFECTED = 0, 1
"""What clamscan and clamdscan end with."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was cleaned and lies in the store."""

    name: str
    type: FileType
    kept: Kept
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes files in; ``scan_command`` gets the path of each as its last argument, if set."""

    store: FileStore
    limits: FileLimits
    scan_command: str = ""

    def take(self, name: str, source: BinaryIO) -> Taken:
        """Put a file into the store, cleaned; raise InvalidInput (``file``) with the reason."""
        claimed = type_by_name(name)
        if claimed is None:
            raise InvalidInput({"file": [_not_taken()]})
        with self.store.draft() as raw, self.store.draft() as cleaned:
            copied(source, raw, self.limits.each, self._too_big)
            self._scan(str(raw.name))
            actual, width, height = _clean(raw, cleaned, claimed)
            if cleaned.seek(0, 2) > self.limits.each:
                raise self._too_big()
            kept = self.store.keep(cleaned)
        return Taken(tidy_name(name, actual), actual, kept, width, height)

    def _too_big(self) -> InvalidInput:
        return InvalidInput({"file": [too_big(self.limits)]})

    def _scan(self, path: str) -> None:
        """Have the operator's program look at a file; no answer is no leave."""
        if not self.scan_command:
            return
        try:
            done = subprocess.run(  # noqa: S603  (the operator's own command, no shell)
                [*shlex.split(self.scan_command), path],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SCAN_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.exception("scan_failed", why=type(error).__name__)
            raise InvalidInput({"file": [_unscanned()]}) from error
        if done.returncode == INFECTED:
            raise InvalidInput(
                {"file": [_("The virus scanner refuses this file. Ask whoever gave it to you.")]}
            )
        if done.returncode != CLEAN:
            log.error("scan_failed", why=f"ended with {done.returncode}")
            raise InvalidInput({"file": [_unscanned()]})


def _clean(
    source: BinaryIO, target: BinaryIO, claimed: FileType
) -> tuple[FileType, int | None, int | None]:
    """Let the reader of the claimed type write it anew; return what it is then, and its size."""
    if claimed.kind is FileKind.IMAGE:
        return pictures.clean(source, target, claimed)
    if claimed is PDF:
        documents.clean_pdf(source, target)
    elif claimed is TXT:
        documents.clean_text(source, target)
    elif claimed in (DOCX, ODT):
        offices.clean(source, target, claimed)
    return claimed, None, None


def too_big(limits: FileLimits) -> str:
    """Return why a file is refused that is too big."""
    return _(
        "This file is too big: at most %(most)s MB each. A picture of fewer points, or a PDF,"
        " is often smaller.",
        most=number(limits.each // MEGABYTE),
    )


def _not_taken() -> str:
    return _(
        "Files of this kind are not taken. Pictures: JPEG, PNG, WebP, GIF. Documents: PDF, Word"
        " (DOCX), OpenDocument (ODT), plain text (TXT)."
    )


def _unscanned() -> str:
    return _("The file could not be checked for viruses just now. Please try again later.")
