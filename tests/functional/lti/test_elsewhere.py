"""A session's address opens it in the browser and window that it belongs to, and nowhere else.

What browsers tell of a request (W3C Fetch Metadata) is written here by hand; real browsers say it
in tests/browser/test_handles.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.models.launches import LaunchSession
from lti_tool.rules.vocabulary import BoundBy
from lti_tool.secrecy import digest, new_token
from lti_tool.services.launches.binding import Arrival, lets_in
from lti_tool.views.browser import PARTITIONED, PLAIN
from tests.support.forge import Forge, handle_in

MINE, OTHER = new_token(), new_token()
TYPED = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
MAILED = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site"}
OPENED_FROM_OURS = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "same-origin"}
FRAMED = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
FRAMED_FROM_OURS = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}
FETCHED = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"}
SILENT: dict[str, str] = {}
"""Browsers before 2023, and programs."""


def arrival(headers: dict[str, str], *secrets: str) -> Arrival:
    return Arrival(
        secrets,
        at_top_level=headers.get("Sec-Fetch-Dest") == "document",
        from_our_pages=headers.get("Sec-Fetch-Site") == "same-origin",
    )


@pytest.mark.parametrize("bound_by", list(BoundBy))
@pytest.mark.parametrize("headers", [TYPED, MAILED, OPENED_FROM_OURS, FRAMED, FETCHED, SILENT])
def test_the_cookie_opens_its_session_anywhere(bound_by: BoundBy, headers: dict[str, str]) -> None:
    assert lets_in(bound_by, digest(MINE), arrival(headers, OTHER, MINE))


@pytest.mark.parametrize("bound_by", [BoundBy.COOKIE, BoundBy.CONFIRMATION])
@pytest.mark.parametrize(
    ("headers", "without", "with_another"),
    [
        (TYPED, False, False),
        (MAILED, False, False),
        (OPENED_FROM_OURS, False, False),
        (FRAMED, True, False),
        (FRAMED_FROM_OURS, True, True),
        (FETCHED, True, True),
        (SILENT, True, False),
    ],
)
def test_a_session_of_a_cookie(
    bound_by: BoundBy, headers: dict[str, str], without: bool, with_another: bool
) -> None:
    assert lets_in(bound_by, digest(MINE), arrival(headers)) is without
    assert lets_in(bound_by, digest(MINE), arrival(headers, OTHER)) is with_another


@pytest.mark.parametrize("bound_by", [BoundBy.OWN_STORAGE, BoundBy.PLATFORM_STORAGE])
@pytest.mark.parametrize(
    ("headers", "opens"),
    [
        (TYPED, False),
        (MAILED, False),
        (OPENED_FROM_OURS, True),
        (FRAMED, True),
        (FETCHED, True),
        (SILENT, True),
    ],
)
def test_a_session_of_a_browser_without_cookies(
    bound_by: BoundBy, headers: dict[str, str], opens: bool
) -> None:
    for secrets in ((), (OTHER,)):
        assert lets_in(bound_by, digest(MINE), arrival(headers, *secrets)) is opens


def status(forge: Forge, handle: str, headers: dict[str, str]) -> int:
    return forge.browser.get(f"/s/{handle}/name", headers=headers).status_code


def test_over_http(forge: Forge) -> None:
    handle = handle_in(forge.launch())
    assert status(forge, handle, TYPED) == 200
    stranger = forge.other_browser()
    assert status(stranger, handle, TYPED) == 410
    stranger.login()
    assert status(stranger, handle, TYPED) == status(stranger, handle, FRAMED) == 410
    page = stranger.browser.get(f"/s/{handle}/name", headers=TYPED)
    assert "This page belongs to another window" in page.text
    assert "Lea Learner" not in page.text
    for name in (PLAIN, PARTITIONED):
        forge.browser.delete_cookie(name)
    assert status(forge, handle, FRAMED) == 200
    assert status(forge, handle, TYPED) == 410


def test_a_script_is_told_too(forge: Forge) -> None:
    handle = handle_in(forge.launch())
    stranger = forge.other_browser()
    stranger.login()
    headers = {**FRAMED, "Accept": "application/json"}
    answer: Any = stranger.browser.get(f"/s/{handle}/name", headers=headers)
    assert answer.json["type"] == "urn:miroir:ElsewhereOpened"


def test_what_was_typed_is_shown_when_the_session_has_ended(forge: Forge) -> None:
    handle = handle_in(forge.launch())
    with forge.services.db.write() as session:
        session.execute(update(LaunchSession).values(expires_at=clock.now()))
    text = "I asked <b>one</b> question & then waited."
    form = {"csrf_token": "c" * 43, "a": text, "b": "short", "id_token": "t" * 50}
    page = forge.browser.post(f"/s/{handle}/name", data=form)
    assert page.status_code == 410
    assert "I asked &lt;b&gt;one&lt;/b&gt; question &amp; then waited." in page.text
    assert "<textarea" in page.text
    assert all(part not in page.text for part in ("short", "ccccc", "ttttt"))
    with forge.services.db.read() as session:
        assert session.scalars(select(LaunchSession)).one()


@pytest.mark.parametrize("path", ["name/", "nowhere", "language"])
def test_an_address_that_shows_nothing_leads_home(forge: Forge, path: str) -> None:
    handle = handle_in(forge.launch())
    page = forge.browser.get(f"/s/{handle}/{path}")
    assert page.status_code in (404, 405)
    assert f'href="/s/{handle}/"' in page.text
