from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.rich_text import (
    accept,
    clean,
    count_words,
    counts_characters,
    from_text,
    storable,
    to_text,
)

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<p onclick="alert(1)">text</p>',
    '<a href="javascript:alert(1)">text</a>',
    '<a href=" java\tscript:alert(1)">text</a>',
    '<a href="data:text/html,<script>alert(1)</script>">text</a>',
    '<svg><animate onbegin="alert(1)"/></svg>',
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    '<p style="background:url(javascript:alert(1))">text</p>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=https://evil.example><button>text</button></form>",
    '<p class="btn btn-primary" id="f-x">text</p>',
]


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_active_survives(html: str) -> None:
    safe = clean(html)
    for word in ("<script", "alert(1)</", "onerror=", "onclick=", "javascript:", "style", "<form"):
        assert word not in safe.lower()
    assert "class=" not in safe
    assert "id=" not in safe


def test_structure_survives() -> None:
    html = (
        "<h3>One</h3><p>a <b>b</b> <i>c</i><br>d</p><ul><li>e</li></ul><blockquote>f</blockquote>"
    )
    assert clean(html) == html


def test_a_link_opens_elsewhere_and_vouches_for_nothing() -> None:
    safe = clean('<p><a href="https://example.org/a">see</a></p>')
    assert 'rel="nofollow noopener"' in safe
    assert 'target="_blank"' in safe
    assert 'href="https://example.org/a"' in safe


def test_language_and_direction_survive_only_if_they_are_one() -> None:
    assert clean('<p lang="ar" dir="rtl">نص</p>') == '<p lang="ar" dir="rtl">نص</p>'
    assert clean('<p lang="!!" dir="sideways">x</p>') == "<p>x</p>"


@pytest.mark.parametrize("html", ["", "<p><br></p>", "<p>&nbsp;</p>", " <div> </div> "])
def test_a_text_without_words_is_empty(html: str) -> None:
    assert clean(html) == ""


def test_plain_text_keeps_its_lines_and_means_no_markup() -> None:
    assert from_text("One <b>\r\ntwo\n\n\nthree & four") == (
        "<p>One &lt;b&gt;<br>two</p><p>three &amp; four</p>"
    )
    assert accept("<b>x</b>", "") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"
    assert accept("<b>x</b>", "html") == "<b>x</b>"


def test_html_reads_as_text() -> None:
    html = "<h3>Title</h3><p>a<br>b &amp; c</p><ul><li>one</li><li>two</li></ul><p>end</p>"
    assert to_text(html) == "Title\n\na\nb & c\n\n- one\n- two\n\nend"


@pytest.mark.parametrize(
    ("html", "locale", "count"),
    [
        ("<p>Two words</p>", "en", 2),
        ("<p>one</p><p>two</p>", "en", 2),
        ("<ul><li>one</li><li>two three</li></ul>", "fr", 3),
        ("<p>l’école – c’est * loin !</p>", "fr", 3),
        ("<p>كتبت هذا اليوم</p>", "ar", 3),
        ("<p>今天我学习了。</p>", "zh", 6),
        ("<p>今天 2 次</p>", "zh-Hans", 4),
        ("<p>今日は、学んだ</p>", "ja_JP", 6),
        ("", "en", 0),
    ],
)
def test_words_are_counted_as_their_language_does(html: str, locale: str, count: int) -> None:
    assert count_words(html, locale) == count


def test_which_languages_count_characters() -> None:
    assert counts_characters("zh_CN")
    assert not counts_characters("ar")


def test_what_no_database_keeps_is_taken_out() -> None:
    assert storable("a\x00b\ud800c\x07\r\nd\te") == "abc\nd\te"


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(st.text(max_size=200))
def test_plain_text_is_always_safe_to_show(text: str) -> None:
    html = from_text(text)
    assert to_text(clean(html)) == to_text(html)
    assert set(html.replace("<p>", "").replace("</p>", "").replace("<br>", "")) & {"<"} == set()


def test_deep_nesting_does_no_harm() -> None:
    assert to_text(clean("<blockquote>" * 8000 + "deep")) == "deep"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 40_000,
        "<ul><li>" * 20_000,
        "<rt>" * 50_000,
        "<div></p>" * 20_000,
        "<DIV>" * 40_000,
        "&" * 1_000_000,
        "<p " + " ".join(f"a{number}" for number in range(80_000)) + ">",
        "".join(f"<x{number}>" for number in range(30_000)),
    ],
)
def test_no_markup_takes_a_parser_minutes(html: str) -> None:
    began = time.process_time()
    assert to_text(clean(f"{html}word")).endswith("word")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("href", ["/s/x", "//evil.example", "language", "?said=saved", "#f"])
def test_a_link_within_our_own_site_is_none(href: str) -> None:
    assert "href" not in clean(f'<a href="{href}">here</a>')


def test_a_long_text_of_many_paragraphs_stays_as_it_is() -> None:
    html = "<p>One <strong>word</strong><br>and more</p>" * 2_000
    assert clean(html) == html


def test_the_address_of_a_session_is_no_link() -> None:
    address = f"https://miroir.example/s/{'h' * 43}/activities/1"
    assert "href" not in clean(f'<p><a href="{address}">mine</a></p>')
    assert "href" in clean('<p><a href="https://news.example/s/story/1">a story</a></p>')
