"""The layers hold, and the check that says so can fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        LINT,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    skip = shutil.ignore_patterns("static", "templates", "translations", "__pycache__")
    shutil.copytree(ROOT / "lti_tool", folder / "lti_tool", ignore=skip)
    shutil.copytree(ROOT / "config", folder / "config", ignore=skip)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_layers_hold(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("lti_tool/rules/completion.py", "import lti_tool.models.people"),
        ("lti_tool/models/people.py", "import lti_tool.services.container"),
        ("lti_tool/services/container.py", "import flask"),
        ("lti_tool/services/container.py", "import pylti1p3.exception"),
        ("lti_tool/lti/ags.py", "import requests"),
        ("lti_tool/views/guards.py", "import config.settings"),
        ("lti_tool/sandbox/app.py", "import lti_tool.errors"),
        ("lti_tool/views/pages/home.py", "import lti_tool.views.lti.launch"),
    ],
)
def test_an_injected_violation_fails(copy: Path, module: str, line: str) -> None:
    file = copy / module
    before = file.read_text()
    try:
        file.write_text(before + f"\n{line}\n")
        assert lint(copy).returncode != 0
    finally:
        file.write_text(before)


def test_a_package_outside_the_layers_fails(copy: Path) -> None:
    stray = copy / "lti_tool" / "utils.py"
    try:
        stray.write_text('"""A module without a place."""\n')
        assert lint(copy).returncode != 0
    finally:
        stray.unlink()
