"""Origins: what may stand in a header."""

from __future__ import annotations

import pytest

from lti_tool.lti.platform import frame_ancestors, origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://lms.example/a?b#c", "https://lms.example"),
        ("http://localhost:5001/x", "http://localhost:5001"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
        ("https://user:secret@lms.example/", "https://lms.example"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://", ""),
        ("https://a b/", ""),
        ("https://lms.example; script-src *", ""),
        ("https://'self'/", ""),
        ("https://lms.example:port/", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_origin(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_frame_ancestors_come_from_all_sides_once() -> None:
    found = frame_ancestors(
        "https://sso.example/auth", ["https://extra.example"], ["https://sso.example", "nonsense"]
    )
    assert found == ("https://sso.example", "https://extra.example")
