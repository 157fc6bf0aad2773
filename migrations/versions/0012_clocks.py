"""Dates of each learner's own, completion by a tutor's word, and who needs a tutor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

DATES = ("now_due_at", "new_due_at", "next_due_at")
SCOPES = ("chosen", "not_handed_in", "not_complete", "cohort")
ACTS = (
    "answered",
    "nudged",
    "extended",
    "extension_undone",
    "freed",
    "noted",
    "completed",
    "completion_undone",
)
KINDS = ("cognitive", "socio_affective", "motivational", "metacognitive")


def upgrade() -> None:
    """Make the new tables; add columns one by one, so that no table is made anew."""
    for name, default in (("accepts_late", sa.true()), ("starts_on_joining", sa.false())):
        op.add_column(
            "activities", sa.Column(name, sa.Boolean(), nullable=False, server_default=default)
        )
    op.execute(
        "ALTER TABLE activities ADD COLUMN answer_within_days INTEGER DEFAULT 3 NOT NULL"
        " CONSTRAINT ck_activities_answer_within_days"
        " CHECK (answer_within_days BETWEEN 1 AND 60)"
    )
    _extend_participations()
    op.add_column(
        "responses",
        sa.Column("marked_words", sa.Text(), nullable=False, server_default=sa.text("''")),
    )
    _make_clocks()
    _make_interventions()


def downgrade() -> None:
    """Forget them: everybody has the activity's dates again."""
    for table in ("interventions", "extended_learners", "extensions", "learner_clocks"):
        op.drop_table(table)
    op.drop_column("responses", "marked_words")
    op.drop_index("ix_participations_attention", "participations")
    op.drop_index("ix_participations_remeasure_at", "participations")
    for column in (
        "override_points",
        "override_reason",
        "signals",
        "attention_at",
        "attention",
        "remeasure_at",
    ):
        op.drop_column("participations", column)
    for column in ("answer_within_days", "starts_on_joining", "accepts_late"):
        op.drop_column("activities", column)


def _extend_participations() -> None:
    op.add_column(
        "participations", sa.Column("remeasure_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("participations", sa.Column("attention", sa.Integer(), nullable=True))
    op.add_column(
        "participations", sa.Column("attention_at", sa.DateTime(timezone=True), nullable=True)
    )
    for name in ("signals", "override_reason"):
        op.add_column(
            "participations",
            sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")),
        )
    op.execute(
        "ALTER TABLE participations ADD COLUMN override_points INTEGER"
        " CONSTRAINT ck_participations_override_points"
        " CHECK (override_points BETWEEN 0 AND 100)"
    )
    op.create_index("ix_participations_remeasure_at", "participations", ["remeasure_at"])
    op.create_index(
        "ix_participations_attention",
        "participations",
        ["activity_id", "attention", "attention_at"],
    )
    # Whose activity is not over: the next sweep works out when to look again.
    op.execute(
        "UPDATE participations SET remeasure_at = CURRENT_TIMESTAMP WHERE EXISTS"
        " (SELECT 1 FROM activities WHERE activities.id = participations.activity_id AND"
        " (activities.new_due_at > CURRENT_TIMESTAMP OR activities.next_due_at > CURRENT_TIMESTAMP"
        " OR (activities.new_due_at IS NULL AND activities.next_due_at IS NULL"
        " AND participations.completed_at IS NULL)))"
    )


def _make_clocks() -> None:
    op.create_table(
        "learner_clocks",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_dates(),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_learner_clocks_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_learner_clocks_user_id")),
        sa.PrimaryKeyConstraint("activity_id", "user_id", name=op.f("pk_learner_clocks")),
    )
    op.create_table(
        "extensions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("scope", _one_of("scope", SCOPES), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        *_dates(),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        *_keys("extensions", activity_id="activities", given_by_id="users", undone_by_id="users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index("ix_extensions_activity_id", "extensions", ["activity_id", "given_at"])
    op.create_table(
        "extended_learners",
        sa.Column("extension_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["extension_id"],
            ["extensions.id"],
            name=op.f("fk_extended_learners_extension_id"),
            ondelete="CASCADE",
        ),
        *_keys("extended_learners", user_id="users"),
        sa.PrimaryKeyConstraint("extension_id", "user_id", name=op.f("pk_extended_learners")),
    )
    op.create_index("ix_extended_learners_user_id", "extended_learners", ["user_id"])


def _make_interventions() -> None:
    op.create_table(
        "interventions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("act", _one_of("act", ACTS), nullable=False),
        sa.Column("kind", _one_of("kind", KINDS), nullable=True),
        sa.Column("is_proactive", sa.Boolean(), nullable=False),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_keys("interventions", activity_id="activities", user_id="users", actor_id="users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interventions")),
    )
    op.create_index("ix_interventions_learner", "interventions", ["activity_id", "user_id", "at"])
    op.create_index("ix_interventions_user_id", "interventions", ["user_id"])


def _dates() -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in DATES]


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in columns.items()
    ]
