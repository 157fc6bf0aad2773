"""Kept figures of large courses, marks of what changed since, and members in the order of names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COUNTED = {
    "memberships": ("context", "context_id, role, granted_role, left_at, cohort_id"),
    "participations": ("activity", "activity_id, user_id, started_at, completed_at"),
    "reflections": ("activity", "activity_id, state, released_at"),
    "responses": ("activity", "activity_id, state, released_at, helpfulness, allocation_id"),
    "moderation_decisions": ("activity", "activity_id, about_id, actor_id, step, at"),
    "interventions": ("activity", "activity_id, user_id, kind, is_proactive"),
    "next_steps": ("participation", "participation_id"),
    "self_ratings": ("participation", "participation_id, moment, level"),
    "confirmed_levels": ("participation", "participation_id, level"),
    "outbox_messages": ("participation", "participation_id, state"),
    "depth_ratings": ("reflection", "reflection_id, rubric, revision, level"),
}
"""What figures count: each table, how its rows lead to an activity or a course, which columns."""
MEMBERS = "ix_memberships_listed_name"
LISTED = """SELECT lower(CASE WHEN chosen_name <> '' THEN chosen_name ELSE name END)
FROM users WHERE id = """
"""As ``services.engine.anonymity.staff_order`` puts names in order."""
LEADS_TO = {
    "context": "SELECT @.context_id AS subject",
    "activity": "SELECT @.activity_id AS subject",
    "participation": (
        "SELECT activity_id AS subject FROM participations WHERE id = @.participation_id"
    ),
    "reflection": "SELECT activity_id AS subject FROM reflections WHERE id = @.reflection_id",
}
"""How a row, ``@``, leads to whose figures count it."""
BEGIN = (
    " BEGIN INSERT INTO figure_changes (subject_id, by_transaction)"
    " SELECT subject, 0 FROM (@@) WHERE subject IS NOT NULL ON CONFLICT DO NOTHING; END"
)


def upgrade() -> None:
    """Add the tables, empty: figures are counted when somebody next looks; put members in order."""
    _make_tables()
    listed = sa.Column("listed_name", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("memberships", listed)
    op.execute("UPDATE memberships SET listed_name = (@memberships.user_id)".replace("@", LISTED))
    op.create_index(MEMBERS, "memberships", ["context_id", "listed_name", "user_id"])
    if op.get_bind().dialect.name == "sqlite":
        _watch_on_sqlite()
    else:
        _watch_on_postgresql()


def downgrade() -> None:
    """Forget what was kept: it can be counted at any time."""
    if op.get_bind().dialect.name == "sqlite":
        for table in COUNTED:
            for what in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_counted_{what}")
        op.execute("DROP TRIGGER memberships_listed")
        op.execute("DROP TRIGGER users_listed")
    else:
        for table in COUNTED:
            op.execute(f"DROP TRIGGER {table}_counted ON {table}")
        op.execute("DROP TRIGGER memberships_listed ON memberships")
        op.execute("DROP TRIGGER users_listed ON users")
        for function in ("note_counted", "list_membership", "list_user"):
            op.execute(f"DROP FUNCTION {function}()")
    op.drop_index(MEMBERS, "memberships")
    op.drop_column("memberships", "listed_name")
    for table in ("kept_figures", "figure_changes", "figure_marks"):
        op.drop_table(table)


def _make_tables() -> None:
    op.create_table(
        "kept_figures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["contexts.id"],
            name=op.f("fk_kept_figures_context_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_kept_figures_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_figures")),
    )
    op.create_index("ix_kept_figures_key", "kept_figures", ["key", "made_at"])
    for column in ("context_id", "activity_id", "looked_at"):
        op.create_index(f"ix_kept_figures_{column}", "kept_figures", [column])
    op.create_table(
        "figure_changes",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("by_transaction", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("subject_id", "by_transaction", name=op.f("pk_figure_changes")),
    )
    op.create_table(
        "figure_marks",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_figure_marks")),
    )


def _watch_on_sqlite() -> None:
    for table, (leads_to, columns) in COUNTED.items():
        for what, row in ((f"UPDATE OF {columns}", "NEW"), ("INSERT", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER {table}_counted_{what.split()[0].lower()} AFTER {what} ON {table}"
                + BEGIN.replace("@@", LEADS_TO[leads_to]).replace("@", row)
            )
    for trigger in (
        "CREATE TRIGGER memberships_listed AFTER INSERT ON memberships BEGIN"
        " UPDATE memberships SET listed_name = (@NEW.user_id) WHERE id = NEW.id; END",
        "CREATE TRIGGER users_listed AFTER UPDATE OF name, chosen_name ON users"
        " WHEN OLD.name <> NEW.name OR OLD.chosen_name <> NEW.chosen_name BEGIN"
        " UPDATE memberships SET listed_name = (@NEW.id) WHERE user_id = NEW.id; END",
    ):
        op.execute(trigger.replace("@", LISTED))


def _watch_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION note_counted() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE counted record; subject uuid; BEGIN"
        " IF TG_OP = 'DELETE' THEN counted := OLD; ELSE counted := NEW; END IF;"
        " IF TG_ARGV[0] = 'context' THEN subject := counted.context_id;"
        " ELSIF TG_ARGV[0] = 'activity' THEN subject := counted.activity_id;"
        " ELSIF TG_ARGV[0] = 'participation' THEN SELECT activity_id INTO subject"
        " FROM participations WHERE id = counted.participation_id;"
        " ELSE SELECT activity_id INTO subject FROM reflections WHERE id = counted.reflection_id;"
        " END IF;"
        " IF subject IS NOT NULL THEN INSERT INTO figure_changes (subject_id, by_transaction)"
        " VALUES (subject, txid_current()) ON CONFLICT DO NOTHING; END IF;"
        " RETURN NULL; END $$"
    )
    for table, (leads_to, columns) in COUNTED.items():
        op.execute(
            f"CREATE TRIGGER {table}_counted AFTER INSERT OR DELETE OR UPDATE OF {columns}"
            f" ON {table} FOR EACH ROW EXECUTE FUNCTION note_counted('{leads_to}')"
        )
    for function in (
        "CREATE FUNCTION list_membership() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " NEW.listed_name := coalesce((@NEW.user_id), ''); RETURN NEW; END $$",
        "CREATE FUNCTION list_user() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " UPDATE memberships SET listed_name = (@NEW.id) WHERE user_id = NEW.id;"
        " RETURN NULL; END $$",
    ):
        op.execute(function.replace("@", LISTED))
    op.execute(
        "CREATE TRIGGER memberships_listed BEFORE INSERT ON memberships"
        " FOR EACH ROW EXECUTE FUNCTION list_membership()"
    )
    op.execute(
        "CREATE TRIGGER users_listed AFTER UPDATE OF name, chosen_name ON users FOR EACH ROW"
        " WHEN (OLD.name <> NEW.name OR OLD.chosen_name <> NEW.chosen_name)"
        " EXECUTE FUNCTION list_user()"
    )
