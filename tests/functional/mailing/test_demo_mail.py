"""What a launch tells of the way back to the course, and the mails as the demo's LMS shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from lti_tool.models.people import Context, User
from lti_tool.sandbox import SandboxSettings, create_app
from tests.support.servers import tool_and_sandbox

MAIL = b"""From: miroir@localhost\r
To: ana@library.example\r
Subject: News\r
Date: Tue, 10 Nov 2026 12:00:00 +0000\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
A response came in.\r
--b\r
Content-Type: text/html\r
\r
<p>A response came in.</p>\r
--b--\r
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_launch_tells_where_mails_lead(database_url: str, tmp_path: Path) -> None:
    with tool_and_sandbox(database_url, tmp_path, log_level="ERROR") as pair:
        client_id = pair.connect()["client_id"]
        link = pair.walker.control("links", {"client_id": client_id, "title": "Reflect"})
        pair.walker.launch(link["id"])
        with pair.services.db.read() as session:
            url = session.scalars(select(Context.lms_url)).one()
            email = session.scalars(select(User.email)).one()
    assert url.startswith(f"{pair.sandbox_url}/course/")
    assert email.endswith("@library.example")


def test_the_demo_shows_its_mails(tmp_path: Path) -> None:
    (tmp_path / "20261110-120000-x.eml").write_bytes(MAIL)
    app = create_app(SandboxSettings("http://localhost:5001", mail_folder=tmp_path))
    page = app.test_client().get("/mail")
    assert "ana@library.example" in page.text
    shown = app.test_client().get("/mail/20261110-120000-x.eml")
    assert shown.text.strip() == "<p>A response came in.</p>"
    assert "script" not in shown.headers["Content-Security-Policy"]
    assert app.test_client().get("/mail/nothing.eml").status_code == 404
    without = create_app(SandboxSettings("http://localhost:5001")).test_client()
    assert without.get("/mail").status_code == 200
