"""frameworks: trees with licences, scales, links; target levels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXTS = {
    "competency_frameworks": ("uri", "creator", "version", "licence", "licence_url"),
    "competencies": ("kind", "uri", "words", "fingerprint", "link_identifier"),
}
OBJECTS = {
    "competency_frameworks": ("description", "extra"),
    "competencies": ("description", "extra"),
}


def upgrade() -> None:
    """Add columns only: making a table anew would take the rows that depend on it along."""
    for table, columns in TEXTS.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
    for table, columns in OBJECTS.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.JSON(), nullable=False, server_default="{}"))
    for column in (
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.Text(), nullable=False, server_default="en"),
        sa.Column("unofficial", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("scale", sa.Text(), nullable=False, server_default="own"),
        sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("competency_frameworks", column)
    for name in ("is_default", "is_proficient"):
        flag = sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
        op.add_column("competency_levels", flag)
    op.add_column(
        "competencies", sa.Column("depth", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "competencies", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute("UPDATE competencies SET depth = 1 WHERE parent_id IS NOT NULL")
    op.create_index(
        "ix_competencies_framework_id_position", "competencies", ["framework_id", "position"]
    )
    op.create_index("ix_competencies_parent_id", "competencies", ["parent_id"])
    op.create_index("ix_competencies_identifier", "competencies", ["identifier"])
    op.create_index("ix_competencies_link_identifier", "competencies", ["link_identifier"])
    op.add_column("activity_competencies", sa.Column("target_level", sa.Integer(), nullable=True))
    _make_links()
    _make_uploads()


def downgrade() -> None:
    """Forget what imports told; competencies and levels stay."""
    op.drop_table("framework_uploads")
    op.drop_table("competency_links")
    op.drop_column("activity_competencies", "target_level")
    for index in ("link_identifier", "identifier", "parent_id", "framework_id_position"):
        op.drop_index(f"ix_competencies_{index}", "competencies")
    for column in ("retired_at", "depth", *OBJECTS["competencies"], *TEXTS["competencies"]):
        op.drop_column("competencies", column)
    for column in ("is_proficient", "is_default"):
        op.drop_column("competency_levels", column)
    more = ("is_public", "scale", "unofficial", "language", "updated_at")
    for column in (*more, *OBJECTS["competency_frameworks"], *TEXTS["competency_frameworks"]):
        op.drop_column("competency_frameworks", column)


def _make_links() -> None:
    op.create_table(
        "competency_links",
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_id"],
            ["competency_frameworks.id"],
            name=op.f("fk_competency_links_framework_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competency_links")),
        sa.UniqueConstraint(
            "framework_id", "identifier", name=op.f("uq_competency_links_framework_id_identifier")
        ),
    )
    op.create_index("ix_competency_links_identifier", "competency_links", ["identifier"])


def _make_uploads() -> None:
    op.create_table(
        "framework_uploads",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_framework_uploads_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_framework_uploads_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_uploads")),
    )
    op.create_index("ix_framework_uploads_user_id", "framework_uploads", ["user_id"])
