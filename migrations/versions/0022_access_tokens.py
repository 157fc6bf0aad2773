"""Access tokens: programs that read a course for an educator."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, empty: no program has access."""
    op.create_table(
        "course_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_course_tokens_user_id")),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["contexts.id"],
            name=op.f("fk_course_tokens_context_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_course_tokens_token_hash")),
    )
    op.create_index(
        "ix_course_tokens_context_id_user_id", "course_tokens", ["context_id", "user_id"]
    )
    op.create_index("ix_course_tokens_user_id", "course_tokens", ["user_id"])


def downgrade() -> None:
    """Forget all tokens: they open nothing any more."""
    op.drop_table("course_tokens")
