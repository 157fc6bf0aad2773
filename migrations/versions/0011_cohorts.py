"""Cohorts with their tutors, exclusions, and whose reflections an activity gives."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

POOLS = "'context', 'own_cohort', 'other_cohorts'"
SERVING, KIND = "ix_reflections_serving", ("activity_id", "state", "author_done")
REASONS = ("same_employer", "line_manager", "other")


def upgrade() -> None:
    """Make the new tables; add columns one by one, so that no table is made anew."""
    _make_cohorts()
    _make_tutors()
    _make_exclusions()
    seeing = sa.Column("tutors_see_all", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("contexts", seeing)
    # Constraints as the columns' own, which SQLite can add, too.
    uuid_type = "UUID" if op.get_context().dialect.name == "postgresql" else "CHAR(32)"
    op.execute(
        f"ALTER TABLE memberships ADD COLUMN cohort_id {uuid_type}"
        " CONSTRAINT fk_memberships_cohort_id REFERENCES cohorts (id)"
    )
    op.create_index("ix_memberships_cohort_id", "memberships", ["cohort_id"])
    _count_service()
    op.execute(
        "ALTER TABLE activities ADD COLUMN allocation_pool VARCHAR(32) DEFAULT 'context' NOT NULL"
        f" CONSTRAINT ck_activities_allocation_pool CHECK (allocation_pool IN ({POOLS}))"
    )


def downgrade() -> None:
    """Forget cohorts; who was made a tutor stays one."""
    op.drop_column("activities", "allocation_pool")
    op.drop_index("ix_allocations_counted", "allocations")
    op.drop_column("allocations", "counted")
    op.drop_index(SERVING, "reflections")
    op.drop_column("reflections", "service")
    op.create_index(SERVING, "reflections", [*KIND, "served", "released_at"])
    op.drop_index("ix_memberships_cohort_id", "memberships")
    op.drop_column("memberships", "cohort_id")
    op.drop_column("contexts", "tutors_see_all")
    op.drop_table("exclusions")
    op.drop_table("cohort_tutors")
    op.drop_table("cohorts")


def _count_service() -> None:
    """Begin with what was handed in; claims that live now are counted when they are renewed."""
    service = sa.Column("service", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("reflections", service)
    op.execute("UPDATE reflections SET service = served")
    op.drop_index(SERVING, "reflections")
    op.create_index(SERVING, "reflections", [*KIND, "service", "released_at"])
    counted = sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("allocations", counted)
    op.create_index(
        "ix_allocations_counted", "allocations", ["activity_id", "counted", "leased_until"]
    )


def _make_cohorts() -> None:
    op.create_table(
        "cohorts",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group_lti_id", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_cohorts_context_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sa.UniqueConstraint("context_id", "name", name=op.f("uq_cohorts_context_id_name")),
    )


def _make_tutors() -> None:
    op.create_table(
        "cohort_tutors",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_cover", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "until_at IS NULL OR until_at >= from_at", name=op.f("ck_cohort_tutors_span")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
            name=op.f("fk_cohort_tutors_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cohort_tutors_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_tutors")),
    )
    op.create_index("ix_cohort_tutors_cohort_id", "cohort_tutors", ["cohort_id"])
    op.create_index("ix_cohort_tutors_user_id", "cohort_tutors", ["user_id"])


def _make_exclusions() -> None:
    reason = sa.Enum(*REASONS, name="reason", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "exclusions",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reason", reason, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_exclusions_context_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_exclusions_user_id")),
        sa.ForeignKeyConstraint(["other_id"], ["users.id"], name=op.f("fk_exclusions_other_id")),
        sa.PrimaryKeyConstraint("context_id", "user_id", "other_id", name=op.f("pk_exclusions")),
    )
    op.create_index("ix_exclusions_other_id", "exclusions", ["other_id"])
