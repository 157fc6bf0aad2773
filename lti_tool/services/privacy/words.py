"""What each kind of record about a person is called."""

from __future__ import annotations

from lti_tool.i18n import gettext as _
from lti_tool.services.privacy.ties import Tie


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
        ("follow_ups", "participation_id"): _("What became of next steps"),
        ("calendar_feeds", "user_id"): _("Calendar subscription"),
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
        ("moderation_decisions", "participation_id"): _("What tutors decided beside the texts"),
        ("moderation_decisions", "actor_id"): _("Steps taken"),
        ("response_revisions", "response_id"): _("Responses as they were sent"),
        **_care_titles(),
        ("outbox_messages", "user_id"): _("Scores sent to the learning platform"),
        ("results", "user_id"): _("Grades read back from the learning platform"),
        ("launch_sessions", "user_id"): _("Sessions of the last days"),
        ("activities", "created_by_id"): _("Activities made"),
        ("presets", "created_by_id"): _("Presets shared"),
        ("framework_uploads", "user_id"): _("Frameworks about to be imported"),
        ("rehearsals", "owner_id"): _("Rehearsals"),
    }


def _care_titles() -> dict[tuple[str, str], str]:
    """Return the titles of what tutors do, and of what asks them to."""
    return {
        ("flags", "reflection_id"): _("Flags on the reflections"),
        ("flags", "response_id"): _("Flags on the responses"),
        ("flags", "flagger_id"): _("Flags raised"),
        ("learner_clocks", "user_id"): _("Dates of one’s own"),
        ("extended_learners", "user_id"): _("More time received"),
        ("extensions", "given_by_id"): _("More time given"),
        ("interventions", "user_id"): _("What tutors did and noted"),
        ("interventions", "actor_id"): _("What was done for learners"),
        ("appeals", "author_id"): _("Appeals"),
        ("redactions", "reflection_id"): _("Passages taken out of the reflections"),
        ("redactions", "response_id"): _("Passages taken out of the responses"),
        ("tutor_comments", "response_id"): _("Tutors’ comments on the responses"),
        ("tutor_comments", "tutor_id"): _("Comments on others’ responses"),
        ("saved_replies", "owner_id"): _("Saved replies"),
        ("desk_settings", "user_id"): _("Settings of the desk"),
    }
