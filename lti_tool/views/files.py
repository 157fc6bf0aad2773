"""Handing out a file that somebody added: kept by no cache, able to do nothing in our pages."""

from __future__ import annotations

from flask import g, send_file
from werkzeug.wrappers import Response

from lti_tool.services.files.opening import OpenFile


def handed_out(file: OpenFile) -> Response:
    """Return a picture to be shown, any other file to be saved."""
    g.is_foreign = True
    view = file.view
    response = send_file(
        file.path,
        mimetype=view.media_type,
        as_attachment=not view.is_image,
        download_name=view.name,
        etag=view.sha256[:32],
        conditional=True,
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
