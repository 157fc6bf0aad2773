"""Confirmed levels that learners take along as credentials."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, empty, and the activity's switch, off."""
    op.add_column(
        "activities",
        sa.Column("offers_credentials", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "credentials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("competency_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "taken_back_by",
            sa.Enum(
                "learner",
                "tutor",
                "operator",
                "erasure",
                name="taken_back_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.CheckConstraint("level >= 1", name=op.f("ck_credentials_level")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_credentials_registration_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_credentials_user_id")),
        sa.ForeignKeyConstraint(
            ["competency_id"], ["competencies.id"], name=op.f("fk_credentials_competency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint(
            "registration_id", "status_list", "status_index", name="uq_credentials_status"
        ),
    )
    for column in ("user_id", "participation_id", "competency_id"):
        op.create_index(f"ix_credentials_{column}", "credentials", [column])


def downgrade() -> None:
    """Forget all credentials: nobody can look them up any more."""
    op.drop_table("credentials")
    op.drop_column("activities", "offers_credentials")
