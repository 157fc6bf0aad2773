"""privacy: launches about a person's data and into a course; people whose data was erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = ("resource_link", "deep_linking", "submission_review")
MORE_KINDS = ("data_privacy", "course")
NAME = "ck_launch_sessions_kind"


def upgrade() -> None:
    """Allow two more kinds of session."""
    op.add_column("users", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    _allow((*KINDS, *MORE_KINDS))


def downgrade() -> None:
    """End the sessions of the new kinds; what was erased stays erased."""
    kind = sa.table("launch_sessions", sa.column("kind", sa.Text())).c.kind
    op.execute(sa.delete(kind.table).where(kind.in_(MORE_KINDS)))
    _allow(KINDS)
    op.drop_column("users", "erased_at")


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _allow(kinds: tuple[str, ...]) -> None:
    """Let sessions be of these ``kinds``; on SQLite the table is made anew: no other refers to it."""
    with op.batch_alter_table("launch_sessions") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), f"kind IN ({_quoted(kinds)})")
