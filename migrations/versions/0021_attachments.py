"""Files of reflections, and titles of pages that texts link to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables."""
    takes = sa.Column("takes_files", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column("activities", takes)
    files = sa.Column("files", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    op.add_column("reflection_revisions", files)
    _make_attachments()
    op.create_table(
        "link_titles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url_hash", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_titles")),
        sa.UniqueConstraint("url_hash", name=op.f("uq_link_titles_url_hash")),
    )
    op.create_index("ix_link_titles_asked_at", "link_titles", ["asked_at"])


def downgrade() -> None:
    """Forget them; the files themselves are swept."""
    op.drop_table("link_titles")
    op.drop_table("attachments")
    op.drop_column("reflection_revisions", "files")
    op.drop_column("activities", "takes_files")


def _make_attachments() -> None:
    kind = sa.Enum(
        "image", "document", name="kind", native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reflection_id", sa.Uuid(), nullable=False),
        sa.Column("prompt_id", sa.Uuid(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("alt", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("is_decorative", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("size >= 0", name=op.f("ck_attachments_size")),
        sa.ForeignKeyConstraint(
            ["reflection_id"],
            ["reflections.id"],
            name=op.f("fk_attachments_reflection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompts.id"], name=op.f("fk_attachments_prompt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    for column in ("reflection_id", "sha256", "removed_at"):
        op.create_index(f"ix_attachments_{column}", "attachments", [column])
