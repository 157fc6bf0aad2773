"""Archives: named files as one ZIP."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path


def zipped(files: Mapping[str, bytes | Path], made_at: datetime) -> bytes:
    """Return a ZIP of ``files`` (name to content, or to where it lies), each dated ``made_at``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, made_at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            if isinstance(content, bytes):
                archive.writestr(entry, content)
            else:
                with content.open("rb") as source, archive.open(entry, "w") as target:
                    shutil.copyfileobj(source, target)
    return buffer.getvalue()
