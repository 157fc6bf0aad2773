"""Links that were shared in the chat of a live session, as Zoom and BigBlueButton save it.

Only links and the words beside them are kept, with a number instead of a name; private messages,
addresses of people and ways into the meeting itself are left out. Formats: Zoom writes
``10:15:32 From Ana to Everyone:`` with the text on that line or indented below it, BigBlueButton
``[10:15] Ana : text``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from lti_tool.rules.pseudonyms import NAMES, SIDE, pseudonym

MOST_LINKS = 40
MOST_CHAT = 200_000
"""Characters of a chat that are read."""
MOST_WORDS = 300
"""Characters kept of the words beside a link."""
MOST_URL = 2000

_TIME = r"(?:\d{4}-\d\d-\d\d[ T])?\d{1,2}:\d\d(?::\d\d)?(?:\s?[AaPp]\.?[Mm]\.?)?"
_ZOOM = re.compile(
    rf"^{_TIME}\s+(?:From|De|Von)\s+(?P<who>.{{1,120}}?)"
    r"(?:\s+(?:to|à|a|an)\s+(?P<whom>.{1,120}?))?\s*:(?:\s+(?P<text>.*)|)$",
    re.IGNORECASE,
)
_BBB = re.compile(rf"^\[{_TIME}\]\s*(?P<who>[^:]{{1,120}}?)\s*:\s(?P<text>.*)$")
_EVERYONE = re.compile(
    r"^(everyone|all|tous|toutes?|tout le monde|alle|alla|todos)\b", re.IGNORECASE
)
_PRIVATE = re.compile(r"\((direct message|privately|message direct|privé)\)", re.IGNORECASE)
_NOISE = re.compile(r"^(Replying to |Reacted to |Removed a |.{1,60} (?:reacted|removed) )", re.I)
_URL = re.compile(r"https?://[^\s<>\"'“”«»]+", re.IGNORECASE)
_PERSONAL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|\+?\d(?:[\s./()-]?\d){7,}")
_MEETING = re.compile(
    r"(^|\.)(zoom\.us|zoom\.com|meet\.google\.com|teams\.microsoft\.com|teams\.live\.com)$"
)
_MEETING_PATH = re.compile(r"/bigbluebutton/|^/(b|rooms)/[\w-]+(/join)?/?$")
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id|igshid|email|token|key|pwd|sid)$", re.I)
_TRAILING = ".,;:!?)]}…"


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A link with the words of who shared it; ``sharer`` counts from 0 in order of appearance."""

    url: str
    words: str
    sharer: int


@dataclass(frozen=True, slots=True)
class _Message:
    who: str
    text: str


def read_chat(chat: str) -> tuple[SharedLink, ...]:
    """Return the links of a pasted chat, each once, in the order in which they were shared.

    What is not in a form that we know is read as the words of one unnamed person.
    """
    messages = _messages(chat[:MOST_CHAT])
    names = list(dict.fromkeys(message.who for message in messages if message.who))
    sharers: dict[str, int] = {}
    found: dict[str, SharedLink] = {}
    for message in messages:
        for url in filter(None, map(safe_url, _URL.findall(message.text))):
            if url not in found and len(found) < MOST_LINKS:
                sharer = sharers.setdefault(message.who, len(sharers))
                found[url] = SharedLink(url, _words(message.text, names), sharer)
    return tuple(found.values())


def safe_url(text: str) -> str:
    """Return an address without what tells who one is; "" for one that is not to be shared."""
    text = text.strip()
    while text and text[-1] in _TRAILING and not (text[-1] == ")" and "(" in text):
        text = text[:-1]
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or "." not in host or _leads_in(host, parts):
        return ""
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.match(name) and not _PERSONAL.search(value)
    ]
    netloc = f"{host}:{port}" if port else host
    kept = urlunsplit((parts.scheme.lower(), netloc, parts.path, urlencode(query), parts.fragment))
    return kept if len(kept) <= MOST_URL else ""


def sharer_name(sharer: int, locale: str) -> str:
    """Return the pseudonym of who shared a link, in the activity's language."""
    return pseudonym((sharer * (SIDE + 1) + SIDE // 3) % NAMES, locale)


def _leads_in(host: str, parts: SplitResult) -> bool:
    """Tell an address of the meeting itself, or of its recording."""
    return bool(_MEETING.search(host)) or bool(_MEETING_PATH.search(parts.path))


def _messages(chat: str) -> list[_Message]:
    """Return what was said to everybody; lines that begin no message go on with the last."""
    found: list[_Message] = []
    private = False
    for line in chat.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        start = _ZOOM.match(line.strip()) or _BBB.match(line.strip())
        if start is not None:
            said = start.groupdict()
            private = _is_private(line, said.get("whom") or "")
            if not private:
                found.append(_Message(_name(said["who"]), said["text"] or ""))
        elif not private and found:
            found[-1] = _Message(found[-1].who, f"{found[-1].text}\n{line.strip()}")
        elif not private and line.strip():
            found.append(_Message("", line.strip()))
    return found


def _is_private(line: str, whom: str) -> bool:
    return bool(_PRIVATE.search(line)) or bool(whom and not _EVERYONE.match(whom.strip()))


def _name(written: str) -> str:
    return " ".join(written.split()).strip(" ,")


def _words(text: str, names: Iterable[str]) -> str:
    """Return the words beside links, without addresses, names of who was there, and noise."""
    lines = [line for line in text.split("\n") if not _NOISE.match(line.strip())]
    words = _PERSONAL.sub(" … ", _URL.sub(" ", " ".join(lines)))
    parts = {part for name in names for part in (name, *name.split()) if len(part) > 2}
    said = _folded(words)
    for part in sorted((one for one in parts if _folded(one) in said), key=len, reverse=True):
        words = re.sub(rf"@?\b{re.escape(part)}\b", "…", words, flags=re.IGNORECASE)
    words = " ".join(words.split()).strip(" :–—-")
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1].rstrip() + "…"


def _folded(text: str) -> str:
    """Return a text without case, with one letter i: as patterns that ignore case see it."""
    return text.casefold().replace("\u0131", "i").replace("i\u0307", "i")
