"""What learners show to people outside: links that end, and what each holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, empty: nobody shares anything."""
    op.create_table(
        "shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("openings", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 365", name=op.f("ck_shares_days")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_shares_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shares_token_hash")),
    )
    op.create_index("ix_shares_user_id", "shares", ["user_id"])
    op.create_index("ix_shares_expires_at", "shares", ["expires_at"])
    references = (
        ("share_id", "shares", False),
        ("participation_id", "participations", False),
        ("competency_id", "competencies", True),
        ("prompt_id", "prompts", True),
        ("follow_up_id", "follow_ups", True),
    )
    op.create_table(
        "share_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=empty) for column, _table, empty in references),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_share_items_{column}"),
                ondelete="CASCADE",
            )
            for column, table, _empty in references
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_items")),
    )
    op.create_index("ix_share_items_share_id", "share_items", ["share_id"])
    op.create_index("ix_share_items_participation_id", "share_items", ["participation_id"])


def downgrade() -> None:
    """Forget what was shared: the links open nothing any more."""
    op.drop_table("share_items")
    op.drop_table("shares")
