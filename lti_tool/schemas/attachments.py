"""What a form says of the pictures in a text."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import Schema, fields, pre_load

from lti_tool.services.files.shown import ALT_FIELD
from lti_tool.services.learner.attachments import Note

DECORATIVE = "file-decorative-"


class FileNotes(Schema):
    """Loads to ``{"notes": {id: Note}}``; fields that are no picture's are left out."""

    notes = fields.Dict(keys=fields.UUID(), values=fields.Raw(), load_default=dict)

    @pre_load
    def collect(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Take the words for each picture, and whether it adds nothing."""
        named = {
            name.removeprefix(ALT_FIELD): str(text)
            for name, text in data.items()
            if name.startswith(ALT_FIELD)
        }
        return {
            "notes": {
                key: Note(text, bool(data.get(f"{DECORATIVE}{key}")))
                for key, text in named.items()
                if _is_id(key)
            }
        }


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
