"""Reading forms: validated by a schema; bad input shows the page again with all that was typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import g, request
from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow.fields import Field
from werkzeug.datastructures import MultiDict

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _

INVALID_STATUS = 422
MISSING = Field.default_error_messages["required"]
"""What marshmallow says, in English, of a field that was not sent."""


def form_values(form: MultiDict[str, str], schema: Schema) -> dict[str, Any]:
    """Turn a form into what a schema loads: lists where the schema has lists, no empty leaves."""
    values: dict[str, Any] = {}
    for name in form:
        field = schema.fields.get(name)
        if field is not None and type(field).__name__ == "List":
            values[name] = form.getlist(name)
        else:
            values[name] = form[name]
    return values


def load(schema: Schema, data: Any) -> dict[str, Any]:
    """Load ``data``; raise InvalidInput with the schema's messages."""
    try:
        return cast("dict[str, Any]", schema.load(data, unknown=EXCLUDE))
    except ValidationError as error:
        raise InvalidInput(_flat(error.messages_dict)) from error


def read_form(schema: type[Schema]) -> dict[str, Any]:
    """Return the request's form as ``schema`` loads it; raise InvalidInput."""
    instance = schema()
    return load(instance, form_values(request.form, instance))


def read_json(schema: type[Schema]) -> dict[str, Any]:
    """Return the request's JSON body as ``schema`` loads it; raise InvalidInput."""
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        body = None  # nested deeper than anybody writes
    return load(schema(), body or {})


def form_page(show: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a POST handler: on InvalidInput, show its page again with messages and typing.

    ``show`` takes the handler's URL arguments and returns the page; its template finds ``errors``
    (field → messages) and ``typed`` (the form). The status is 422.
    """

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def handle(*args: Any, **kwargs: Any) -> Any:
            try:
                return handler(*args, **kwargs)
            except InvalidInput as error:
                g.errors, g.typed = error.fields, request.form
                return show(*args, **kwargs), INVALID_STATUS

        return handle

    return decorate


def _flat(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """Flatten nested messages to dotted names; the whole form's are under ``""``."""
    flat: dict[str, list[str]] = {}
    for key, value in messages.items():
        name = "" if key == "_schema" else f"{prefix}{key}"
        if isinstance(value, dict):
            flat |= _flat(value, f"{name}.")
        else:
            flat[name] = [
                _("Please fill this in.") if message == MISSING else str(message)
                for message in value
            ]
    return flat
