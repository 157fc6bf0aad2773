"""Reading a page as a browser does: its forms with their fields, its links, its text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

_VOID_TYPES = ("submit", "button", "image", "reset", "file")


class WalkError(Exception):
    """A page has not what the walk needs; the message holds its address, status and some text."""


@dataclass
class Form:
    """A form of a page: its target, its fields as (name, value) pairs, its choices and buttons."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    optional: set[str] = field(default_factory=set)

    @property
    def names(self) -> set[str]:
        """Return the names of all fields, unticked boxes included."""
        return {name for name, _ in self.fields} | set(self.choices) | self.optional

    def filled(self, values: dict[str, Any]) -> list[tuple[str, str]]:
        """Return the pairs to send: the page's own, replaced by ``values`` (a list for several)."""
        pairs = [(name, value) for name, value in self.fields if name not in values]
        for name, value in values.items():
            if value is None:
                continue
            each = value if isinstance(value, list | tuple) else [value]
            pairs += [(name, str(one)) for one in each]
        return pairs


class _PageReader(HTMLParser):
    """Collects forms, links, frames and the text of an HTML page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[dict[str, str]] = []
        self.frames: list[str] = []
        self.text: list[str] = []
        self._form: Form | None = None
        self._area = ""
        self._select = ""
        self._select_chosen = False
        self._link: dict[str, str] | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "form":
            self._form = Form(
                attributes.get("action", ""),
                attributes.get("method", "get").lower(),
                attributes=attributes,
            )
            self.forms.append(self._form)
        elif tag == "a" and "href" in attributes:
            self._link = {**attributes, "text": ""}
            self.links.append(self._link)
        elif tag == "iframe":
            self.frames.append(attributes.get("src", ""))
        else:
            self._field(tag, attributes)

    def _owner(self, attributes: dict[str, str]) -> Form | None:
        wanted = attributes.get("form")
        if wanted:
            return next((f for f in self.forms if f.attributes.get("id") == wanted), None)
        return self._form

    def _field(self, tag: str, attributes: dict[str, str]) -> None:
        form, name = self._owner(attributes), attributes.get("name", "")
        if form is None or "disabled" in attributes:
            return
        if tag == "input" and name:
            self._input(form, name, attributes)
        elif tag == "textarea" and name:
            self._area = name
            form.fields.append((name, ""))
        elif tag == "select" and name:
            self._select, self._select_chosen = name, False
            form.choices[name] = []
        elif tag == "option" and self._select:
            self._option(form, attributes)
        elif tag == "button" and attributes.get("type", "submit") == "submit":
            form.buttons.append((name, attributes.get("value", "")))

    def _input(self, form: Form, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "text").lower()
        if kind in ("submit", "image"):
            form.buttons.append((name, attributes.get("value", "")))
        elif kind in ("checkbox", "radio"):
            value = attributes.get("value", "on")
            form.choices.setdefault(name, []).append(value)
            if "checked" in attributes:
                form.fields.append((name, value))
        elif kind not in _VOID_TYPES:
            form.fields.append((name, attributes.get("value", "")))

    def _option(self, form: Form, attributes: dict[str, str]) -> None:
        value = attributes.get("value", "")
        first = not form.choices[self._select]
        form.choices[self._select].append(value)
        if first or ("selected" in attributes and not self._select_chosen):
            form.fields = [pair for pair in form.fields if pair[0] != self._select]
            form.fields.append((self._select, value))
        self._select_chosen = self._select_chosen or "selected" in attributes

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        elif tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            name, value = self._form.fields[-1]
            self._form.fields[-1] = (name, value + data)
        elif not self._silent:
            self.text.append(data)
            if self._link is not None:
                self._link["text"] += data


@dataclass
class Page:
    """A page as it arrived: the answer and what its HTML holds."""

    response: requests.Response
    forms: list[Form]
    links: list[dict[str, str]]
    frames: list[str]
    text: str

    @property
    def url(self) -> str:
        """Return the page's address after redirects."""
        return str(self.response.url)

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.response.status_code

    @property
    def html(self) -> str:
        """Return the page's source."""
        return self.response.text

    def form(self, *names: str, action: str = "") -> Form:
        """Return the first form that has all the named fields and an action with this part."""
        for form in self.forms:
            if set(names) <= form.names and action in form.action:
                return form
        raise WalkError(f"no form with {names or action} on {describe(self)}")

    def link(self, text: str = "", part: str = "") -> str:
        """Return the full address of the first link with this text and this part of an address."""
        for link in self.links:
            if text in " ".join(link["text"].split()) and part in link["href"]:
                return urljoin(self.url, link["href"])
        raise WalkError(f"no link {text or part} on {describe(self)}")


def read_page(response: requests.Response) -> Page:
    """Parse an answer as a page; something else than HTML becomes a page without forms."""
    reader = _PageReader()
    if "html" in response.headers.get("Content-Type", ""):
        reader.feed(response.text)
        reader.close()
    text = " ".join(" ".join(reader.text).split())
    return Page(response, reader.forms, reader.links, reader.frames, text)


def describe(page: Page) -> str:
    """Return a page's address, status and first words, for messages to developers."""
    return f"{page.url} ({page.status}): {page.text[:400]}"
