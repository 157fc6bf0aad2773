"""``roster sync``."""

from __future__ import annotations

from click.testing import Result

from lti_tool.models.platforms import Registration
from tests.functional.roster.conftest import MakeSchool, make_school

__all__ = ["make_school"]


def test_courses_are_read_one_line_each(make_school: MakeSchool) -> None:
    school = make_school()

    def run(command: str) -> Result:
        return school.pair.tool.test_cli_runner().invoke(args=command.split())

    assert "Nothing is due." in run("roster sync").output
    school.launch("claire")
    line = run("roster sync").output
    assert "Library practice" in line and line.endswith("15 members\n")
    assert "Nothing is due." in run("roster sync").output
    assert "15 members" in run("roster sync --all").output
    assert "15 members" in run("roster sync --platform Sandbox --context 2").output
    assert "15 members" in run(f"roster sync --context {school.context_id()}").output
    none = run("roster sync --context 99")
    assert none.exit_code == 1 and "No such course" in none.output
    school.control("switches", {"area": "nrps", "fault": "html"})
    failed = run("roster sync --all")
    assert failed.exit_code == 1 and "not_json" in failed.output
    school.control("switches", method="DELETE")
    with school.pair.services.db.write() as session:
        found = session.query(Registration).one()
        found.name = "Renamed"
    assert "Renamed: " in run("roster sync --all").output
