"""Link headers as platforms write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.links import next_page, parse

MOODLE = (
    "<https://m.example/mod/lti/services.php/2/lineitems?limit=1&amp;from=1&amp;type_id=3>;"
    " rel=“next”"
)


@pytest.mark.parametrize(
    ("header", "url"),
    [
        ('<https://a.example/?page=2>; rel="next"', "https://a.example/?page=2"),
        ("<https://a.example/?page=2>; rel=next", "https://a.example/?page=2"),
        ('<https://a.example/?p=1>; title="a, b"; rel="next"', "https://a.example/?p=1"),
        (
            '<https://a.example/1>; rel="first", <https://a.example/2>; REL="Next last"',
            "https://a.example/2",
        ),
        (
            '<https://c.example/api?page=bookmark:WyJBYkMi>;rel="next"',
            "https://c.example/api?page=bookmark:WyJBYkMi",
        ),
        ("< https://a.example/2 > ; rel='next'", None),
        (MOODLE, "https://m.example/mod/lti/services.php/2/lineitems?limit=1&from=1&type_id=3"),
        (
            MOODLE.encode().decode("latin-1"),
            "https://m.example/mod/lti/services.php/2/lineitems?limit=1&from=1&type_id=3",
        ),
        ("<https://a.example/?a=1&copy=2>; rel=next", "https://a.example/?a=1&copy=2"),
        ('<https://a.example/2>; rel="prev"', None),
        ("", None),
        ("nonsense", None),
        ("<>; rel=next", None),
    ],
)
def test_next_page(header: str, url: str | None) -> None:
    assert next_page(header) == url


def test_the_first_of_a_relation_counts() -> None:
    assert parse('<1>; rel="next", <2>; rel="next", <3>; rel=prev') == {"next": "1", "prev": "3"}


@given(st.text())
def test_any_text_is_survived(header: str) -> None:
    parse(header)
