"""A credential as Open Badges 3.0 wants it: its parts, its status list, its picture."""

from __future__ import annotations

from typing import Any

import pytest
from defusedxml import ElementTree
from jsonschema import Draft202012Validator
from openbadgeslib.ob3.status import decode_encoded_list
from openbadgeslib.ob3.verifier import OB3Verifier

from lti_tool.exports import open_badges, status_lists
from lti_tool.exports.badge_pictures import picture
from lti_tool.rules.credentials import still_holds
from tests.factories.credentials import AT, badge
from tests.support.open_badges import ACHIEVEMENT_CREDENTIAL

SVG = "{http://www.w3.org/2000/svg}"


def wrong_in(document: dict[str, Any]) -> list[str]:
    found = Draft202012Validator(ACHIEVEMENT_CREDENTIAL).iter_errors(document)
    return [error.message for error in found]


def test_it_is_what_the_specification_describes() -> None:
    document = open_badges.credential(badge(name="Aïcha", email="A@Example.org ", salt="Kosher"))
    assert wrong_in(document) == []
    subject = document["credentialSubject"]
    email, name = subject["identifier"]
    # The example of the specification (IdentityHash): a@example.comKosher, hashed in the same way.
    assert email["identityHash"] == open_badges.email_hash("a@example.org", "Kosher")
    assert (
        open_badges.email_hash("a@example.com", "Kosher")
        == "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
    )
    assert (name["identityHash"], name["hashed"]) == ("Aïcha", False)
    told = open_badges.claims(document)
    assert told["nbf"] == int(AT.timestamp()) and document["validFrom"] == "2026-03-01T12:00:00Z"
    assert told["jti"] == document["id"] and told["sub"] == subject["id"]
    assert "identifier" not in open_badges.credential(badge())["credentialSubject"]


def test_our_schema_notices_what_is_wrong() -> None:
    document: dict[str, Any] = open_badges.credential(badge())
    del document["credentialSubject"]["achievement"]["criteria"]
    document["@context"].reverse()
    assert len(wrong_in(document)) >= 2


def test_another_library_reads_the_list_and_the_picture() -> None:
    bits = decode_encoded_list(status_lists.encoded([0, 94, status_lists.BITS - 1]))
    held = [n for n in range(status_lists.BITS) if bits[n // 8] & (0x80 >> n % 8)]
    assert held == [0, 94, status_lists.BITS - 1]
    document = open_badges.credential(badge())
    drawn = picture("a.b.c", document, ("confirmed", "today"), "rtl")
    assert OB3Verifier.extract_token_from_svg(drawn.encode()) == "a.b.c"
    texts = [one.text for one in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert "Finds & judges <sources>, with" in texts and texts[-1] == "today"


def test_no_character_breaks_the_picture() -> None:
    document = open_badges.credential(badge("Reads\x01 a\ufffe sign \ud800\U0001f4d6"))
    drawn = picture("a.b.c", document, ("\x1b", "\x00today"), "ltr")
    texts = [one.text for one in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert texts == ["Reads a sign \U0001f4d6", "Does", None, "today"]


def test_a_list_is_good_at_once_where_clocks_differ() -> None:
    told = status_lists.claims("https://a.example/1", "https://a.example", [], AT)
    assert told["nbf"] < AT.timestamp() - 60 and told["exp"] > AT.timestamp()


@pytest.mark.parametrize(
    ("stated", "confirmed", "holds"), [(2, 2, True), (2, 3, True), (2, 1, False), (2, None, False)]
)
def test_a_credential_holds_until_the_level_is_lowered(
    stated: int, confirmed: int | None, holds: bool
) -> None:
    assert still_holds(stated, confirmed) is holds
