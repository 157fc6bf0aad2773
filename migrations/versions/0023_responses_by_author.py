"""A learner's own responses are found by learner and activity at once, in a course of any size."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the index of authors know the activity, too."""
    op.drop_index("ix_responses_author_id", "responses")
    op.create_index("ix_responses_author_id", "responses", ["author_id", "activity_id"])


def downgrade() -> None:
    """Let it know authors alone."""
    op.drop_index("ix_responses_author_id", "responses")
    op.create_index("ix_responses_author_id", "responses", ["author_id"])
