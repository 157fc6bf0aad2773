"""Learning record stores: where an operator lets a platform's learning records go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, empty: nothing is recorded."""
    op.create_table(
        "record_stores",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("endpoint", "username", "password", "version")
        ),
        sa.Column("pseudonymous", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_record_stores_registration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_record_stores")),
    )


def downgrade() -> None:
    """Forget them; records that wait are dropped: nobody can send them any more."""
    op.execute("DELETE FROM outbox_messages WHERE kind = 'xapi'")
    op.drop_table("record_stores")
