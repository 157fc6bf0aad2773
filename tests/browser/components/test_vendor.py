"""Other people's files are those we name, under licences we accept; nothing points elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDERS = (ROOT / "lti_tool/static/vendor", ROOT / "tests/browser/vendor")
LICENCES = {"MIT", "BSD-0-Clause", "MPL-2.0"}


def test_vendored_files_are_those_listed() -> None:
    for folder in FOLDERS:
        entries = json.loads((folder / "VERSIONS.json").read_text("utf-8"))
        named = {path: digest for entry in entries for path, digest in entry["files"].items()}
        present = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.glob("*/*")
        }
        assert present == named
        assert {entry["licence"] for entry in entries} <= LICENCES


def test_each_icon_used_is_in_the_sprite() -> None:
    sprite = (ROOT / "lti_tool/static/vendor/icons/icons.svg").read_text("utf-8")
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    for template in (ROOT / "lti_tool/templates").rglob("*.html"):
        used = set(re.findall(r'(?:icon\(|glyph=)"([a-z0-9-]+)"', template.read_text("utf-8")))
        assert used <= there, template.name


def test_each_icon_in_the_sprite_is_used() -> None:
    listed = (ROOT / "tools/icons.txt").read_text("utf-8").split()
    pages = "".join(
        path.read_text("utf-8") for path in (ROOT / "lti_tool/templates").rglob("*.html")
    )
    assert [name for name in listed if f'"{name}"' not in pages] == []


def test_pages_load_nothing_from_elsewhere() -> None:
    letters = ROOT / "lti_tool/templates/mail"  # read by mail programs, which load nothing
    texts = [
        page
        for page in (ROOT / "lti_tool/templates").rglob("*.html")
        if letters not in page.parents
    ]
    texts += [
        *(ROOT / "lti_tool/static/css").glob("*.css"),
        *(ROOT / "lti_tool/static/js").glob("*.js"),
    ]
    for path in texts:
        text = path.read_text("utf-8")
        assert not re.search(
            r"""(?:src|href)=["'](?:https?:)?//|url\(["']?https?:|@import""", text
        ), path
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)| on[a-z]+=[\"']| style=[\"']", text), (
            path
        )
