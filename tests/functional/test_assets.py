"""What the first page weighs: everything that a slow line must carry before somebody can write."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.services.container import Services
from tests.factories.learning import rate
from tests.factories.world import make_world

MOST = 150_000
"""Bytes of the first page with all its styles, scripts and icons."""
TAKES_GZIP = {"Accept-Encoding": "gzip, br"}
PARTS = re.compile(r'="(/static/[^"#]+)')
IMPORTS = re.compile(r"""(?:import|from)\s*\(?["']([^"']+\.m?js)["']""")
URLS = re.compile(r"url\([\"']?([^)\"'#]+)")


def assets(client: FlaskClient, html: str) -> dict[str, int]:
    """Return every file that a page loads, also those that files load, with the bytes sent."""
    weights: dict[str, int] = {}
    waiting = sorted(set(PARTS.findall(html)))
    while waiting:
        path = waiting.pop().replace("&amp;", "&")
        if path in weights:
            continue
        response = client.get(path, headers=TAKES_GZIP, buffered=True)
        assert response.status_code == 200, path
        weights[path] = len(response.data)
        packed = response.headers.get("Content-Encoding") == "gzip"
        text = (gzip.decompress(response.data) if packed else response.data).decode()
        found = IMPORTS.findall(text) if ".js" in path else URLS.findall(text)
        if ".svg" not in path:
            waiting += [urljoin(path, one) for one in found if not one.startswith("data:")]
    return weights


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_page_to_write_on_is_light(app: Flask, services: Services, locale: str) -> None:
    services.frameworks.install_builtin()
    world = make_world(services.db)
    rate(world, world.learners[0])
    handle = world.handle(world.learners[0], locale=locale)
    client = app.test_client()
    html = client.get(f"/s/{handle}/activities/{world.activity_id}/now").text
    assert "data-editor" in html
    weights = assets(client, html)
    assert any("squire" in path for path in weights)
    total = sum(weights.values()) + len(html.encode())
    assert total < MOST, sorted(weights.items(), key=lambda pair: -pair[1])


def test_compressed_for_those_who_take_it(client: FlaskClient) -> None:
    path = "/static/css/tokens.css"
    plain, packed = (
        client.get(path, buffered=True),
        client.get(path, headers=TAKES_GZIP, buffered=True),
    )
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    refusing = client.get(path, headers={"Accept-Encoding": "gzip;q=0"}, buffered=True)
    assert refusing.data == plain.data
    assert (
        client.head(path, headers=TAKES_GZIP, buffered=True).headers["Content-Encoding"] == "gzip"
    )


def test_a_known_file_is_not_sent_again(client: FlaskClient) -> None:
    path = "/static/js/drafts.js"
    for headers in ({}, TAKES_GZIP):
        etag = client.get(path, headers=headers, buffered=True).headers["ETag"]
        asked = {**headers, "If-None-Match": etag}
        again = client.get(path, headers=asked, buffered=True)
        assert (again.status_code, again.data) == (304, b"")


def test_a_named_version_is_kept_for_ever_and_no_other(client: FlaskClient) -> None:
    path = "/static/css/tokens.css"
    kept = client.get(f"{path}?v=1", headers=TAKES_GZIP, buffered=True)
    assert "immutable" in kept.headers["Cache-Control"]
    unnamed = client.get(path, headers=TAKES_GZIP, buffered=True)
    assert unnamed.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["../app.py", "%2e%2e/app.py", "css", "css/none.css", "/etc/passwd"]
)
def test_only_files_of_ours(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{path}", headers=TAKES_GZIP).status_code in (301, 308, 404)
