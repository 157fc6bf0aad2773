"""The form of a reflection: one text for each prompt of whatever version was on the page."""

from __future__ import annotations

from typing import Any

from marshmallow import pre_load

from lti_tool.schemas.drafts import FORMAT, DraftForm, gathered_texts
from lti_tool.services.learner.answers import FIELD_PREFIX


class ReflectionForm(DraftForm):
    """Loads to ``Written``; what is no answer is left out."""

    @pre_load
    def collect(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Take the answers, their formats and the version."""
        names = [name for name in data if name.startswith(FIELD_PREFIX)]
        return gathered_texts(data, [name for name in names if not name.endswith(FORMAT)])
