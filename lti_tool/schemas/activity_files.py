"""An activity as a JSON document: what an educator decides, without people, work and links.

``version`` is that of this shape; a document of a later one is refused, in words. Competencies are
named by their CASE identifiers, so that they are found again on another installation.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, get_type_hints

from marshmallow import RAISE, Schema, ValidationError
from marshmallow import fields as shapes
from marshmallow.validate import Range

from lti_tool.errors import InvalidInput
from lti_tool.i18n import LOCALES
from lti_tool.i18n import gettext as _
from lti_tool.rules.completion import Weights
from lti_tool.rules.prompt_templates import key_if_unmodified
from lti_tool.rules.rich_text import storable
from lti_tool.rules.vocabulary import Audience
from lti_tool.schemas import criteria_files
from lti_tool.schemas.criteria_files import CriteriaDocument
from lti_tool.schemas.fields import YEARS
from lti_tool.services.activities.prompts import PromptValues
from lti_tool.services.activities.values import ActivityDates, ActivityValues

FORMAT = "miroir-activity"
VERSION = 1
MOST_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class ReadActivity:
    """What a document says; ``unknown`` counts competencies that are not known here."""

    values: ActivityValues
    unknown: int


class _Text(shapes.String):
    """Text that can be stored; nothing else is taken for text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return storable(super()._deserialize(value, attr, data, **kwargs) or "")


class _Flag(shapes.Boolean):
    """True or false, and nothing that stands for it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("not a boolean")
        return value


def _shape(kind: type) -> shapes.Field[Any]:
    if issubclass(kind, StrEnum):
        return shapes.Enum(kind, by_value=True)
    if kind is bool:
        return _Flag()
    if kind is int:
        return shapes.Integer(strict=True, validate=Range(-(2**31), 2**31 - 1))
    return _Text()


class _Wording(Schema):
    class Meta:
        unknown = RAISE

    text = _Text(required=True)
    help = _Text(load_default="")


class _Prompt(Schema):
    class Meta:
        unknown = RAISE

    text = _Text(required=True)
    help = _Text(load_default="")
    template_key = _Text(load_default="")
    translations = shapes.Dict(shapes.String(), shapes.Nested(_Wording), load_default=dict)
    min_words = shapes.Integer(strict=True, load_default=0, validate=Range(0, 5000))
    max_words = shapes.Integer(
        strict=True, load_default=None, allow_none=True, validate=Range(1, 5000)
    )
    required = _Flag(load_default=True)
    audience = shapes.Enum(Audience, by_value=True, load_default=Audience.COHORT)
    competencies = shapes.List(_Text(), load_default=list)


def _named(record: type, shape: Any) -> Schema:
    made = Schema.from_dict({item.name: shape() for item in fields(record)})
    return made(unknown=RAISE)


def _document() -> Schema:
    hints = get_type_hints(ActivityValues)
    plain = {name: _shape(hints[name]) for name in _plain_names()}
    plain["title"].required = plain["locale"].required = True
    made = Schema.from_dict(
        {
            **plain,
            "format": _Text(required=True),
            "version": shapes.Integer(strict=True, required=True),
            "prompts": shapes.List(shapes.Nested(_Prompt), required=True),
            "competencies": shapes.List(_Text(), load_default=list),
            "target_levels": shapes.Dict(
                _Text(), shapes.Integer(strict=True, validate=Range(1, 99)), load_default=dict
            ),
            "weights": shapes.Nested(
                _named(Weights, lambda: shapes.Integer(strict=True, required=True))
            ),
            "dates": shapes.Nested(_named(ActivityDates, lambda: _Moment(allow_none=True))),
            "criteria": shapes.Nested(CriteriaDocument, load_default=None, allow_none=True),
        }
    )
    return made(unknown=RAISE)


class _Moment(shapes.AwareDateTime):
    """A moment with its zone, as ISO 8601 writes it, in years that any zone can show."""

    def __init__(self, **options: Any) -> None:
        super().__init__("iso", **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if moment.year not in YEARS:
            raise ValidationError("no year of ours")
        return moment


def _plain_names() -> list[str]:
    """Name the fields that are texts, numbers, flags or choices; the others are written apart.

    A live session is not written at all: its links are others' words.
    """
    hints = get_type_hints(ActivityValues)
    return [
        name
        for name, kind in hints.items()
        if isinstance(kind, type) and issubclass(kind, str | int)
    ]


def write(values: ActivityValues, identifiers: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    """Return the document of an activity; ``identifiers`` are those of its competencies."""
    return {
        "format": FORMAT,
        "version": VERSION,
        **{name: _bare(getattr(values, name)) for name in _plain_names()},
        "prompts": [_written(prompt, identifiers) for prompt in values.prompts],
        "competencies": _known(values.competency_ids, identifiers),
        "target_levels": {
            identifiers[key]: level
            for key, level in (values.target_levels or {}).items()
            if key in identifiers
        },
        "weights": {item.name: getattr(values.weights, item.name) for item in fields(Weights)},
        "dates": {
            item.name: _bare(getattr(values.dates, item.name)) for item in fields(ActivityDates)
        },
        "criteria": criteria_files.write(values.criteria, identifiers),
    }


def parse(text: str) -> Any:
    """Return what a JSON text says; raise InvalidInput naming the line of what is no JSON."""
    if len(text.encode()) > MOST_BYTES:
        raise InvalidInput({"document": [_("This is longer than any activity of ours.")]})
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        message = _(
            "Not JSON: line %(line)s, column %(column)s.", line=error.lineno, column=error.colno
        )
        raise InvalidInput({"document": [message]}) from error
    except (ValueError, RecursionError) as error:  # too many digits, or brackets
        raise InvalidInput({"document": [_("Not an activity of Miroir.")]}) from error


def read(document: Any, ids: Mapping[str, uuid.UUID]) -> ReadActivity:
    """Return what a document says; ``ids`` are those of competencies known here.

    Raises InvalidInput with one message for each path that is wrong, all under ``document``.
    """
    _check_kind(document)
    try:
        data = _document().load(document)
    except ValidationError as error:
        raise InvalidInput({"document": _told(error.messages_dict)}) from error
    named = data.pop("competencies")
    prompts = tuple(_read_prompt(one, ids) for one in data.pop("prompts"))
    data = {name: value for name, value in data.items() if name not in ("format", "version")}
    if "weights" in data:
        data["weights"] = Weights(**data["weights"])
    if "dates" in data:
        data["dates"] = ActivityDates(**data["dates"])
    if data["locale"] not in LOCALES:
        raise InvalidInput({"document": [_line("locale", _("We do not have this language."))]})
    data["criteria"] = criteria_files.read(data["criteria"], ids)
    known = tuple(ids[one] for one in dict.fromkeys(named) if one in ids)
    levels = data.pop("target_levels")
    data["target_levels"] = {ids[key]: level for key, level in levels.items() if key in ids}
    values = ActivityValues(prompts=prompts, competency_ids=known, **data)
    return ReadActivity(values, len(set(named)) - len(known))


def undated(values: ActivityValues) -> ActivityValues:
    """Return the values of a new activity made of an older one: no dates, no live session."""
    fresh = tuple(replace(prompt, root=None) for prompt in values.prompts)
    return replace(values, prompts=fresh, dates=ActivityDates(), event_at=None, shared_links=())


def _check_kind(document: Any) -> None:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidInput({"document": [_("Not an activity of Miroir.")]})
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        message = _(
            "Written by a newer Miroir (version %(version)s of this format; we read %(known)s).",
            version=version,
            known=VERSION,
        )
        raise InvalidInput({"document": [message]})


def _written(prompt: PromptValues, identifiers: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    names = ("text", "help", "template_key", "min_words", "max_words", "required")
    return {
        **{name: getattr(prompt, name) for name in names},
        "translations": {tag: dict(texts) for tag, texts in prompt.translations.items()},
        "audience": prompt.audience.value,
        "competencies": _known(prompt.competency_ids, identifiers),
    }


def _known(ids: tuple[uuid.UUID, ...], identifiers: Mapping[uuid.UUID, str]) -> list[str]:
    return [identifiers[one] for one in ids if one in identifiers]


def _read_prompt(data: dict[str, Any], ids: Mapping[str, uuid.UUID]) -> PromptValues:
    known = tuple(ids[one] for one in dict.fromkeys(data.pop("competencies")) if one in ids)
    key = key_if_unmodified(data["template_key"], data["text"], data["help"])
    spoken = {tag: texts for tag, texts in data["translations"].items() if tag in LOCALES}
    apart = {"template_key": key, "translations": spoken, "competency_ids": known}
    return PromptValues(**{**data, **apart})


def _bare(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value


def _told(messages: Any, path: str = "") -> list[str]:
    """Return one line for each thing that is wrong: its path, and what it is."""
    if isinstance(messages, dict):
        return [line for key, inner in messages.items() for line in _told(inner, _path(path, key))]
    said = {
        "Missing data for required field.": _("This is missing."),
        "Unknown field.": _("There is no such field."),
    }
    return [
        _line(path, said.get(str(message), _("This does not fit here."))) for message in messages
    ]


def _path(path: str, key: object) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def _line(path: str, message: str) -> str:
    return _("%(path)s: %(problem)s", path=path, problem=message)
