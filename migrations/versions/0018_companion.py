"""The Moodle companion: its tokens, the activities it is switched on for, what Moodle shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them, empty: it is off."""
    op.create_table(
        "moodle_companions",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("reads_groups", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        _key("moodle_companions", "registration_id", "registrations", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_moodle_companions")),
    )
    op.create_table(
        "competency_sharings",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("switched_on_by_id", sa.Uuid(), nullable=False),
        sa.Column("switched_on_at", sa.DateTime(timezone=True), nullable=False),
        _key("competency_sharings", "activity_id", "activities", ondelete="CASCADE"),
        _key("competency_sharings", "switched_on_by_id", "users"),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_competency_sharings")),
    )
    op.create_table(
        "moodle_ratings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("competency_id", sa.Uuid(), nullable=False),
        sa.Column("sent_item", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        _key("moodle_ratings", "context_id", "contexts"),
        _key("moodle_ratings", "user_id", "users"),
        _key("moodle_ratings", "competency_id", "competencies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moodle_ratings")),
        sa.UniqueConstraint(
            "context_id",
            "user_id",
            "competency_id",
            name=op.f("uq_moodle_ratings_context_id_user_id_competency_id"),
        ),
    )
    op.create_index("ix_moodle_ratings_due_at", "moodle_ratings", ["due_at"])


def downgrade() -> None:
    """Forget them; what Moodle was told stays in Moodle."""
    for table in ("moodle_ratings", "competency_sharings", "moodle_companions"):
        op.drop_table(table)


def _key(table: str, column: str, target: str, **options: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **options)
