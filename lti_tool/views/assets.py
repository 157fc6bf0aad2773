"""Static files, compressed: one process is enough to serve a slow line, no proxy is needed.

Each file is compressed once, when it is first asked for, and kept in memory; so nothing compressed
lies on the disk that an upgrade could leave behind. Pages are not compressed: they hold secrets,
and their length would tell of them what somebody can make them repeat (BREACH).
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

COMPRESSIBLE = {".css", ".js", ".svg", ".json"}
LEVEL = 9


@lru_cache(maxsize=256)
def _packed(path: Path, _changed_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), LEVEL, mtime=0)


def serve(filename: str) -> Response:
    """Return a static file, compressed for a browser that takes it so."""
    response: Response = current_app.send_static_file(filename)
    path = Path(current_app.static_folder or "") / filename  # inside it, or that was a 404
    if path.suffix not in COMPRESSIBLE:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.close()
    response.direct_passthrough = False
    response.set_data(_packed(path, path.stat().st_mtime_ns))
    response.content_encoding = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # the same file, but not the same bytes
    return response


def init_app(app: Flask) -> None:
    """Serve Flask's static folder by ``serve``."""
    app.view_functions["static"] = serve
