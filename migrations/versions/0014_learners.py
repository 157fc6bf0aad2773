"""Anonymity per activity, follow-ups of next steps, calendar feeds, what a response gave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENTS = ("unmasked_at", "visited_at", "news_since")
ALIAS = "ix_participations_alias"


def upgrade() -> None:
    """Add columns and tables; no table that others refer to is made anew."""
    op.execute(
        "ALTER TABLE activities ADD COLUMN anonymity VARCHAR(32) DEFAULT 'open' NOT NULL"
        " CONSTRAINT ck_activities_anonymity CHECK (anonymity IN"
        " ('open', 'pseudonyms', 'double_blind'))"
    )
    op.add_column("participations", sa.Column("alias", sa.Integer(), nullable=True))
    op.add_column("participations", sa.Column("visit_id", sa.Uuid(), nullable=True))
    for name in MOMENTS:
        moment = sa.Column(name, sa.DateTime(timezone=True), nullable=True)
        op.add_column("participations", moment)
    op.create_index(ALIAS, "participations", ["activity_id", "alias"], unique=True)
    takeaway = sa.Column("takeaway", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("responses", takeaway)
    _make_follow_ups()
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_feeds_user_id")),
    )


def downgrade() -> None:
    """Forget them: names are shown again everywhere."""
    for table in ("calendar_feeds", "follow_ups"):
        op.drop_table(table)
    op.drop_column("responses", "takeaway")
    op.drop_index(ALIAS, "participations")
    for column in (*MOMENTS, "visit_id", "alias"):
        op.drop_column("participations", column)
    op.drop_column("activities", "anonymity")


def _make_follow_ups() -> None:
    outcomes = ("done", "partly", "not_yet", "dropped")
    outcome = sa.Enum(
        *outcomes, name="outcome", native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("after_days", sa.Integer(), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("outcome", outcome, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participations.id"],
            name=op.f("fk_follow_ups_participation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint(
            "participation_id",
            "after_days",
            "committed_at",
            name=op.f("uq_follow_ups_participation_id_after_days_committed_at"),
        ),
    )
