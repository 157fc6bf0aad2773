"""Reminders, what people want of mails, weekly summaries, where the course is in the LMS."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

EVENTS = (
    ("ix_responses_released_at", "responses", ["released_at"]),
    ("ix_moderation_decisions_at", "moderation_decisions", ["at"]),
)


def upgrade() -> None:
    """Add columns, indexes and tables; no table that others refer to is made anew."""
    url = sa.Column("lms_url", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("contexts", url)
    for name, table, columns in EVENTS:
        op.create_index(name, table, columns)
    op.create_table(
        "mail_states",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *(_moment(name) for name in ("stopped_at", "mailed_at", "told_until", "look_at")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_states_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_states")),
    )
    _make_nudges()
    op.create_table(
        "weekly_summaries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        _moment("next_at", nullable=False),
        _moment("created_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_weekly_summaries_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_weekly_summaries_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_summaries")),
        sa.UniqueConstraint(
            "context_id", "user_id", name=op.f("uq_weekly_summaries_context_id_user_id")
        ),
    )
    op.create_index("ix_weekly_summaries_next_at", "weekly_summaries", ["next_at"])


def downgrade() -> None:
    """Forget reminders and wishes; mails that wait are dropped: nobody can send them any more."""
    op.execute("DELETE FROM outbox_messages WHERE kind = 'mail'")
    for table in ("weekly_summaries", "nudges", "mail_states"):
        op.drop_table(table)
    for name, table, _columns in EVENTS:
        op.drop_index(name, table)
    op.drop_column("contexts", "lms_url")


def _moment(name: str, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _make_nudges() -> None:
    op.create_table(
        "nudges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("locale", "subject", "body")),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        _moment("sent_at", nullable=False),
        _moment("read_at"),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_nudges_activity_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_nudges_user_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("fk_nudges_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudges")),
    )
    op.create_index("ix_nudges_learner", "nudges", ["activity_id", "user_id", "sent_at"])
    op.create_index("ix_nudges_user_id", "nudges", ["user_id"])
