"""What templates may use: filters."""

from __future__ import annotations

import pytest

from lti_tool import i18n
from lti_tool.views.render import listing


@pytest.mark.parametrize(
    ("locale", "shown"),
    [("en", "A, B, and C"), ("fr", "A, B et C"), ("ar", "A وB وC")],
)
def test_things_are_listed_in_the_readers_way(locale: str, shown: str) -> None:
    with i18n.use(locale):
        assert listing("ABC").replace("<bdi>", "").replace("</bdi>", "") == shown


def test_what_is_listed_is_escaped_and_keeps_its_direction() -> None:
    with i18n.use("en"):
        assert listing(["<b>", "{0}"]) == "<bdi>&lt;b&gt;</bdi> and <bdi>{0}</bdi>"
