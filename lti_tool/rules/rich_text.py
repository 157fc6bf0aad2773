"""What people write: sanitising it, turning plain text into it, counting its words.

Only what ``clean`` or ``from_text`` returned is ever stored as HTML, so pages may show stored HTML
as it is.
"""

from __future__ import annotations

import html as entities
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

import nh3

TAGS = frozenset(
    {"p", "br", "div", "strong", "em", "b", "i", "a", "ul", "ol", "li", "blockquote"}
    | {"h2", "h3", "h4", "pre", "code"}
)
_ATTRIBUTES: dict[str, set[str]] = {"*": {"lang", "dir"}, "a": {"href"}}
_DIRECTIONS = frozenset({"ltr", "rtl", "auto"})
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_FULL_ADDRESS = re.compile(r"https?://|mailto:", re.IGNORECASE)
_SESSION_ADDRESS = re.compile(r"/s/[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
_ANY_TAG = re.compile(r"<(/?)([a-z][^\s/>]{0,20})")
_PLAIN_TAG = re.compile(r"<[^<>]*>")
_EMPTY = frozenset({"br", "hr", "img", "input", "wbr", "col", "meta", "link"})
MAX_HTML = 200_000
"""Characters; the longest text that is stored has 100,000."""
MAX_DEPTH = 500
_COUNTED_BY_CHARACTER = frozenset({"zh", "ja"})

_LINE_BREAK = re.compile(r"<br[^>]*>|</li>")
_ITEM = re.compile(r"<li[^>]*>")
_BLOCK_END = re.compile(r"</(?:p|div|h2|h3|h4|blockquote|pre|ul|ol)>")
_TAG = re.compile(r"<[^>]*>")
_MANY_BREAKS = re.compile(r"\n{3,}")
_LINK = re.compile(r'<a\b[^>]*?\bhref="(?P<url>https?://[^"]+)"[^>]*>(?P<words>.*?)</a>', re.DOTALL)
_PARAGRAPHS = re.compile(r"\n\s*\n")


def storable(text: str) -> str:
    r"""Return ``text`` without what a database refuses or no reader sees.

    Takes out control characters (PostgreSQL keeps no NUL) and halves of surrogate pairs; line ends
    become ``\n``.
    """
    text = text.encode("utf-8", "ignore").decode().replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def clean(html: str) -> str:
    """Return ``html`` with nothing in it but text, simple structure and safe links.

    The empty string if there is no text in it. Links open in a new tab: most pages stand in
    somebody else's frame. What no editor makes (elements in hundreds of others, texts far beyond
    what is ever stored) loses its tags: a parser would need minutes for it.
    """
    if len(html) > MAX_HTML or _deepest(html) > MAX_DEPTH:
        return from_text(_PLAIN_TAG.sub("", html))
    safe = nh3.clean(
        storable(html),
        tags=set(TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return safe.strip() if to_text(safe) else ""


def _deepest(html: str) -> int:
    """Return how deep elements lie in each other at most, if none ends but by its own end tag."""
    still_open: Counter[str] = Counter()
    depth = deepest = 0
    for end, name in _ANY_TAG.findall(html.lower()):
        step = 0 if name in _EMPTY else 1
        if end:
            step = -1 if still_open[name] else 0
        still_open[name] += step
        depth += step
        deepest = max(deepest, depth)
    return deepest


def _keep_attribute(_tag: str, name: str, value: str) -> str | None:
    """Refuse languages and directions that are none, and links within our own site."""
    if name == "dir":
        return value if value in _DIRECTIONS else None
    if name == "lang":
        return value if _LANGUAGE_TAG.fullmatch(value) else None
    if name == "href":
        # Who pastes the address of a page of theirs must not hand their session to readers.
        refused = _SESSION_ADDRESS.search(value) or not _FULL_ADDRESS.match(value)
        return None if refused else value
    return value


def from_text(plain: str) -> str:
    """Return plain text as HTML: an empty line begins a paragraph, a line end stays one."""
    parts = _PARAGRAPHS.split(storable(plain).strip())
    return "".join(
        f"<p>{entities.escape(part.strip(), quote=False).replace(chr(10), '<br>')}</p>"
        for part in parts
        if part.strip()
    )


def accept(written: str, form: str) -> str:
    """Return what a form sent, ready to be stored; ``form`` is ``html`` or else plain text."""
    return clean(written) if form == "html" else from_text(written)


def to_text(html: str) -> str:
    """Return sanitised HTML as plain text, for fields without an editor and for counting."""
    text = _BLOCK_END.sub("\n\n", _LINE_BREAK.sub("\n", html.replace("\n", " ")))
    text = entities.unescape(_TAG.sub("", _ITEM.sub("- ", text)))
    lines = "\n".join(line.strip() for line in text.split("\n"))
    return _MANY_BREAKS.sub("\n\n", lines).strip()


def hosts_shown(html: str, titles: Mapping[str, str]) -> str:
    """Return sanitised HTML with the host behind each link, and its title where one is known.

    A link whose words are its address already says where it leads. Hosts of other scripts are
    shown as they are spelled on the wire, so that look-alikes do not pass for what they imitate.
    """

    def behind(link: re.Match[str]) -> str:
        url = entities.unescape(link["url"])
        host, title = _host(url), titles.get(url, "")
        if not host or (not title and host in to_text(link["words"]).lower()):
            return link[0]
        named = f"<bdi>{entities.escape(title)}</bdi> – " if title else ""
        told = f"({named}<bdi>{entities.escape(host)}</bdi>)"
        return f'{link[0]} <span class="link-host">{told}</span>'

    return _LINK.sub(behind, html)


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
        return host.encode("idna").decode().removeprefix("www.")
    except ValueError:
        return ""


def count_words(html: str, locale: str) -> int:
    """Count the words of sanitised HTML; for Chinese and Japanese, its letters and digits.

    A word is a run between spaces with a letter or a digit in it, so that dashes, stars and emoji
    alone count for nothing.
    """
    text = to_text(html)
    if counts_characters(locale):
        return sum(character.isalnum() for character in text)
    return sum(any(character.isalnum() for character in word) for word in text.split())


def counts_characters(locale: str) -> bool:
    """Return whether lengths of texts in ``locale`` are given in characters."""
    return locale.replace("_", "-").split("-")[0].lower() in _COUNTED_BY_CHARACTER
