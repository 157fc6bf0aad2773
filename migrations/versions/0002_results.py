"""An outbox of any kind of message, results that are read back, and each course's line items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = ("queued", "sending", "sent", "refused", "superseded")
ABOUT = ("line_item_id", "user_id", "participation_id")


def upgrade() -> None:
    """Let messages have a kind and a key; keep results; keep where line items are listed."""
    for column in (
        sa.Column("line_items_url", sa.Text(), nullable=False, server_default=""),
        sa.Column("line_items_scopes", sa.JSON(), nullable=False, server_default="[]"),
    ):
        op.add_column("contexts", column)
    op.add_column("line_items", sa.Column("results_due_at", sa.DateTime(timezone=True)))
    _make_results()
    _drop_indexes()
    op.add_column(
        "outbox_messages", sa.Column("kind", sa.Text(), nullable=False, server_default="score")
    )
    op.add_column("outbox_messages", sa.Column("key", sa.Text(), nullable=True))
    # As models.grades.score_key writes it; SQLite keeps identifiers without hyphens.
    op.execute(
        "UPDATE outbox_messages SET key = 'score:' || replace(CAST(line_item_id AS TEXT), '-', '')"
        " || ':' || replace(CAST(user_id AS TEXT), '-', '')"
    )
    with op.batch_alter_table("outbox_messages", table_args=_checks()) as batch:
        batch.alter_column("key", existing_type=sa.Text(), nullable=False)
        for name in ABOUT:
            batch.alter_column(name, existing_type=sa.Uuid(), nullable=True)
    _make_indexes(["key"], ["key", "created_at"])
    op.create_index(
        "ix_outbox_messages_line_item_id", "outbox_messages", ["line_item_id", "user_id"]
    )


def downgrade() -> None:
    """Keep scores alone, which is all that the older version can send."""
    op.drop_index("ix_outbox_messages_line_item_id", "outbox_messages")
    _drop_indexes()
    op.execute("DELETE FROM outbox_messages WHERE kind <> 'score'")
    with op.batch_alter_table("outbox_messages", table_args=_checks()) as batch:
        batch.drop_column("key")
        batch.drop_column("kind")
        for name in ABOUT:
            batch.alter_column(name, existing_type=sa.Uuid(), nullable=False)
    pair = ["line_item_id", "user_id"]
    _make_indexes(pair, [*pair, "created_at"])
    op.drop_table("results")
    op.drop_column("line_items", "results_due_at")
    op.drop_column("contexts", "line_items_scopes")
    op.drop_column("contexts", "line_items_url")


def _checks() -> tuple[sa.CheckConstraint, ...]:
    """Return the table's checks for SQLite, which is rebuilt; PostgreSQL keeps its own."""
    if op.get_bind().dialect.name != "sqlite":
        return ()
    allowed = ", ".join(repr(state) for state in STATES)
    return (sa.CheckConstraint(f"state IN ({allowed})", name=op.f("ck_outbox_messages_state")),)


def _make_results() -> None:
    op.create_table(
        "results",
        sa.Column("line_item_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("maximum", sa.Double(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_item_id"], ["line_items.id"], name=op.f("fk_results_line_item_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_results_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint(
            "line_item_id", "user_id", name=op.f("uq_results_line_item_id_user_id")
        ),
    )


def _drop_indexes() -> None:
    op.drop_index("ix_outbox_messages_key", "outbox_messages")
    op.drop_index("uq_outbox_messages_queued", "outbox_messages")


def _make_indexes(queued: list[str], key: list[str]) -> None:
    op.create_index("ix_outbox_messages_key", "outbox_messages", key)
    op.create_index(
        "uq_outbox_messages_queued",
        "outbox_messages",
        queued,
        unique=True,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
