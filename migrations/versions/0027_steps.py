"""How the worker's steps go, how far new columns were told, who changed which framework."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them: nothing failed, nothing is left to be told, nobody is known to have changed any."""
    op.add_column(
        "worker_heartbeats",
        sa.Column("step_failures", sa.JSON(), nullable=False, server_default=sa.text("'{}'")),
    )
    op.add_column(
        "worker_heartbeats",
        sa.Column("failing", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column("activities", sa.Column("columns_caught_up_to", sa.Uuid(), nullable=True))
    op.add_column("redactions", sa.Column("attachment_id", sa.Uuid(), nullable=True))
    op.create_table(
        "framework_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_id"],
            ["competency_frameworks.id"],
            name=op.f("fk_framework_changes_framework_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_framework_changes_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_changes")),
    )
    op.create_index(
        "ix_framework_changes_framework_id_at", "framework_changes", ["framework_id", "at"]
    )


def downgrade() -> None:
    """Forget all of it."""
    op.drop_table("framework_changes")
    op.execute("DELETE FROM redactions WHERE attachment_id IS NOT NULL")
    op.drop_column("redactions", "attachment_id")
    op.drop_column("activities", "columns_caught_up_to")
    op.drop_column("worker_heartbeats", "failing")
    op.drop_column("worker_heartbeats", "step_failures")
