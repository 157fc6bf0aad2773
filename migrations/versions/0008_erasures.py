"""People who were erased, so that course lists do not bring them back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; who was erased before is known to nobody any more."""
    op.create_table(
        "erasures",
        sa.Column("person_hash", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_hash", name=op.f("pk_erasures")),
    )


def downgrade() -> None:
    """Forget who was erased: a course list that still names them lists them again."""
    op.drop_table("erasures")
