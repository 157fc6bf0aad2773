"""Values of the console's addresses and forms."""

from __future__ import annotations

import uuid

from flask import request

from lti_tool.errors import NotFound


def typed_id(name: str) -> uuid.UUID | None:
    """Return the id in a query parameter, None without one; raises NotFound for what is no id."""
    text = request.args.get(name, "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise NotFound(name) from error
