"""Links from a pasted chat: nobody's name, no private message, no way into the meeting."""

from __future__ import annotations

import time

import pytest

from lti_tool.rules.chat_links import MOST_CHAT, MOST_LINKS, SharedLink, read_chat, safe_url

ZOOM = """10:15:32 From Ana María López to Everyone:
\tThis guide helped us: https://example.org/guide?utm_source=zoom&page=2.
\tAsk ana@school.example or +33 6 12 34 56 78
10:16:01 From Ben Okoro to Ana María López (Direct Message):
\tmy salary: https://private.example/pay
\tgoes on
10:17:40 From Ben Okoro to Everyone:
\tReplying to "This guide helped..."
\tThanks Ana, see also https://example.org/more
10:18:02 From Ana María López to Everyone:
\thttps://example.org/more
10:18:30 From Ben Okoro to Everyone:
\tjoin here https://eu.zoom.us/j/123456?pwd=abc
"""
OLD_ZOOM = "14:02:11\t From Ana : see https://example.org/a\n14:02:20 From Ben : nothing\n"
BBB = """[10:15] Ana López : See https://example.org/guide (page 3)
[10:16] Ben: and @Ana: http://example.net/x_(y)
and more words
[10:17] Moderator : https://bbb.example.org/b/ana-abc-def
"""


def test_zoom_chats_give_links_without_names_and_private_messages() -> None:
    assert read_chat(ZOOM) == (
        SharedLink("https://example.org/guide?page=2", "This guide helped us: Ask … or …", 0),
        SharedLink("https://example.org/more", "Thanks …, see also", 1),
    )


def test_older_zoom_chats_say_no_addressee() -> None:
    assert read_chat(OLD_ZOOM) == (SharedLink("https://example.org/a", "see", 0),)


def test_bigbluebutton_chats_give_links() -> None:
    assert read_chat(BBB) == (
        SharedLink("https://example.org/guide", "See (page 3)", 0),
        SharedLink("http://example.net/x_(y)", "and …: and more words", 1),
    )


def test_a_list_of_addresses_is_read_as_well() -> None:
    (link,) = read_chat("https://example.org/guide")
    assert (link.words, link.sharer) == ("", 0)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://example.org/a?email=me%40x.org&b=1", "https://example.org/a?b=1"),
        ("https://user:secret@Example.org/a", "https://example.org/a"),
        ("https://example.org:8443/a).", "https://example.org:8443/a"),
        ("https://localhost/a", ""),
        ("javascript:alert(1)", ""),
        ("https://[broken", ""),
        ("https://teams.microsoft.com/l/meetup-join/1", ""),
        ("https://example.org/" + "x" * 2000, ""),
    ],
)
def test_an_address_tells_nothing_of_who_shared_it(written: str, kept: str) -> None:
    assert safe_url(written) == kept


def test_odd_and_long_chats_are_read_quickly() -> None:
    began = time.process_time()
    many = "".join(f"[10:15] A : https://example.org/{n}\n" for n in range(99))
    assert len(read_chat(many)) == MOST_LINKS
    for odd in (
        "10:15:32 From " + " to" * 60_000,
        "a@" * 100_000,
        "\x00",
        "[10:15] " + "x" * 199_000,
    ):
        assert read_chat(odd[:MOST_CHAT]) == ()
    assert time.process_time() - began < 2


def test_a_chat_of_thousands_of_people_is_read_in_a_moment() -> None:
    said = "10:15:32 From Pat{0} Quin{0} to Everyone: https://a.example/{0} Pat{0}"
    lines = (said.format(number) for number in range(2500))
    begun = time.process_time()
    links = read_chat("\n".join(lines))
    assert time.process_time() - begun < 2
    assert len(links) == MOST_LINKS and {link.words for link in links} == {"…"}


@pytest.mark.parametrize(("name", "said"), [("Kad\u0131", "KADI"), ("\u0130zzet", "izzet")])
def test_names_are_left_out_however_their_letters_are_written(name: str, said: str) -> None:
    chat = f"10:15:32 From {name} to Everyone: thanks {said} https://a.example/1"
    assert [link.words for link in read_chat(chat)] == ["thanks …"]
