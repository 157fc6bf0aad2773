from __future__ import annotations

import pytest

from lti_tool.rules.redaction import finds, hidden, marked

OUT = '<span class="redacted">[out]</span>'


@pytest.mark.parametrize(
    ("html", "passage", "expected"),
    [
        ("<p>Mrs Smith said so.</p>", "Mrs Smith", f"<p>{OUT} said so.</p>"),
        ("<p>Mrs <b>Sm</b>ith said</p>", "mrs smith", f"<p>{OUT}<b></b> said</p>"),
        ("<p>Mrs</p><p>Smith</p>", "Mrs Smith", f"<p>{OUT}</p><p></p>"),
        ("<p>A &amp; B &lt;C&gt;</p>", "B <C>", f"<p>A &amp; {OUT}</p>"),
        ("<p>Ann, Ann and Bo</p>", "Ann", f"<p>{OUT}, {OUT} and Bo</p>"),
        ("<p>a\n  b</p>", "a b", f"<p>{OUT}</p>"),
        ("<p>nothing here</p>", "Mrs Smith", "<p>nothing here</p>"),
        ('<p><a href="https://smith.example">x</a></p>', "smith", None),
        ("<p>a+b (c)</p>", "a+b (c)", f"<p>{OUT}</p>"),
    ],
)
def test_a_passage_goes_wherever_it_stands(html: str, passage: str, expected: str | None) -> None:
    assert hidden(html, [passage], "[out]") == (html if expected is None else expected)
    assert finds(html, passage) is (expected is not None and expected != html)


def test_author_and_tutors_see_it_struck_out() -> None:
    shown = marked("<p>Mrs <b>Smith</b> said</p>", ["Mrs Smith"], "Peers do not see:")
    told = '<span class="visually-hidden">Peers do not see: </span>'
    first, second = f'<del class="redacted">{told}Mrs </del>', '<del class="redacted">Smith</del>'
    assert shown == f"<p>{first}<b>{second}</b> said</p>"


def test_a_single_letter_is_no_passage() -> None:
    assert not finds("<p>a b</p>", "a") and not finds("<p>a</p>", "  ")


def test_what_stands_instead_is_text() -> None:
    assert "<i>" not in hidden("<p>name</p>", ["name"], "<i>out</i>")


def test_a_link_that_is_taken_out_leads_nowhere_for_peers() -> None:
    """Its address may be just what should not be read; other links stay."""
    link = '<a href="https://b.example/smith" rel="nofollow">{}</a>'
    html = f"<p>{link.format('b.example/smith')} and {link.format('this')}</p>"
    shown = hidden(html, ["b.example/smith"], "[out]")
    assert shown == f"<p><a>{OUT}</a> and {link.format('this')}</p>"
    assert html.count("href") == marked(html, ["b.example/smith"], "No:").count("href")
