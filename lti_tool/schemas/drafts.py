"""Working texts: what a script saves by itself, and the same from a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Range

from lti_tool.services.learner.drafts import Written

FORMAT = "-format"


class DraftBody(Schema):
    """The JSON body of an autosave; loads to ``Written``."""

    texts = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, data_key="fields"
    )
    formats = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    version = fields.Integer(required=True, strict=True, validate=Range(min=0))

    @post_load
    def written(self, data: dict[str, Any], **_options: object) -> Written:
        """Return the texts with their formats and the version they began from."""
        return Written(data["texts"], data["formats"], data["version"])


class DraftForm(DraftBody):
    """The same from a form; a browser without script knows the version that its page had."""

    version = fields.Integer(load_default=None, allow_none=True)


def gathered_texts(form: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the fields ``names`` of a form, with their formats, as a ``DraftForm`` loads them."""
    texts = {name: str(form[name]) for name in names if name in form}
    formats = {name: str(form.get(f"{name}{FORMAT}", "")) for name in texts}
    return {"fields": texts, "formats": formats, "version": form.get("version") or None}
