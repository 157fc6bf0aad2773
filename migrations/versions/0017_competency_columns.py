"""Gradebook columns of competencies, and which activities have them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ITEMS = "line_items"
PAIR = "uq_line_items_activity_id_competency_id"
ONE_SUBJECT = (
    "(resource_link_id IS NULL) <> (activity_id IS NULL)"
    " AND (activity_id IS NULL) = (competency_id IS NULL)"
)
TARGETS = {"activity_id": "activities", "competency_id": "competencies"}


def upgrade() -> None:
    """Let a line item belong to a competency of an activity in place of a link."""
    op.add_column(
        "activities",
        sa.Column("competency_columns", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "activities", sa.Column("column_notes_at", sa.DateTime(timezone=True), nullable=True)
    )
    with op.batch_alter_table(ITEMS) as batch:
        batch.add_column(
            sa.Column("label", sa.Text(), nullable=False, server_default=sa.text("''"))
        )
        batch.alter_column("resource_link_id", existing_type=sa.Uuid(), nullable=True)
        for column, target in TARGETS.items():
            batch.add_column(sa.Column(column, sa.Uuid(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_{ITEMS}_{column}"), target, [column], ["id"])
        batch.create_unique_constraint(op.f(PAIR), ["activity_id", "competency_id"])
        batch.create_check_constraint(op.f("ck_line_items_one_subject"), ONE_SUBJECT)
    op.create_index("ix_line_items_competency_id", ITEMS, ["competency_id"])


def downgrade() -> None:
    """Forget these columns, and what was sent to them; the LMS keeps what it has."""
    items = sa.table(ITEMS, sa.column("id"), sa.column("resource_link_id"))
    ours = sa.select(items.c.id).where(items.c.resource_link_id.is_(None))
    for name in ("results", "outbox_messages"):
        table = sa.table(name, sa.column("line_item_id"))
        op.execute(table.delete().where(table.c.line_item_id.in_(ours)))
    op.execute(items.delete().where(items.c.resource_link_id.is_(None)))
    op.drop_index("ix_line_items_competency_id", ITEMS)
    with op.batch_alter_table(ITEMS) as batch:
        batch.drop_constraint(op.f("ck_line_items_one_subject"), type_="check")
        batch.drop_constraint(op.f(PAIR), type_="unique")
        for column in TARGETS:
            batch.drop_constraint(op.f(f"fk_{ITEMS}_{column}"), type_="foreignkey")
            batch.drop_column(column)
        batch.drop_column("label")
        batch.alter_column("resource_link_id", existing_type=sa.Uuid(), nullable=False)
    for column in ("column_notes_at", "competency_columns"):
        op.drop_column("activities", column)
