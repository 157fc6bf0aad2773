"""Servers that publish competency frameworks: CASE networks, OpenSALT, any address of a file."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.http import Http

MAX_BYTES = 64_000_000
"""Fifty thousand items of a wordy server; what is larger comes as a file."""


@dataclass(frozen=True, slots=True)
class FrameworkServers:
    """Downloads through the guarded session: public https hosts only."""

    http: Http

    def download(self, url: str) -> bytes:
        """Return what is at ``url``; raise PlatformError as ``Http.request`` does."""
        accepted = {"Accept": "application/json, text/csv;q=0.9, */*;q=0.1"}
        answer = self.http.request(
            "GET", url, headers=accepted, max_bytes=MAX_BYTES, expect_json=False
        )
        return answer.body
