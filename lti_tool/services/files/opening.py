"""One file to hand out, once its reader was found to be allowed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lti_tool.errors import NotFound
from lti_tool.services.files.shown import FileView
from lti_tool.services.files.store import FileStore


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that somebody may read: where it lies, and what they call it."""

    path: Path
    view: FileView


def opened(store: FileStore, view: FileView) -> OpenFile:
    """Return a file that may be read; raise NotFound if its bytes are not there."""
    path = store.path(view.sha256)
    if not path.is_file():
        raise NotFound("file")
    return OpenFile(path, view)
