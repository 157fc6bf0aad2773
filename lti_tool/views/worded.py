"""Templates of each language: those of the application, with the texts of that language in them.

A text into which nothing is filled is looked up once, when its template is compiled, and stands in
it like the markup around it: fifty look-ups cost a page more than all of its statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from flask import Flask, current_app
from jinja2 import Environment, Template
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from lti_tool import i18n

KEPT = "miroir.templates"
CALL = ("name", "lparen", "string", "rparen")
"""The tokens of ``_("…")``."""


class _Worded(Extension):
    """Puts translations in the place of ``_("…")``."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Return a template's tokens, with such calls replaced by their text, marked as safe."""
        tokens, place = list(stream), 0
        while place < len(tokens):
            call = tokens[place : place + len(CALL)]
            if tuple(token.type for token in call) == CALL and call[0].value == "_":
                yield from _text(call[2])
                place += len(CALL)
            else:
                yield tokens[place]
                place += 1


def _text(message: Token) -> Iterator[Token]:
    """Return the tokens of ``("…"|safe)``, which Jinja makes a constant."""
    line = message.lineno
    yield Token(line, "lparen", "(")
    yield Token(line, "string", str(worded(message.value)))
    yield Token(line, "pipe", "|")
    yield Token(line, "name", "safe")
    yield Token(line, "rparen", ")")


def worded(message: str) -> Markup:
    """Return a translation as HTML, as it stands in a page that fills nothing into it."""
    return html(message) % {}


def html(message: str) -> Markup:
    """Return a translation as HTML; values that are filled into it are escaped."""
    return Markup(i18n.gettext(message))  # noqa: S704  (our own text)


def template(name: str) -> Template:
    """Return a template in the language in force."""
    environments = cast(dict[str, Environment], current_app.extensions[KEPT])
    return environments[i18n.current()].get_template(name)


def init_app(app: Flask) -> None:
    """Give ``app`` an environment of templates for each language."""
    env = app.jinja_env
    app.extensions[KEPT] = {tag: env.overlay(extensions=[_Worded]) for tag in i18n.LOCALES}
