"""``roster sync``: reading course lists from platforms now."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from lti_tool.errors import NotFound
from lti_tool.rules.vocabulary import RosterState
from lti_tool.services.roster.roster import Course
from lti_tool.services.roster.turn import Ending
from lti_tool.views.session import services

roster = AppGroup("roster", help="Read course lists (members, roles, groups) from platforms.")


@roster.command("sync")
@click.option("--platform", default="", help="Only this platform: its name, client ID or id.")
@click.option("--context", default="", help="Only this course: its id at the platform, or ours.")
@click.option("--all", "everything", is_flag=True, help="Every course with a list, due or not.")
def sync(platform: str, context: str, everything: bool) -> None:
    """Read course lists now; without options, those that are due. One line per course.

    Exit status 1 if one could not be read.
    """
    service = services().roster
    named = bool(platform or context or everything)
    courses = service.courses(platform, context) if named else service.due_courses()
    failed = 0
    for course in courses:
        try:
            ending = service.sync(course.id)
        except NotFound:
            ending = Ending(RosterState.FAILED, reason="deployment not approved")
        failed += ending.state is RosterState.FAILED
        click.echo(f"{_name(course)}  {_outcome(ending)}")
    if not courses:
        click.echo("No such course with a list." if named else "Nothing is due.")
    if failed or (context and not courses):
        raise SystemExit(1)


def _name(course: Course) -> str:
    return f"{course.platform}: {course.title or course.lti_id} ({course.lti_id})"


def _outcome(ending: Ending) -> str:
    """Return what became of one course in a few words."""
    if ending.state is RosterState.DONE:
        whole = "" if ending.is_complete else ", not all pages: nobody is marked as gone"
        return f"{ending.members} members{whole}"
    if ending.state is RosterState.FAILED:
        status = f" ({ending.status})" if ending.status else ""
        who = f", can be fixed by: {ending.who_can_fix}" if ending.who_can_fix else ""
        return f"failed: {ending.reason}{status}{who}; the old list stays"
    return "is being read by a worker"
