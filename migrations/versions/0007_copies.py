"""Where a copied activity comes from, and what links told of their origin."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns only: making the table anew would take the rows that depend on it along."""
    op.add_column("activities", sa.Column("copied_from_id", sa.Uuid(), nullable=True))
    op.add_column("activities", sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "ALTER TABLE activities ADD COLUMN copied_by_sign VARCHAR(32)"
        " CONSTRAINT ck_activities_copied_by_sign CHECK (copied_by_sign IN"
        " ('activity_id', 'link_history', 'course_history', 'chosen'))"
    )
    checked_at = sa.Column("copy_checked_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("activities", checked_at)
    op.add_column("resource_links", sa.Column("named_id", sa.Uuid(), nullable=True))
    op.add_column("resource_links", sa.Column("placement_id", sa.Uuid(), nullable=True))
    was_copied = sa.Column("was_copied", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("resource_links", was_copied)
    op.create_index("ix_resource_links_lti_id", "resource_links", ["lti_id"])
    # What links opened so far is what they were made for.
    op.execute("UPDATE resource_links SET named_id = activity_id")


def downgrade() -> None:
    """Forget where copies come from."""
    op.drop_index("ix_resource_links_lti_id", "resource_links")
    for column in ("was_copied", "placement_id", "named_id"):
        op.drop_column("resource_links", column)
    for column in ("copy_checked_at", "copied_by_sign", "copied_at", "copied_from_id"):
        op.drop_column("activities", column)
