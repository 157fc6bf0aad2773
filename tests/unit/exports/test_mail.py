"""A letter as a mail: headers that end it with one click, text and HTML, either direction."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from lti_tool.exports.mail import Letter, Part, message

WRITTEN_AT = datetime(2026, 11, 10, 12, tzinfo=UTC)
STOP = f"https://miroir.example/mail/stop/{'0' * 32}.{'a' * 64}"


def letter(locale: str = "en", subject: str = "News") -> Letter:
    part = Part(
        title="Catalogues & co",
        paragraphs=("First <b>line</b>\nsecond line",),
        points=("A response came in.",),
        facts=(("Complete", "3"),),
        link="https://lms.example/course/2?a=1&b=2",
        link_label="Open it",
    )
    return Letter(locale, subject, (part,), "You asked for it.", "No more mails", STOP)


def test_a_mail_says_everything_twice_and_how_to_end_it() -> None:
    made = message(letter(), "miroir@example.org", "ana@lib.example", "k1", WRITTEN_AT)
    wire = made.as_bytes()
    assert f"\r\nList-Unsubscribe: <{STOP}>\r\n".encode() in wire
    assert wire.isascii()
    mail = message_from_bytes(wire, policy=default)
    assert mail["To"] == "ana@lib.example"
    assert mail["Message-ID"] == "<k1@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == f"<{STOP}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = mail.get_body(["plain"]), mail.get_body(["html"])
    assert plain and html
    text, page = plain.get_content(), html.get_content()
    for said in ("Catalogues & co", "- A response came in.", "Complete: 3", STOP):
        assert said in text
    assert "First &lt;b&gt;line&lt;/b&gt;<br>second line" in page
    assert 'href="https://lms.example/course/2?a=1&amp;b=2"' in page
    assert '<html lang="en" dir="ltr">' in page


def test_a_mail_runs_in_its_readers_direction() -> None:
    made = message(letter("ar", "أخبار"), "miroir@example.org", "a@lib.example", "k", WRITTEN_AT)
    assert made.as_bytes().isascii()
    mail = message_from_bytes(made.as_bytes(), policy=default)
    html = mail.get_body(["html"])
    assert mail["Subject"] == "أخبار"
    assert html
    assert '<html lang="ar" dir="rtl">' in html.get_content()
    assert "text-align: left" not in html.get_content()
    assert Letter.read(letter("ar").stored()) == letter("ar")


def test_no_header_is_smuggled_in() -> None:
    subject = "Hi\r\nBcc: all@lib.example"
    made = message(letter(subject=subject), "miroir@example.org", "a@b.example", "k", WRITTEN_AT)
    assert made["Bcc"] is None
    assert made["Subject"] == "Hi Bcc: all@lib.example"
    with pytest.raises(ValueError, match="invalid"):
        message(letter(), "miroir@example.org", "a@b.example\r\nBcc: x@y", "k", WRITTEN_AT)
