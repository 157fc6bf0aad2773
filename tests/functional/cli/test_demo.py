"""The demo's course is filled through the pages that everybody uses."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from lti_tool.cli.demo import commands, demo_environment
from lti_tool.cli.demo_course import VOICES, fill_course
from lti_tool.models.reflections import Reflection
from lti_tool.rules.vocabulary import WorkState
from tests.support.servers import tool_and_sandbox


def test_the_course_is_filled(database_url: str, tmp_path: Path) -> None:
    with tool_and_sandbox(database_url, tmp_path, log_level="ERROR") as pair:
        fill_course(pair.sandbox_url, pair.services.platforms.invite("Sandbox LMS"))
        with pair.services.db.read() as session:
            states = sorted(session.scalars(select(Reflection.state)))
    assert states == [WorkState.HELD] + [WorkState.RELEASED] * (len(VOICES) - 1)


def test_the_secret_key_is_made_once(tmp_path: Path) -> None:
    first = demo_environment(tmp_path / "demo")
    again = demo_environment(tmp_path / "demo")
    assert first["MIROIR_SECRET_KEY"] == again["MIROIR_SECRET_KEY"]
    assert (tmp_path / "demo" / "secret-key").stat().st_mode & 0o077 == 0


def test_three_processes_run(tmp_path: Path) -> None:
    assert set(commands(tmp_path)) == {"Miroir", "worker", "LMS"}
