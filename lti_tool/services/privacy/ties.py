"""Every column that refers to a person, and what exporting and erasing them means for its rows.

The one table of what is personal (docs/privacy.md). A test walks all models and fails for a column
that refers to people, or to what they wrote, and does not stand here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of rows when the person to whom they refer is erased."""

    DELETED = "deleted"
    BLANKED = "blanked"
    """The row stays where others' work needs it, without what the person wrote."""
    KEPT = "kept"
    """The row is others' or the course's; it refers to "a former participant" from then on."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A column that refers to a person, directly or through what is theirs."""

    table: str
    column: str
    fate: Fate
    exported: bool = True
    """Whether its rows are told to the person; others' work is not theirs to read."""
    hidden: tuple[str, ...] = ()
    """Columns that are never exported: secrets, and who others are."""
    states: tuple[str, ...] = ()
    """States of the work in which the person may read it; none means any."""


SECRETS = ("handle_hash", "browser_hash", "ticket_hash", "message")
RELEASED = ("released",)
OF_THE_AUTHOR = ("saved_at", "submitted_at", "visible_at", "released_at")
"""When a peer wrote: with other traces it would tell who it was."""
OF_THE_ADDRESSEE = ("takeaway", "helpfulness_at", "replied_at")
"""What is theirs alone, and when they read."""
OF_STAFF = ("actor_id", "origin", "batch_id", "about_id")
"""Which of the staff did something, from where and with what else."""

TIES = (
    Tie("memberships", "user_id", Fate.DELETED),
    Tie("group_members", "user_id", Fate.DELETED),
    Tie("cohort_tutors", "user_id", Fate.KEPT),
    Tie("exclusions", "user_id", Fate.DELETED, hidden=("other_id",)),
    Tie("exclusions", "other_id", Fate.DELETED, exported=False),
    Tie("participations", "user_id", Fate.BLANKED),
    Tie("self_ratings", "participation_id", Fate.DELETED),
    Tie("next_steps", "participation_id", Fate.DELETED),
    Tie("learner_clocks", "user_id", Fate.DELETED),
    Tie("extended_learners", "user_id", Fate.DELETED),
    Tie("extensions", "given_by_id", Fate.KEPT, hidden=("undone_by_id",)),
    Tie("extensions", "undone_by_id", Fate.KEPT, exported=False),
    Tie("interventions", "user_id", Fate.DELETED, hidden=("actor_id",)),
    Tie("interventions", "actor_id", Fate.KEPT, hidden=("user_id", "signals")),
    Tie("follow_ups", "participation_id", Fate.DELETED),
    Tie("mail_states", "user_id", Fate.DELETED),
    Tie("nudges", "user_id", Fate.DELETED, hidden=("sender_id", "message_id")),
    Tie("nudges", "sender_id", Fate.KEPT, hidden=("user_id", "message_id", "read_at")),
    Tie("weekly_summaries", "user_id", Fate.DELETED),
    Tie("calendar_feeds", "user_id", Fate.DELETED, hidden=("token_hash",)),
    Tie("course_tokens", "user_id", Fate.DELETED, hidden=("token_hash",)),
    Tie("confirmed_levels", "participation_id", Fate.DELETED, hidden=("confirmed_by_id",)),
    Tie("level_decisions", "participation_id", Fate.DELETED, hidden=("actor_id",)),
    Tie("evidence_links", "participation_id", Fate.DELETED),
    Tie("level_shares", "user_id", Fate.DELETED),
    Tie("credentials", "user_id", Fate.BLANKED),
    Tie("shares", "user_id", Fate.DELETED, hidden=("token_hash",)),
    Tie("share_items", "participation_id", Fate.DELETED),
    Tie("reflections", "participation_id", Fate.BLANKED),
    Tie("reflection_answers", "reflection_id", Fate.DELETED),
    Tie("reflection_revisions", "reflection_id", Fate.BLANKED),
    Tie("attachments", "reflection_id", Fate.DELETED),
    Tie("responses", "author_id", Fate.KEPT, hidden=OF_THE_ADDRESSEE),
    Tie(
        "responses",
        "reflection_id",
        Fate.BLANKED,
        hidden=(*OF_THE_AUTHOR, "author_id", "allocation_id", "return_reason", "draft_version"),
        states=RELEASED,
    ),
    Tie("responses", "allocation_id", Fate.KEPT, exported=False),
    Tie("allocations", "reviewer_id", Fate.BLANKED),
    Tie("allocations", "reflection_id", Fate.BLANKED, exported=False),
    Tie("response_revisions", "response_id", Fate.DELETED),
    Tie("criterion_readings", "response_id", Fate.KEPT),
    Tie("calibration_readings", "participation_id", Fate.DELETED),
    Tie("exemplars", "created_by_id", Fate.KEPT),
    Tie("moderation_decisions", "reflection_id", Fate.BLANKED, hidden=OF_STAFF),
    Tie("moderation_decisions", "response_id", Fate.BLANKED, hidden=OF_STAFF),
    Tie("moderation_decisions", "participation_id", Fate.BLANKED, hidden=OF_STAFF),
    Tie("moderation_decisions", "about_id", Fate.KEPT, exported=False),
    Tie("moderation_decisions", "actor_id", Fate.KEPT, hidden=("about_id", "participation_id")),
    Tie("flags", "reflection_id", Fate.BLANKED, hidden=("flagger_id", "words", "decision_id")),
    Tie("flags", "response_id", Fate.BLANKED, hidden=("flagger_id", "words", "decision_id")),
    Tie("flags", "flagger_id", Fate.BLANKED),
    Tie("appeals", "reflection_id", Fate.BLANKED, exported=False),
    Tie("appeals", "response_id", Fate.BLANKED, exported=False),
    Tie("appeals", "author_id", Fate.BLANKED),
    Tie("redactions", "reflection_id", Fate.DELETED, hidden=("decision_id",)),
    Tie("redactions", "response_id", Fate.KEPT, hidden=("decision_id",)),
    Tie("tutor_comments", "response_id", Fate.DELETED, hidden=("tutor_id",)),
    Tie("tutor_comments", "tutor_id", Fate.KEPT),
    Tie("saved_replies", "owner_id", Fate.DELETED),
    Tie("desk_settings", "user_id", Fate.DELETED),
    Tie("confirmed_levels", "confirmed_by_id", Fate.KEPT, hidden=("participation_id",)),
    Tie("level_decisions", "actor_id", Fate.KEPT, hidden=("participation_id", "evidence")),
    Tie("depth_ratings", "reflection_id", Fate.DELETED, hidden=("tutor_id",)),
    Tie("depth_ratings", "tutor_id", Fate.KEPT, hidden=("reflection_id",)),
    Tie("outbox_messages", "user_id", Fate.DELETED),
    Tie("outbox_messages", "participation_id", Fate.DELETED, exported=False),
    Tie("results", "user_id", Fate.DELETED),
    Tie("moodle_ratings", "user_id", Fate.DELETED),
    Tie("competency_sharings", "switched_on_by_id", Fate.KEPT),
    Tie("launch_sessions", "user_id", Fate.DELETED, hidden=SECRETS),
    Tie("launch_sessions", "membership_id", Fate.DELETED, exported=False),
    Tie("activities", "created_by_id", Fate.KEPT, hidden=("shared_links",)),
    Tie("presets", "created_by_id", Fate.KEPT),
    Tie("rehearsals", "owner_id", Fate.KEPT),
    Tie("framework_uploads", "user_id", Fate.DELETED, hidden=("content",)),
    Tie("framework_changes", "by_id", Fate.KEPT),
)

PERSONAL = ("users", "memberships", "participations", "reflections", "allocations", "responses")
"""Tables whose rows are a person's; a column that refers to one of them is a tie."""
