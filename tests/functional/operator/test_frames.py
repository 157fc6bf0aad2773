"""A page of the LMS that stays empty: whether it may show Miroir, and a page to try it with."""

from __future__ import annotations

import uuid

import pytest

from lti_tool.services.operator.frames import Frames, FrameVerdict
from tests.functional.operator.conftest import Operator
from tests.support.forge import Forge

FRAMES = Frames(always=("https://lms.example", "http://old.example:8080"), told=("https://b.test",))


def path_of(forge: Forge) -> str:
    return f"/operator/platforms/{forge.registration_id}/test"


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("https://lms.example/course/view.php?id=2#x", FrameVerdict.ALLOWED),
        (" HTTPS://LMS.example ", FrameVerdict.ALLOWED),
        ("https://old.example:8080/", FrameVerdict.ALLOWED),
        ("https://b.test/", FrameVerdict.TOLD),
        ("http://lms.example/", FrameVerdict.REFUSED),
        ("https://lms.example:8443/", FrameVerdict.REFUSED),
        ("https://www.lms.example/", FrameVerdict.REFUSED),
        ("https://lms.example.evil.test/", FrameVerdict.REFUSED),
        ("lms.example", FrameVerdict.NO_ADDRESS),
        ("javascript:alert(1)", FrameVerdict.NO_ADDRESS),
        ("https://[", FrameVerdict.NO_ADDRESS),
    ],
)
def test_a_page_is_judged_as_browsers_do(address: str, verdict: FrameVerdict) -> None:
    assert FRAMES.verdict(address) is verdict


def test_a_missing_address_is_found_and_allowed(operator: Operator, forge: Forge) -> None:
    operator.get(path_of(forge))
    page = operator.send("page", page="https://apps.lms.example/learning/course/1")
    assert "It may not show Miroir" in page.text
    page = operator.send("frame_origins", action="/frames")
    assert "Saved." in page.text
    operator.get(path_of(forge))
    page = operator.send("page", page="https://apps.lms.example/other")
    assert "It may show Miroir." in page.text
    opened = forge.browser.get(forge.launch().headers["Location"])
    assert "https://apps.lms.example" in opened.headers["Content-Security-Policy"]


def test_what_launches_told_is_shown(operator: Operator, forge: Forge) -> None:
    told = {"return_url": "https://mfe.lms.example/back", "document_target": "iframe"}
    forge.launch(PRESENTATION=told)
    page = operator.get(path_of(forge), page="https://mfe.lms.example/x")
    assert "Told by launches lately" in page.text
    assert "Launches lately told this address" in page.text


def test_the_page_to_try_is_framed_as_sessions_are(operator: Operator, forge: Forge) -> None:
    page = operator.get(path_of(forge))
    address = f"/lti/frame-test/{forge.registration_id}"
    assert address in page.text
    tried, launched = operator.client.get(address), forge.launch()
    session = forge.browser.get(launched.headers["Location"])
    ancestors = [
        one.headers["Content-Security-Policy"].split("frame-ancestors ")[1]
        for one in (tried, session)
    ]
    assert ancestors[0] == ancestors[1] != "'none'"
    assert "Forged LMS" not in tried.text
    assert operator.client.get(f"/lti/frame-test/{uuid.uuid4()}").status_code == 404
