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

TIES = (
    Tie("memberships", "user_id", Fate.DELETED),
    Tie("group_members", "user_id", Fate.DELETED),
    Tie("participations", "user_id", Fate.BLANKED),
    Tie("self_ratings", "participation_id", Fate.DELETED),
    Tie("next_steps", "participation_id", Fate.DELETED),
    Tie("confirmed_levels", "participation_id", Fate.DELETED, hidden=("confirmed_by_id",)),
    Tie("reflections", "participation_id", Fate.BLANKED),
    Tie("reflection_answers", "reflection_id", Fate.DELETED),
    Tie("reflection_revisions", "reflection_id", Fate.BLANKED),
    Tie("responses", "author_id", Fate.KEPT),
    Tie(
        "responses",
        "reflection_id",
        Fate.BLANKED,
        hidden=("author_id", "allocation_id", "return_reason", "draft_version", "saved_at"),
        states=RELEASED,
    ),
    Tie("responses", "allocation_id", Fate.KEPT, exported=False),
    Tie("allocations", "reviewer_id", Fate.BLANKED),
    Tie("allocations", "reflection_id", Fate.BLANKED, exported=False),
    Tie("moderation_decisions", "reflection_id", Fate.BLANKED, hidden=("actor_id",)),
    Tie("moderation_decisions", "response_id", Fate.BLANKED, hidden=("actor_id",)),
    Tie("moderation_decisions", "actor_id", Fate.KEPT),
    Tie("confirmed_levels", "confirmed_by_id", Fate.KEPT, hidden=("participation_id",)),
    Tie("outbox_messages", "user_id", Fate.DELETED),
    Tie("outbox_messages", "participation_id", Fate.DELETED, exported=False),
    Tie("results", "user_id", Fate.DELETED),
    Tie("launch_sessions", "user_id", Fate.DELETED, hidden=SECRETS),
    Tie("launch_sessions", "membership_id", Fate.DELETED, exported=False),
    Tie("activities", "created_by_id", Fate.KEPT),
)

PERSONAL = ("users", "memberships", "participations", "reflections", "allocations", "responses")
"""Tables whose rows are a person's; a column that refers to one of them is a tie."""
