"""Files of a reflection: which kinds are taken, how many, and what readers call them.

Audio is not taken: a voice tells who speaks, whatever an activity hides. Pictures that move are
kept as their first frame (WCAG 2.2.2); SVG and HTML, which can act, never.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MEGABYTE = 1024 * 1024
MAX_NAME = 120
MAX_ALT = 500
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


class FileKind(StrEnum):
    """How a file is shown: a picture in the text's place, a document as something to save."""

    IMAGE = "image"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that is taken: its name's ending, its media type, how it is shown."""

    ending: str
    media_type: str
    kind: FileKind


JPEG = FileType("jpg", "image/jpeg", FileKind.IMAGE)
PNG = FileType("png", "image/png", FileKind.IMAGE)
WEBP = FileType("webp", "image/webp", FileKind.IMAGE)
GIF = FileType("gif", "image/gif", FileKind.IMAGE)
PDF = FileType("pdf", "application/pdf", FileKind.DOCUMENT)
DOCX = FileType(
    "docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.DOCUMENT,
)
ODT = FileType("odt", "application/vnd.oasis.opendocument.text", FileKind.DOCUMENT)
TXT = FileType("txt", "text/plain", FileKind.DOCUMENT)
TYPES = {one.ending: one for one in (JPEG, PNG, WEBP, GIF, PDF, DOCX, ODT, TXT)}
_SAME = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg"}
ACCEPTED = ",".join(f".{ending}" for ending in [*TYPES, "jpeg"])
"""What a browser's file chooser offers."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much one reflection may hold; sizes in bytes."""

    each: int = 10 * MEGABYTE
    count: int = 5
    total: int = 25 * MEGABYTE

    @property
    def kept_count(self) -> int:
        """How many a reflection may have with those of earlier versions and those put aside."""
        return self.count * 4


@dataclass(frozen=True, slots=True)
class FileSettings:
    """What an operator decides about files and links."""

    folder: Path = Path("var/files")
    limits: FileLimits = FileLimits()
    scan_command: str = ""
    """A program that ends with 0 for a clean file, whose path it gets; none if empty."""
    link_titles: bool = False
    """Whether pages that texts link to are asked for their titles."""


def type_by_name(name: str) -> FileType | None:
    """Return the type that a file's name claims; None if it is none of ours."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return TYPES.get(_SAME.get(ending, ending))


def tidy_name(name: str, kind: FileType) -> str:
    """Return a name that any system can save, with the ending of what the file is.

    Without folders, control characters and marks that turn the direction of text, which make
    ``gpj.exe`` look like a picture.
    """
    stem = re.split(r"[/\\]", name)[-1]
    stem = stem.rpartition(".")[0] if type_by_name(stem) or "." in stem else stem
    stem = unicodedata.normalize("NFC", stem.encode("utf-8", "ignore").decode())
    stem = "".join(c for c in stem if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn"))
    stem = _UNSAFE.sub(" ", stem).strip(" .")[: MAX_NAME - 5].rstrip(" .")
    return f"{stem or 'file'}.{kind.ending}"


def ending_of(media_type: str) -> str:
    """Return the name's ending of a stored file."""
    return next(one.ending for one in TYPES.values() if one.media_type == media_type)
