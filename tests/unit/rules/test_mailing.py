"""When Miroir writes, to which addresses, by which server, and where mails lead."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lti_tool.rules.lms_links import activity_address, course_address
from lti_tool.rules.mail_servers import MailServer, parse
from lti_tool.rules.mailing import next_moment, next_summary, usable, zone_of
from lti_tool.rules.placeholders import said
from lti_tool.rules.vocabulary import PlatformFamily

ALGIERS = ZoneInfo("Africa/Algiers")  # an hour before UTC, the whole year


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ALGIERS)


@pytest.mark.parametrize(
    ("now", "mailed_at", "expected"),
    [
        (at(12), None, at(12)),
        (at(7), None, at(7)),
        (at(6, 59), None, at(7)),
        (at(20), None, at(7, day=11)),
        (at(19, 59), None, at(19, 59)),
        (at(12), at(8), at(7, day=11)),
        (at(12), at(23, day=9), at(12)),
        (at(21), at(8), at(7, day=11)),
        (at(21), at(8, day=11), at(7, day=12)),
        (at(3), at(8, day=9), at(7)),
    ],
)
def test_one_mail_a_day_and_none_at_night(
    now: datetime, mailed_at: datetime | None, expected: datetime
) -> None:
    assert next_moment(now.astimezone(UTC), ALGIERS, mailed_at) == expected


def test_the_summary_comes_on_mondays() -> None:
    assert next_summary(at(12), ALGIERS) == at(8, day=16)  # the 10th is a Tuesday
    assert next_summary(at(7, day=16), ALGIERS) == at(8, day=16)
    assert next_summary(at(8, day=16), ALGIERS) == at(8, day=23)
    assert zone_of("Africa/Algiers") == ALGIERS
    assert at(8).astimezone(zone_of("Mars/Olympus")).utcoffset() is not None


@pytest.mark.parametrize("address", ["a@b.example", "o'neil+x@b.example", "a@[192.0.2.1]"])
def test_addresses_that_can_be_written_to(address: str) -> None:
    assert usable(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b",
        "a@",
        "a@b, c@d",
        "a@b\r\nBcc: c@d",
        "a b@c",
        "<a@b>",
        "a@b" + "x" * 260,
        "é@b.example",
    ],
)
def test_addresses_that_are_none(address: str) -> None:
    assert not usable(address)


def test_servers() -> None:
    server = parse("smtp://miroir:s%40fe@mail.example.org?from=miroir@example.org")
    assert (server.host, server.port, server.password) == ("mail.example.org", 587, "s@fe")
    assert (server.encrypted, server.plain) == (False, False)
    assert parse("smtps://mail.example.org?from=a@b.c").port == 465
    assert parse("smtp://127.0.0.1:2525?from=a@b.c").plain
    assert parse("file:///var/mail/miroir") == MailServer(
        "miroir@localhost", folder=Path("/var/mail/miroir")
    )


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://mail.example.org", "must start with smtp"),
        ("smtp://mail.example.org", "needs [?]from="),
        ("smtp://mail.example.org?from=nobody", "needs [?]from="),
        ("smtp://?from=a@b.c", "must be like"),
        ("smtp://mail.example.org:port?from=a@b.c", "cannot be read"),
        ("smtp://mail.example.org?from=a@b.c&starttls=1", "knows only"),
        ("smtp://u:secret@mail.example.org?from=a@b.c&tls=off", "unencrypted"),
        ("file://folder", "must name a folder"),
    ],
)
def test_bad_servers_are_told_without_their_secrets(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as error:
        parse(url)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("family", "return_url", "kept"),
    [
        (PlatformFamily.MOODLE, "https://m.example/mod/lti/return.php?sesskey=1", ""),
        (
            PlatformFamily.CANVAS,
            "https://c.example/courses/12/external_content/success",
            "https://c.example/courses/12",
        ),
        (PlatformFamily.GENERIC, "https://l.example/course/2", "https://l.example/course/2"),
        (PlatformFamily.GENERIC, "https://l.example/back?token=1", "https://l.example"),
        (PlatformFamily.GENERIC, "javascript:alert(1)", ""),
    ],
)
def test_what_is_kept_of_the_way_back(family: PlatformFamily, return_url: str, kept: str) -> None:
    assert course_address(family, return_url) == kept


def test_where_mails_lead() -> None:
    moodle = PlatformFamily.MOODLE, "https://m.example"
    assert activity_address(*moodle, "4", "17", "") == "https://m.example/mod/lti/view.php?l=17"
    assert activity_address(*moodle, "4", "a17", "") == "https://m.example/course/view.php?id=4"
    assert activity_address(*moodle, "x", "y", "") == ""
    generic = PlatformFamily.GENERIC, "https://l.example"
    assert activity_address(*generic, "4", "17", "https://l.example/c/4") == "https://l.example/c/4"


def test_a_placeholder_without_a_value_goes_with_its_blank() -> None:
    assert said("Hello {name}, see {activity}.", {"name": "", "activity": "A"}) == "Hello, see A."
    assert said("Hello {name},", {"name": "Ana"}) == "Hello Ana,"
