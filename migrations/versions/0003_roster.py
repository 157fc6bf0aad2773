"""roster: where course lists are, what they told, groups of courses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLES = "'participant', 'learner', 'tutor', 'educator'"
STATES = ("due", "running", "done", "failed")
TEXTS = {
    "contexts": ("memberships_url", "groups_url", "group_sets_url"),
    "memberships": ("told_groups",),
}


def upgrade() -> None:
    """Add columns one by one: no table that others refer to is ever made anew."""
    for table, columns in TEXTS.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
    for column in ("launched_role", "listed_role"):
        # As a column's own constraint, which SQLite can add, too.
        op.execute(
            f"ALTER TABLE memberships ADD COLUMN {column} VARCHAR(32)"
            f" CONSTRAINT ck_memberships_{column} CHECK ({column} IN ({ROLES}))"
        )
    for column in ("proven_at", "left_at"):
        op.add_column("memberships", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "memberships", sa.Column("listed_in", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute("UPDATE memberships SET launched_role = role, proven_at = last_seen_at")
    _make_syncs()
    _make_groups()


def downgrade() -> None:
    """Forget the rosters; people who were only listed stay, as if they had launched once."""
    op.drop_table("group_members")
    op.drop_table("course_groups")
    op.drop_table("roster_syncs")
    for column in ("launched_role", "listed_role", "proven_at", "left_at", "listed_in"):
        op.drop_column("memberships", column)
    for table, columns in TEXTS.items():
        for column in columns:
            op.drop_column(table, column)


def _make_syncs() -> None:
    state = sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "roster_syncs",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("differences_url", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who_can_fix", sa.Text(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_roster_syncs_context_id")
        ),
        sa.PrimaryKeyConstraint("context_id", name=op.f("pk_roster_syncs")),
    )
    op.create_index("ix_roster_syncs_due", "roster_syncs", ["next_at"])


def _make_groups() -> None:
    op.create_table(
        "course_groups",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("lti_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("set_id", sa.Text(), nullable=False),
        sa.Column("set_name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_course_groups_context_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_groups")),
        sa.UniqueConstraint(
            "context_id", "lti_id", name=op.f("uq_course_groups_context_id_lti_id")
        ),
    )
    op.create_table(
        "group_members",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["course_groups.id"],
            name=op.f("fk_group_members_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_group_members_user_id")),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_group_members")),
    )
    op.create_index("ix_group_members_user_id", "group_members", ["user_id"])
