"""The server's log opens no session: handles and tokens in addresses are masked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests

from lti_tool.secrecy import new_token
from tests.support.processes import Installation


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_access_log_of_the_real_server(database_url: str, tmp_path: Path) -> None:
    handle, token = new_token(), new_token()
    installation = Installation(database_url, tmp_path)
    try:
        installation.start_web()
        for path in (f"/s/{handle}/name?token={token}", f"/lti/register/{token}", f"/x/{handle}"):
            # A reader's own address never comes as a Referer; one that is forged is not logged.
            asked = {"Referer": f"{installation.url}/s/{handle}/", "User-Agent": handle}
            requests.get(installation.url + path, headers=asked, timeout=20)
    finally:
        installation.end()
    log = (tmp_path / "web.log").read_text("utf-8")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert any("/s/…/name 410" in str(line.get("event")) for line in lines), log
    assert handle not in log
    assert token not in log
