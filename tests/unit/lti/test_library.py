"""Exactly one of the two packages that share the name pylti1p3."""

from __future__ import annotations

from pathlib import Path

import pytest

from lti_tool.lti import library


def pretend(folder: Path, name: str) -> None:
    """Make a folder look as if a package were installed in it."""
    described = folder / f"{name}-9.9.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9\n")


def test_one_is_installed() -> None:
    assert len(library.installed()) == 1
    library.require_one()


def test_both_at_once_stop_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for name in library.PACKAGES:
        pretend(tmp_path, name)
    with pytest.raises(RuntimeError, match="PyLTI1p3 and pylti1p3next"):
        library.require_one()


def test_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PACKAGES", ("no-such-package",))
    with pytest.raises(RuntimeError, match="neither"):
        library.require_one()
