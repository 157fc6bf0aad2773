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
        ("course_tokens", "user_id"): _("Access for programs"),
        ("reflections", "participation_id"): _("Reflections"),
        ("reflection_answers", "reflection_id"): _("Working texts of reflections"),
        ("reflection_revisions", "reflection_id"): _("Reflections as they were sent"),
        ("attachments", "reflection_id"): _("Files added to reflections"),
        ("responses", "author_id"): _("Responses written"),
        ("responses", "reflection_id"): _("Responses received"),
        ("allocations", "reviewer_id"): _("Reflections given to answer"),
        ("moderation_decisions", "reflection_id"): _("History of the reflections"),
        ("moderation_decisions", "response_id"): _("History of the responses"),
        ("moderation_decisions", "participation_id"): _("What tutors decided beside the texts"),
        ("moderation_decisions", "actor_id"): _("Steps taken"),
        ("response_revisions", "response_id"): _("Responses as they were sent"),
        **_care_titles(),
        **_criteria_titles(),
        **_level_titles(),
        ("outbox_messages", "user_id"): _("Scores sent to the learning platform, and mails"),
        ("mail_states", "user_id"): _("Wishes about mails"),
        ("nudges", "user_id"): _("Reminders received"),
        ("nudges", "sender_id"): _("Reminders written"),
        ("weekly_summaries", "user_id"): _("Weekly summaries"),
        ("results", "user_id"): _("Grades read back from the learning platform"),
        ("moodle_ratings", "user_id"): _("Competency ratings in Moodle"),
        ("competency_sharings", "switched_on_by_id"): _("Activities whose levels go to Moodle"),
        ("launch_sessions", "user_id"): _("Sessions of the last days"),
        ("activities", "created_by_id"): _("Activities made"),
        ("presets", "created_by_id"): _("Presets shared"),
        ("framework_uploads", "user_id"): _("Frameworks about to be imported"),
        ("framework_changes", "by_id"): _("Frameworks imported"),
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


def _level_titles() -> dict[tuple[str, str], str]:
    """Return the titles of what concerns competency levels and depth."""
    return {
        ("confirmed_levels", "participation_id"): _("Levels that tutors confirmed"),
        ("confirmed_levels", "confirmed_by_id"): _("Levels confirmed for others"),
        ("level_decisions", "participation_id"): _("Levels confirmed, changed and withdrawn"),
        ("level_decisions", "actor_id"): _("Levels confirmed for others, over time"),
        ("evidence_links", "participation_id"): _("Links added as evidence"),
        ("level_shares", "user_id"): _("Courses that see levels from elsewhere"),
        ("shares", "user_id"): _("Links for people outside"),
        ("share_items", "participation_id"): _("What the links for people outside show"),
        ("credentials", "user_id"): _("Credentials made of confirmed levels"),
        ("depth_ratings", "reflection_id"): _("Depth of the reflections, as tutors saw it"),
        ("depth_ratings", "tutor_id"): _("Depth marked on others’ reflections"),
    }


def _criteria_titles() -> dict[tuple[str, str], str]:
    """Return the titles of what is said by criteria."""
    return {
        ("criterion_readings", "response_id"): _("What the responses say by criteria"),
        ("calibration_readings", "participation_id"): _("Readings of examples"),
        ("exemplars", "created_by_id"): _("Examples to practise with"),
    }
