"""Activities as documents: files and presets, checked as the activity form checks."""

from __future__ import annotations

import uuid
from typing import Any

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.schemas import activity_files
from lti_tool.schemas.activities import ActivityForm
from lti_tool.services.activities.values import ActivityValues
from lti_tool.views.forms import form_values, load
from lti_tool.views.pages.studio.form import as_form
from lti_tool.views.session import services, viewer


def document_of(values: ActivityValues) -> dict[str, Any]:
    """Return an activity as a document."""
    return activity_files.write(values, {key: name for name, key in _competencies().items()})


def read_document(document: Any) -> activity_files.ReadActivity:
    """Return what a document says; raise InvalidInput naming the paths that are wrong."""
    return activity_files.read(document, _competencies())


def check(values: ActivityValues) -> None:
    """Raise InvalidInput, by path, for what the activity form would not take."""
    form, schema = as_form(values), ActivityForm()
    try:
        load(schema, form_values(form, schema))
    except InvalidInput as error:
        lines = [
            _("%(path)s: %(problem)s", path=_path(name), problem=message)
            for name, messages in error.fields.items()
            for message in messages
        ]
        raise InvalidInput({"document": lines}) from error


def _path(field: str) -> str:
    """Return the path in the document of a field of the form."""
    first, *rest = field.split(".")
    if first.startswith("weight_"):
        return f"weights.{first.removeprefix('weight_')}"
    if first.endswith(("_due_at", "opens_at")):
        return f"dates.{first}"
    return first + "".join(f"[{one}]" if one.isdecimal() else f".{one}" for one in rest)


def _competencies() -> dict[str, uuid.UUID]:
    """Return the competencies that may be chosen here, by identifier."""
    return {
        item.identifier: item.id
        for framework in services().frameworks.available(viewer())
        for group in framework.groups
        for item in group.competencies
    }
