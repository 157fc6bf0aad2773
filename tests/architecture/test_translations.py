"""Every language has every text, with the same places to fill."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

import lti_tool
from lti_tool.i18n import LOCALES
from tools import translations


@pytest.fixture(scope="module")
def template() -> Catalog:
    return translations.extract()


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_a_language_is_complete(language: str, template: Catalog) -> None:
    assert translations.faults(language, template) == []


def test_a_missing_text_is_found(template: Catalog) -> None:
    more = translations.extract()
    more.add("A text that nobody has translated")
    assert len(translations.faults("fr", more)) == len(translations.faults("fr", template)) + 1


def test_all_languages_of_the_product_have_a_catalogue() -> None:
    assert set(LOCALES) - {"en"} == set(translations.LANGUAGES)


def test_no_text_hides_where_the_extraction_does_not_look() -> None:
    """A call within an f-string is not found, and its text stays English for everybody."""
    package = Path(lti_tool.__file__).parent
    hidden = [
        f"{file.relative_to(package)}:{call.lineno}"
        for file in sorted(package.rglob("*.py"))
        for text in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("_", "ngettext")
    ]
    assert hidden == []
