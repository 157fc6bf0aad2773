"""Form fields with messages in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields

from lti_tool import i18n
from lti_tool.i18n import gettext as _
from lti_tool.rules.rich_text import storable

NUMBERED = re.compile(r"(\w+)\.(\d{1,3})\.(\w+)")
"""Names of the fields of a list in a form: ``prompts.0.text``."""
YEARS = range(1970, 2200)
"""Years that a date may be in; near the ends of the calendar no time zone can be applied."""
LOCAL_FORMAT = "%Y-%m-%dT%H:%M"
"""What a browser's date and time field sends and takes."""


class Words(fields.Field[str]):
    """Plain text, stripped; at most ``most`` characters, and not empty if required."""

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = storable(str(value)).strip()
        if self.required and not text:
            raise ValidationError(_("Please fill this in."))
        if len(text) > self.most:
            raise ValidationError(_("At most %(most)s characters, please.", most=self.most))
        return text


class Whole(fields.Field[int | None]):
    """A whole number from ``least`` to ``most``; empty is None where it is not required."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(allow_none=True, **options)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | None:
        text = str(value).strip()
        if not text and not self.required:
            return None
        try:
            number = int(text)
        except ValueError as error:
            raise ValidationError(self._range()) from error
        if not self.least <= number <= self.most:
            raise ValidationError(self._range())
        return number

    def _range(self) -> str:
        return _("A whole number from %(least)s to %(most)s.", least=self.least, most=self.most)


class Choice(fields.Field[StrEnum]):
    """One member of a closed vocabulary."""

    def __init__(self, vocabulary: type[StrEnum], **options: Any) -> None:
        super().__init__(**options)
        self.vocabulary = vocabulary

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """Say that nothing was chosen: a browser sends nothing for that."""
        if key == "required":
            return ValidationError(_("Choose one of these."))
        return super().make_error(key, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> StrEnum:
        try:
            return self.vocabulary(str(value))
        except ValueError as error:
            raise ValidationError(_("Choose one of these.")) from error


class Ticked(fields.Field[bool]):
    """A box to tick: a browser sends nothing for one that is not ticked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(load_default=False, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        return bool(str(value))


class LocalMoment(fields.Field[datetime | None]):
    """A date and time in the reader's zone, given as an aware moment; empty is None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(load_default=None, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> datetime | None:
        text = str(value).strip()[:16]
        if not text:
            return None
        try:
            naive = datetime.strptime(text, LOCAL_FORMAT)  # noqa: DTZ007  (the zone follows)
            if naive.year not in YEARS:
                raise ValueError("no other reader's zone could show it")
            return naive.replace(tzinfo=i18n.zone())
        except ValueError as error:
            raise ValidationError(_("Write a date and a time, like 2030-05-31 17:00.")) from error


def local_text(moment: datetime | None) -> str:
    """Return what a date and time field shows for ``moment``: the reader's local time."""
    return moment.astimezone(i18n.zone()).strftime(LOCAL_FORMAT) if moment else ""


def gathered(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the list that a form's fields ``name.0.…``, ``name.1.…`` hold, in their order."""
    rows: dict[int, dict[str, Any]] = {}
    for key, value in data.items():
        found = NUMBERED.fullmatch(key)
        if found and found[1] == name:
            rows.setdefault(int(found[2]), {})[found[3]] = value
    return [rows[number] for number in sorted(rows)]


def numbers_in(names: Iterable[str], name: str) -> list[int]:
    """Return the numbers that a form's fields ``name.0.…`` use, in order."""
    found = (NUMBERED.fullmatch(key) for key in names)
    return sorted({int(match[2]) for match in found if match and match[1] == name})
