"""The browser keeps one random secret and nothing of the launch."""

from __future__ import annotations

from tests.support.forge import Forge, handle_in


def test_a_launch_leaves_no_data_in_cookies(forge: Forge) -> None:
    first, again = forge.launch(), forge.launch()
    assert handle_in(first) != handle_in(again)
    assert first.headers.getlist("Set-Cookie") == again.headers.getlist("Set-Cookie") == []
    kept = [forge.browser.get_cookie(name) for name in ("__Host-ltib", "__Host-ltibp")]
    values = {cookie.value for cookie in kept if cookie}
    assert len(values) == 1
    assert {len(value) for value in values} == {43}
    assert forge.browser.get_cookie("session") is None


def test_the_library_has_no_session_to_write_to(forge: Forge) -> None:
    assert forge.app.secret_key is None
