"""Criteria of responses in versions, what responses say by them, exemplars to practise with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = (
    "calibration_readings",
    "exemplar_readings",
    "exemplars",
    "criterion_readings",
    "criterion_levels",
)


def upgrade() -> None:
    """Add tables and columns; no table that others refer to is made anew."""
    _make_criteria()
    _make_readings()
    _make_exemplars()
    for name, default in (("criteria_min_words", "5"), ("calibration_minimum", "0")):
        op.add_column(
            "activities",
            sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text(default)),
        )
    for name in ("criteria_published", "calibration_skippable"):
        op.add_column(
            "activities",
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    op.add_column(
        "participations",
        sa.Column("calibration_skipped_at", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    """Forget the criteria, and what was said by them."""
    op.drop_column("participations", "calibration_skipped_at")
    for column in (
        "calibration_skippable",
        "criteria_published",
        "calibration_minimum",
        "criteria_min_words",
    ):
        op.drop_column("activities", column)
    for table in (*TABLES, "criteria", "criteria_versions"):
        op.drop_table(table)


def _make_criteria() -> None:
    op.create_table(
        "criteria_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _key("criteria_versions", "activity_id", "activities.id", cascades=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria_versions")),
        sa.UniqueConstraint(
            "activity_id", "number", name=op.f("uq_criteria_versions_activity_id_number")
        ),
    )
    op.create_table(
        "criteria",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=True),
        sa.Column("template_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("competency_id", sa.Uuid(), nullable=True),
        _key("criteria", "competency_id", "competencies.id"),
        _key("criteria", "version_id", "criteria_versions.id", cascades=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_criteria_version_id_position")),
    )
    op.create_table(
        "criterion_levels",
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 6", name=op.f("ck_criterion_levels_position")),
        _key("criterion_levels", "criterion_id", "criteria.id", cascades=True),
        sa.PrimaryKeyConstraint("criterion_id", "position", name=op.f("pk_criterion_levels")),
    )


def _make_readings() -> None:
    op.create_table(
        "criterion_readings",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        _level("criterion_readings"),
        _key("criterion_readings", "criterion_id", "criteria.id"),
        _key("criterion_readings", "response_id", "responses.id", cascades=True),
        sa.PrimaryKeyConstraint("response_id", "criterion_id", name=op.f("pk_criterion_readings")),
    )
    op.create_index(
        "ix_criterion_readings_criterion_id", "criterion_readings", ["criterion_id", "level"]
    )


def _make_exemplars() -> None:
    origin = sa.Enum(
        *("written", "given"), name="origin", native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        "exemplars",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("origin", origin, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        _key("exemplars", "activity_id", "activities.id", cascades=True),
        _key("exemplars", "created_by_id", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemplars")),
    )
    op.create_index("ix_exemplars_activity_id", "exemplars", ["activity_id", "position"])
    op.create_table(
        "exemplar_readings",
        sa.Column("exemplar_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _level("exemplar_readings"),
        _key("exemplar_readings", "criterion_id", "criteria.id", cascades=True),
        _key("exemplar_readings", "exemplar_id", "exemplars.id", cascades=True),
        sa.PrimaryKeyConstraint("exemplar_id", "criterion_id", name=op.f("pk_exemplar_readings")),
    )
    op.create_table(
        "calibration_readings",
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("exemplar_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _level("calibration_readings"),
        _key("calibration_readings", "criterion_id", "criteria.id"),
        _key("calibration_readings", "exemplar_id", "exemplars.id"),
        _key("calibration_readings", "participation_id", "participations.id", cascades=True),
        sa.PrimaryKeyConstraint(
            "participation_id",
            "exemplar_id",
            "criterion_id",
            name=op.f("pk_calibration_readings"),
        ),
    )
    op.create_index(
        "ix_calibration_readings_exemplar_id",
        "calibration_readings",
        ["exemplar_id", "criterion_id"],
    )


def _key(table: str, column: str, target: str, cascades: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [target],
        name=op.f(f"fk_{table}_{column}"),
        ondelete="CASCADE" if cascades else None,
    )


def _level(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("level BETWEEN 1 AND 6", name=op.f(f"ck_{table}_level"))
