"""Activities have a description, and are drafts until a link of a course opens them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DRAFTS = "ix_activities_drafts"


def upgrade() -> None:
    """Add the description; call a draft what was made and is opened by no link."""
    with op.batch_alter_table("activities") as batch_op:
        batch_op.add_column(
            sa.Column("description", sa.Text(), nullable=False, server_default=sa.text("''"))
        )
    op.execute(
        "UPDATE activities SET state = 'draft' WHERE state = 'published' AND NOT EXISTS"
        " (SELECT 1 FROM resource_links WHERE resource_links.activity_id = activities.id)"
        " AND NOT EXISTS"
        " (SELECT 1 FROM participations WHERE participations.activity_id = activities.id)"
    )
    op.create_index(
        DRAFTS,
        "activities",
        ["updated_at"],
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )


def downgrade() -> None:
    """Take the description away; every activity that is not archived counts as published."""
    op.drop_index(DRAFTS, "activities")
    op.execute("UPDATE activities SET state = 'published' WHERE state = 'draft'")
    with op.batch_alter_table("activities") as batch_op:
        batch_op.drop_column("description")
