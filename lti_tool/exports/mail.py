"""A letter as a mail: as plain text and as HTML, in the reader's language and direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import Any, Self

from jinja2 import Environment, FileSystemLoader, Template

from lti_tool import i18n

FOLDER = Path(__file__).parents[1] / "templates" / "mail"
LINE = 76
LONGEST_SUBJECT = 200


class _Wire(EmailPolicy):
    """How mails are written: ASCII, since not every server takes more, and long links whole.

    Folded, a long address would be cut into encoded words, which mail programs do not read in
    List-Unsubscribe.
    """

    def fold(self, name: str, value: str) -> str:
        """Return a header as it is sent."""
        if name == "List-Unsubscribe":
            return f"{name}: {value}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the same as bytes."""
        return self.fold(name, value).encode("ascii")


WIRE = _Wire(linesep="\r\n", cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Part:
    """A section: what it is about, paragraphs, points, facts with their values, where to go on."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    link: str = ""
    link_label: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to one person, in words of the language ``locale``."""

    locale: str
    subject: str
    parts: tuple[Part, ...]
    why: str
    """Why they get it."""
    stop_label: str
    stop_url: str = ""
    """Where they end it without logging in; known when it is sent, and never stored."""

    def stored(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Return a letter from what ``stored`` gave."""
        parts = tuple(
            Part(
                title=part["title"],
                paragraphs=tuple(part["paragraphs"]),
                points=tuple(part["points"]),
                facts=tuple((label, value) for label, value in part["facts"]),
                link=part["link"],
                link_label=part["link_label"],
            )
            for part in stored["parts"]
        )
        names = ("locale", "subject", "why", "stop_label", "stop_url")
        return cls(parts=parts, **{name: stored[name] for name in names})


def message(
    letter: Letter, sender: str, recipient: str, key: str, written_at: datetime
) -> EmailMessage:
    """Return a letter as a mail.

    ``key`` makes its Message-ID: sent twice, mail programs show it once. It says that a machine
    wrote it (RFC 3834), and how to end such mails with one click (RFC 2369, RFC 8058). Raises
    ValueError for an address that is none.
    """
    mail = EmailMessage(policy=WIRE)
    host = sender.rpartition("@")[2]
    mail["From"] = Address("Miroir", addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = " ".join(letter.subject.split())[:LONGEST_SUBJECT]
    mail["Date"] = written_at
    mail["Message-ID"] = f"<{key}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<{letter.stop_url}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Content-Language"] = letter.locale
    mail.set_content(plain(letter))
    mail.add_alternative(html(letter), subtype="html")
    return mail


def plain(letter: Letter) -> str:
    """Return a letter as plain text."""
    blocks: list[str] = []
    for part in letter.parts:
        blocks += [f"{part.title}\n{'-' * min(len(part.title), LINE)}"] if part.title else []
        blocks += [_wrapped(text) for text in part.paragraphs]
        blocks += ["\n".join(_wrapped(f"- {point}", "  ") for point in part.points)]
        blocks += ["\n".join(f"{label}: {value}" for label, value in part.facts)]
        blocks += [f"{part.link_label}:\n{part.link}" if part.link else part.link_label]
    blocks += ["--", _wrapped(letter.why), f"{letter.stop_label}:\n{letter.stop_url}"]
    return "\n\n".join(block for block in blocks if block) + "\n"


def html(letter: Letter) -> str:
    """Return a letter as a page, without anything that would have to be fetched."""
    direction = i18n.direction(letter.locale)
    return _template().render(letter=letter, direction=direction)


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True)
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment.get_template("letter.html")


def _wrapped(text: str, indent: str = "") -> str:
    """Break lines at blanks; those that the writer made stay."""
    return "\n".join(
        fill(line, LINE, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    )
