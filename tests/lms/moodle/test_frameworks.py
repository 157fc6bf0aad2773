"""Frameworks through a real Moodle's own import and export (``admin/tool/lpimportcsv``)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lti_tool.exports.moodle_csv import moodle_csv
from lti_tool.rules.frameworks import FrameworkDraft
from lti_tool.schemas.frameworks import Choices, read_framework
from lti_tool.services.frameworks.builtin_frameworks import builtin_drafts
from tests.factories.frameworks import PLAIN_CSV, as_bytes, case_package

FOLDER = os.environ.get("MOODLE_FOLDER", "")
SCRIPT = Path(__file__).with_name("frameworks.php")
ABOUT = ("identifier", "title", "description", "levels", "licence", "source", "unofficial")

pytestmark = pytest.mark.skipif(not FOLDER, reason="MOODLE_FOLDER (Moodle's own folder) is not set")


def drafts() -> list[FrameworkDraft]:
    files = (PLAIN_CSV.encode(), as_bytes(case_package()))
    read = [
        read_framework(content, Choices(scale="four" if n else ""))
        for n, content in enumerate(files)
    ]
    return [*read, *builtin_drafts()]


@pytest.mark.parametrize("draft", drafts(), ids=lambda draft: draft.title["en"][:16])
def test_moodle_gives_back_what_it_was_given(draft: FrameworkDraft, tmp_path: Path) -> None:
    file = tmp_path / "framework.csv"
    file.write_bytes(b"".join(moodle_csv(draft)))
    run = subprocess.run(["php", SCRIPT, file], cwd=FOLDER, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    again = read_framework(run.stdout, Choices())
    for name in ABOUT:
        assert getattr(again, name) == getattr(draft, name), name
    assert [item.fingerprint.split(".")[0] for item in again.items] == [
        item.fingerprint.split(".")[0] for item in draft.items
    ]
    related = {
        (link.origin, link.destination) for link in draft.links if link.kind == "isRelatedTo"
    }
    kept = {(link.origin, link.destination) for link in again.links}
    assert related <= kept <= related | {(end, begin) for begin, end in related}
