"""``frameworks import|list|export|publish``."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from lti_tool.services.container import Services
from tests.conftest import SECRET
from tests.factories.frameworks import PLAIN_CSV, as_bytes, case_package, large_package
from tests.factories.world import make_world

ROOT = Path(__file__).parents[3]
MANY = 50_000


def run(app: Flask, *words: object, typed: str = "") -> Result:
    words = tuple(str(word) for word in words)
    return app.test_cli_runner().invoke(args=["frameworks", *words], input=typed)  # type: ignore[list-item]


def test_a_file_is_shown_then_imported_then_comes_out(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "package.json"
    file.write_bytes(as_bytes(case_package()))
    shown = run(app, "import", file, typed="n\n")
    assert shown.exit_code == 1
    for part in ("Reading room", "licence: CC BY 4.0", "added: 3", "A.1 Welcomes readers"):
        assert part in shown.output
    assert "Reading room" not in run(app, "list").output
    done = run(app, "import", file, "--yes", "--scale", "dreyfus")
    assert done.exit_code == 0 and "Competencies" in done.output
    assert "3 competencies, 5 levels, CC BY 4.0" in run(app, "list").output
    assert "nothing to change" in run(app, "import", file, "--scale", "dreyfus").output
    out = tmp_path / "out.json"
    assert run(app, "export", "reading", "--out", out).exit_code == 0
    assert json.loads(out.read_bytes())["CFDocument"]["title"] == "Reading room"


def test_a_framework_for_one_platform_is_published_by_its_name(
    app: Flask, services: Services, tmp_path: Path
) -> None:
    world = make_world(services.db)
    file = tmp_path / "my.csv"
    file.write_text(PLAIN_CSV)
    assert run(app, "import", file, "--registration", world.registration_id, "--yes").exit_code == 0
    assert "[Library school]" in run(app, "list").output
    assert "is public" in run(app, "publish", "My own").output
    assert "[Library school, public]" in run(app, "list").output
    assert "No single framework" in run(app, "publish", "nobody").output
    assert "No single platform" in run(app, "import", file, "--registration", "x").output


def test_mistakes_and_missing_files_are_told(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("code,title,parent\nA,a,Z\n")
    told = run(app, "import", file)
    assert told.exit_code == 1
    assert "Nothing was imported.\nRow 2: Its parent “Z” is not there." in told.output
    assert "No such file" in run(app, "import", tmp_path / "none.csv").output


def most_memory(pid: int) -> int:
    """Return the most kilobytes that a process has had so far; 0 once it is gone.

    Not its rusage: that begins with what its parent had.
    """
    try:
        told = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", told)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_fifty_thousand_competencies_in_little_memory_with_a_bar(
    database_url: str, app: Flask, tmp_path: Path
) -> None:
    """As an operator runs it, in a terminal: only there is a bar drawn."""
    file = tmp_path / "large.json"
    file.write_bytes(as_bytes(large_package(MANY)))
    assert file.stat().st_size > 25_000_000
    settings = {
        "MIROIR_DATABASE_URL": database_url,
        "MIROIR_SECRET_KEY": SECRET,
        "MIROIR_BASE_URL": "http://127.0.0.1:5000",
        "MIROIR_DATA_DIR": str(tmp_path),
    }
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "wsgi",
        "frameworks",
        "import",
        file,
        "--yes",
    ]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **settings}, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    pieces, most = [], 0
    while piece := read(ours):
        pieces.append(piece)
        most = max(most, most_memory(process.pid))
    os.close(ours)
    told = b"".join(pieces).decode()
    assert process.wait() == 0, told
    assert "added: 50000" in told and " 50%" in told and "100%" in told
    assert 100_000 < most < 450_000  # kilobytes, of which Python, our code and the file are half
    assert "50000 competencies" in run(app, "list").output


def read(terminal: int) -> bytes:
    """Return what a program wrote since, nothing once it has ended."""
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so where others tell an end
        return b""
