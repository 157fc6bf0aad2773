"""Flags, appeals, redactions, comments, saved replies; a history that the database keeps as it is."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

HISTORY = "moderation_decisions"
OLD_STEPS = ("submit", "take_back", "hold", "release", "return", "withhold", "undo")
NEW_STEPS = (
    *("flag", "leave", "redact", "appeal", "withdraw", "uphold", "reject"),
    *("comment", "confirm", "ask_more", "unmask"),
)
STATES = ("draft", "submitted", "held", "released", "returned", "withheld")
ONE_OF_TWO = "(reflection_id IS NULL) <> (response_id IS NULL)"
ONE_OF_THREE = (
    "(reflection_id IS NOT NULL AND response_id IS NULL AND participation_id IS NULL)"
    " OR (reflection_id IS NULL AND response_id IS NOT NULL AND participation_id IS NULL)"
    " OR (reflection_id IS NULL AND response_id IS NULL AND participation_id IS NOT NULL)"
)
WAITS = {
    "flagged_at": (sa.DateTime(timezone=True), {"nullable": True}),
    "appealed_at": (sa.DateTime(timezone=True), {"nullable": True}),
    "urgency": (sa.Integer(), {"nullable": False, "server_default": sa.text("0")}),
    "waits_since": (sa.DateTime(timezone=True), {"nullable": True}),
}
QUEUED = ("urgency", "waits_since")
UNANSWERED = sa.text("outcome IS NULL")


def upgrade() -> None:
    """Add what moderation needs; then let nobody change its history."""
    for table in ("reflections", "responses"):
        for name, (kind, options) in WAITS.items():
            op.add_column(table, sa.Column(name, kind, **options))
        held = sa.table(table, *(sa.column(name) for name in ("state", "visible_at", *QUEUED)))
        waits = {"urgency": 3, "waits_since": held.c.visible_at}
        op.execute(held.update().where(held.c.state == "held").values(waits))
        op.create_index(f"ix_{table}_waiting", table, ["activity_id", "urgency", "waits_since"])
    _widen_history()
    _make_erasures()
    _make_flags()
    _make_appeals()
    _make_redactions()
    _make_comments()
    _make_replies()
    _make_revisions()
    _guard_history()


def downgrade() -> None:
    """Keep the steps that the older version knows."""
    _unguard_history()
    for table in ("response_revisions", "desk_settings", "saved_replies", "tutor_comments"):
        op.drop_table(table)
    for table in ("redactions", "appeals", "flags", "history_erasures"):
        op.drop_table(table)
    _narrow_history()
    for table in ("reflections", "responses"):
        op.drop_index(f"ix_{table}_waiting", table)
        for name in WAITS:
            op.drop_column(table, name)


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _swap_checks(batch: BatchOperations, steps: tuple[str, ...], one_subject: str) -> None:
    for name, text in (("step", _among("step", steps)), ("one_subject", one_subject)):
        batch.drop_constraint(op.f(f"ck_{HISTORY}_{name}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{HISTORY}_{name}"), text)


def _widen_history() -> None:
    steps = (*OLD_STEPS, *NEW_STEPS)
    with op.batch_alter_table(HISTORY) as batch:
        batch.add_column(sa.Column("participation_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("about_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("detail", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("origin", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("batch_id", sa.Uuid(), nullable=True))
        for name in ("from_state", "to_state"):
            batch.alter_column(name, existing_type=sa.String(32), nullable=True)
        batch.create_foreign_key(
            op.f(f"fk_{HISTORY}_participation_id"), "participations", ["participation_id"], ["id"]
        )
        batch.create_foreign_key(op.f(f"fk_{HISTORY}_about_id"), "users", ["about_id"], ["id"])
        _swap_checks(batch, steps, ONE_OF_THREE)
    for column in ("participation_id", "batch_id"):
        op.create_index(f"ix_{HISTORY}_{column}", HISTORY, [column])
    op.execute(
        "UPDATE moderation_decisions SET about_id = (SELECT participations.user_id"
        " FROM participations JOIN reflections ON reflections.participation_id = participations.id"
        " WHERE reflections.id = moderation_decisions.reflection_id)"
        " WHERE reflection_id IS NOT NULL"
    )
    op.execute(
        "UPDATE moderation_decisions SET about_id = (SELECT responses.author_id FROM responses"
        " WHERE responses.id = moderation_decisions.response_id) WHERE response_id IS NOT NULL"
    )


def _narrow_history() -> None:
    history = sa.table(HISTORY, *(sa.column(name) for name in ("step", "participation_id")))
    op.execute(history.delete().where(history.c.step.in_(NEW_STEPS)))
    op.execute(history.delete().where(history.c.participation_id.is_not(None)))
    op.execute("DELETE FROM moderation_decisions WHERE from_state IS NULL OR to_state IS NULL")
    for column in ("participation_id", "batch_id"):
        op.drop_index(f"ix_{HISTORY}_{column}", HISTORY)
    with op.batch_alter_table(HISTORY) as batch:
        _swap_checks(batch, OLD_STEPS, ONE_OF_TWO)
        for column in ("participation_id", "about_id"):
            batch.drop_constraint(op.f(f"fk_{HISTORY}_{column}"), type_="foreignkey")
        for column in ("participation_id", "about_id", "detail", "origin", "batch_id"):
            batch.drop_column(column)
        for name in ("from_state", "to_state"):
            batch.alter_column(name, existing_type=sa.String(32), nullable=False)


def _key(table: str, column: str, target: str, **options: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **options)


def _id(table: str) -> tuple[sa.Column[uuid.UUID], sa.PrimaryKeyConstraint]:
    column = sa.Column("id", sa.Uuid(), nullable=False)
    return column, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _subject(table: str) -> tuple[sa.Column[uuid.UUID] | sa.Constraint, ...]:
    """Return the columns that say what a row is about."""
    return (
        sa.Column("reflection_id", sa.Uuid(), nullable=True),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        _key(table, "reflection_id", "reflections"),
        _key(table, "response_id", "responses"),
        sa.CheckConstraint(ONE_OF_TWO, name=op.f(f"ck_{table}_one_subject")),
    )


def _ruling(table: str) -> tuple[sa.Column[str], sa.CheckConstraint]:
    text = _among("outcome", ("upheld", "dismissed", "withdrawn"))
    check = sa.CheckConstraint(text, name=op.f(f"ck_{table}_outcome"))
    return sa.Column("outcome", sa.String(32), nullable=True), check


def _index_subject(table: str) -> None:
    for column in ("reflection_id", "response_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _make_erasures() -> None:
    op.create_table(
        "history_erasures",
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        *_id("history_erasures"),
    )


def _make_flags() -> None:
    reasons = ("confidential", "hurtful", "copied", "off_topic", "cannot_answer", "other")
    op.create_table(
        "flags",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        *_subject("flags"),
        sa.Column("flagger_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.CheckConstraint(_among("reason", reasons), name=op.f("ck_flags_reason")),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_ruling("flags"),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        _key("flags", "activity_id", "activities"),
        _key("flags", "flagger_id", "users"),
        _key("flags", "decision_id", HISTORY),
        *_id("flags"),
    )
    _index_subject("flags")
    op.create_index("ix_flags_flagger_id", "flags", ["flagger_id", "activity_id"])
    for kind in ("reflection", "response"):
        op.create_index(
            f"uq_flags_open_{kind}",
            "flags",
            [f"{kind}_id", "flagger_id"],
            unique=True,
            sqlite_where=UNANSWERED,
            postgresql_where=UNANSWERED,
        )


def _make_appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        *_subject("appeals"),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_ruling("appeals"),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("alone", sa.Boolean(), nullable=False),
        _key("appeals", "activity_id", "activities"),
        _key("appeals", "decision_id", HISTORY),
        _key("appeals", "author_id", "users"),
        _key("appeals", "answer_id", HISTORY),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeals_decision_id")),
        *_id("appeals"),
    )
    _index_subject("appeals")
    op.create_index("ix_appeals_author_id", "appeals", ["author_id", "activity_id"])


def _make_redactions() -> None:
    op.create_table(
        "redactions",
        *_subject("redactions"),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        _key("redactions", "decision_id", HISTORY),
        *_id("redactions"),
    )
    _index_subject("redactions")


def _make_comments() -> None:
    op.create_table(
        "tutor_comments",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("tutor_id", sa.Uuid(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("to_addressee", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        _key("tutor_comments", "response_id", "responses"),
        _key("tutor_comments", "tutor_id", "users"),
        *_id("tutor_comments"),
    )
    op.create_index(
        "ix_tutor_comments_response_id", "tutor_comments", ["response_id", "tutor_id"], unique=True
    )


def _make_replies() -> None:
    op.create_table(
        "saved_replies",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        _key("saved_replies", "context_id", "contexts"),
        _key("saved_replies", "owner_id", "users"),
        *_id("saved_replies"),
    )
    op.create_index("ix_saved_replies_context_id", "saved_replies", ["context_id", "owner_id"])
    op.create_table(
        "desk_settings",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        _key("desk_settings", "user_id", "users"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_desk_settings")),
    )


def _make_revisions() -> None:
    """Keep responses as they were handed in; those that their author may be changing, from now on."""
    table = op.create_table(
        "response_revisions",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        _key("response_revisions", "response_id", "responses", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "response_id", "number", name=op.f("uq_response_revisions_response_id_number")
        ),
        *_id("response_revisions"),
    )
    responses = sa.table(
        "responses",
        sa.column("id", sa.Uuid()),
        *(sa.column(part, sa.Text()) for part in ("resonates", "question", "suggestion", "state")),
        sa.column("submitted_at", sa.DateTime(timezone=True)),
    )
    sent = sa.select(responses).where(
        responses.c.state.not_in(("draft", "returned")), responses.c.submitted_at.is_not(None)
    )
    for row in op.get_bind().execute(sent).all():
        parts = {part: getattr(row, part) for part in ("resonates", "question", "suggestion")}
        values = {"id": uuid.uuid4(), "response_id": row.id, "number": 1, "parts": parts}
        op.get_bind().execute(table.insert(), {**values, "submitted_at": row.submitted_at})


def _guard_history() -> None:
    """Refuse changes of the history, but while an erasure is open in the same transaction."""
    is_open = "EXISTS (SELECT 1 FROM history_erasures WHERE closed_at IS NULL)"
    if _is_sqlite():
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {HISTORY}_no_{what.lower()} BEFORE {what} ON {HISTORY}"
                f" WHEN NOT {is_open}"
                " BEGIN SELECT RAISE(ABORT, 'the moderation history is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {HISTORY}_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NOT {is_open} THEN RAISE EXCEPTION 'the moderation history is append-only'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF; RETURN OLD; END $$"
    )
    for what, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {HISTORY}_no_{what.lower()} BEFORE {what} ON {HISTORY}"
            f" FOR EACH {each} EXECUTE FUNCTION {HISTORY}_guard()"
        )


def _unguard_history() -> None:
    if _is_sqlite():
        for what in ("update", "delete"):
            op.execute(f"DROP TRIGGER {HISTORY}_no_{what}")
        return
    for what in ("update", "delete", "truncate"):
        op.execute(f"DROP TRIGGER {HISTORY}_no_{what} ON {HISTORY}")
    op.execute(f"DROP FUNCTION {HISTORY}_guard()")
