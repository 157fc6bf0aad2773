"""Prompts in several languages and tied to competencies; live sessions, presets, rehearsals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables; what is there keeps its meaning."""
    op.add_column("activities", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("activities", sa.Column("event_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "activities",
        sa.Column("shared_links", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column("prompts", sa.Column("root_id", sa.Uuid(), nullable=True))
    op.add_column(
        "prompts",
        sa.Column("translations", sa.JSON(), nullable=False, server_default=sa.text("'{}'")),
    )
    op.create_table(
        "prompt_competencies",
        sa.Column("prompt_id", sa.Uuid(), nullable=False),
        sa.Column("competency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prompt_id"],
            ["prompts.id"],
            name=op.f("fk_prompt_competencies_prompt_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["competency_id"],
            ["competencies.id"],
            name=op.f("fk_prompt_competencies_competency_id"),
        ),
        sa.PrimaryKeyConstraint("prompt_id", "competency_id", name=op.f("pk_prompt_competencies")),
    )
    _create_presets()
    _create_rehearsals()


def _create_presets() -> None:
    op.create_table(
        "presets",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_presets_registration_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_presets_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presets")),
    )
    op.create_index("ix_presets_registration_id", "presets", ["registration_id"])


def _create_rehearsals() -> None:
    op.create_table(
        "rehearsals",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("original_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_rehearsals_context_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_rehearsals_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsals")),
        sa.UniqueConstraint("context_id", name=op.f("uq_rehearsals_context_id")),
    )
    op.create_index("ix_rehearsals_created_at", "rehearsals", ["created_at"])


def downgrade() -> None:
    """Take tables and columns away; other languages and links to competencies are forgotten."""
    op.drop_table("rehearsals")
    op.drop_table("presets")
    op.drop_table("prompt_competencies")
    op.drop_column("prompts", "translations")
    op.drop_column("prompts", "root_id")
    for column in ("shared_links", "event_at", "closed_at"):
        op.drop_column("activities", column)
