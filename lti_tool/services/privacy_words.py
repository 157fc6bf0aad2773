"""What each kind of record about a person is called."""

from __future__ import annotations

from lti_tool.i18n import gettext as _
from lti_tool.services.privacy_ties import Tie


def title_of(tie: Tie) -> str:
    """Return the title of a tie's records; a table's own name where there is no better one."""
    return _titles().get((tie.table, tie.column), tie.table.replace("_", " "))


def name_of(tie: Tie) -> str:
    """Return the name of a tie's records in a JSON document: one table may have several."""
    return f"{tie.table}_by_{tie.column.removesuffix('_id')}"


def _titles() -> dict[tuple[str, str], str]:
    return {
        ("memberships", "user_id"): _("Courses and roles"),
        ("group_members", "user_id"): _("Groups"),
        ("participations", "user_id"): _("Activities begun"),
        ("self_ratings", "participation_id"): _("Self-ratings"),
        ("next_steps", "participation_id"): _("Next steps"),
        ("confirmed_levels", "participation_id"): _("Levels that tutors confirmed"),
        ("confirmed_levels", "confirmed_by_id"): _("Levels confirmed for others"),
        ("reflections", "participation_id"): _("Reflections"),
        ("reflection_answers", "reflection_id"): _("Working texts of reflections"),
        ("reflection_revisions", "reflection_id"): _("Reflections as they were sent"),
        ("responses", "author_id"): _("Responses written"),
        ("responses", "reflection_id"): _("Responses received"),
        ("allocations", "reviewer_id"): _("Reflections given to answer"),
        ("moderation_decisions", "reflection_id"): _("History of the reflections"),
        ("moderation_decisions", "response_id"): _("History of the responses"),
        ("moderation_decisions", "actor_id"): _("Steps taken"),
        ("outbox_messages", "user_id"): _("Scores sent to the learning platform"),
        ("results", "user_id"): _("Grades read back from the learning platform"),
        ("launch_sessions", "user_id"): _("Sessions of the last days"),
        ("activities", "created_by_id"): _("Activities made"),
    }
