"""Working texts that save themselves: what a form or a script sent, and who wrote last."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lti_tool.errors import InvalidInput, Stale
from lti_tool.i18n import gettext as _
from lti_tool.i18n import number
from lti_tool.rules.rich_text import accept


@dataclass(frozen=True, slots=True)
class Written:
    """Texts as they were sent: by field name, with ``html`` among ``formats`` for rich text.

    ``version`` is the version of the working text that the writer had before them; None if the
    sender does not know.
    """

    fields: Mapping[str, str]
    formats: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None

    def html(self, name: str) -> str | None:
        """Return a field as sanitised HTML, or None if it was not sent."""
        text = self.fields.get(name)
        return None if text is None else accept(text, self.formats.get(name, ""))

    def texts(self, names: list[str], most: int) -> dict[str, str]:
        """Return those of ``names`` that were sent, sanitised.

        Raises InvalidInput for a text of more than ``most`` characters as it was sent or as stored.
        """
        sent = {name: self.html(name) or "" for name in names if name in self.fields}
        raw = {name: self.fields[name] for name in sent}
        problems = {
            name: [_too_big(most)] for name in sent if max(len(sent[name]), len(raw[name])) > most
        }
        if problems:
            raise InvalidInput(problems)
        return sent


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save was answered with."""

    version: int
    saved_at: datetime


def check_version(
    subject: str,
    written: Written,
    current: int,
    texts: Mapping[str, str],
    stored: Mapping[str, str],
    plain: Collection[str] = (),
) -> None:
    """Raise Stale if somebody, perhaps the writer in another tab, saved another text meanwhile.

    A save that repeats what is stored is no conflict: its first answer may have been lost on the
    way. The error carries what is stored, as scripts expect it; fields in ``plain`` are no HTML.
    """
    if written.version in (None, current):
        return
    if all(stored.get(name, "") == text for name, text in texts.items()):
        return
    formats = {name: "html" for name in stored if name not in plain}
    current_text = {"fields": dict(stored), "formats": formats}
    raise Stale(subject, {"current": current_text, "version": current})


def _too_big(most: int) -> str:
    return _(
        "This text is too long to be kept: at most %(most)s thousand characters, please.",
        most=number(most // 1000),
    )
