"""A history of confirmed levels with its evidence, links as evidence, depth of reflection."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

RUBRICS = ("none", "kember", "hatton_smith")
HISTORY = "level_decisions"


def upgrade() -> None:
    """Add them; levels that stand already begin their history."""
    rubrics = ", ".join(repr(one) for one in RUBRICS)
    op.execute(
        "ALTER TABLE activities ADD COLUMN depth_rubric VARCHAR(32) DEFAULT 'none' NOT NULL"
        f" CONSTRAINT ck_activities_depth_rubric CHECK (depth_rubric IN ({rubrics}))"
    )
    _make_history()
    _begin_history()
    _guard_history()
    _make_links()
    _make_depths()
    _make_shares()


def downgrade() -> None:
    """Forget them; the levels that stand stay."""
    for table in ("level_shares", "depth_ratings", "evidence_links", HISTORY):
        op.drop_table(table)
    op.drop_column("activities", "depth_rubric")


def _id() -> sa.Column[uuid.UUID]:
    return sa.Column("id", sa.Uuid(), nullable=False)


def _key(table: str, column: str, target: str, **options: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **options)


def _make_history() -> None:
    op.create_table(
        HISTORY,
        _id(),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("competency_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("scale_size", sa.Integer(), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.Column("framework", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IS NULL OR level >= 1", name=op.f("ck_level_decisions_level")),
        _key(HISTORY, "participation_id", "participations"),
        _key(HISTORY, "competency_id", "competencies"),
        _key(HISTORY, "actor_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_decisions")),
    )
    op.create_index("ix_level_decisions_participation_id", HISTORY, ["participation_id", "at"])


def _table(name: str, **columns: Any) -> sa.TableClause:
    return sa.table(name, *(sa.column(key, kind) for key, kind in columns.items()))


def _begin_history() -> None:
    """Write a line for each level that a tutor has confirmed, in the words of today."""
    levels = _table(
        "confirmed_levels",
        participation_id=sa.Uuid(),
        competency_id=sa.Uuid(),
        level=sa.Integer(),
        note=sa.Text(),
        confirmed_by_id=sa.Uuid(),
        confirmed_at=sa.DateTime(timezone=True),
    )
    competencies = _table(
        "competencies",
        id=sa.Uuid(),
        framework_id=sa.Uuid(),
        code=sa.Text(),
        statement=sa.JSON(),
    )
    frameworks = _table("competency_frameworks", id=sa.Uuid(), title=sa.JSON())
    scale = _table(
        "competency_levels", framework_id=sa.Uuid(), position=sa.Integer(), label=sa.JSON()
    )
    bind = op.get_bind()
    scales: dict[uuid.UUID, dict[int, Any]] = {}
    for framework_id, position, label in bind.execute(sa.select(scale)):
        scales.setdefault(framework_id, {})[position] = label
    standing = (
        sa.select(levels, competencies.c.framework_id, competencies.c.code)
        .add_columns(competencies.c.statement, frameworks.c.title)
        .join(competencies, competencies.c.id == levels.c.competency_id)
        .join(frameworks, frameworks.c.id == competencies.c.framework_id)
    )
    lines = [
        {
            "id": uuid.uuid4(),
            "participation_id": row.participation_id,
            "competency_id": row.competency_id,
            "level": row.level,
            "scale_size": len(scales.get(row.framework_id, {})),
            "label": scales.get(row.framework_id, {}).get(row.level, {}),
            "code": row.code,
            "statement": row.statement,
            "framework": row.title,
            "note": row.note,
            "evidence": [],
            "actor_id": row.confirmed_by_id,
            "at": row.confirmed_at,
        }
        for row in bind.execute(standing)
    ]
    if lines:
        bind.execute(_history().insert(), lines)


def _history() -> sa.TableClause:
    return _table(
        HISTORY,
        id=sa.Uuid(),
        participation_id=sa.Uuid(),
        competency_id=sa.Uuid(),
        level=sa.Integer(),
        scale_size=sa.Integer(),
        label=sa.JSON(),
        code=sa.Text(),
        statement=sa.JSON(),
        framework=sa.JSON(),
        note=sa.Text(),
        evidence=sa.JSON(),
        actor_id=sa.Uuid(),
        at=sa.DateTime(timezone=True),
    )


def _guard_history() -> None:
    """Refuse changes, but while an erasure is open in the same transaction (as 0013 does)."""
    if op.get_bind().dialect.name == "sqlite":
        is_open = "EXISTS (SELECT 1 FROM history_erasures WHERE closed_at IS NULL)"
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {HISTORY}_no_{what.lower()} BEFORE {what} ON {HISTORY}"
                f" WHEN NOT {is_open}"
                " BEGIN SELECT RAISE(ABORT, 'the history of levels is append-only'); END"
            )
        return
    for what, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {HISTORY}_no_{what.lower()} BEFORE {what} ON {HISTORY}"
            f" FOR EACH {each} EXECUTE FUNCTION moderation_decisions_guard()"
        )


def _make_links() -> None:
    op.create_table(
        "evidence_links",
        _id(),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("competency_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        _key("evidence_links", "participation_id", "participations", ondelete="CASCADE"),
        _key("evidence_links", "competency_id", "competencies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_links")),
    )
    op.create_index("ix_evidence_links_participation_id", "evidence_links", ["participation_id"])


def _make_depths() -> None:
    rubric = sa.Enum(*RUBRICS, name="rubric", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "depth_ratings",
        _id(),
        sa.Column("reflection_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rubric", rubric, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("tutor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_depth_ratings_level")),
        _key("depth_ratings", "reflection_id", "reflections"),
        _key("depth_ratings", "tutor_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_depth_ratings")),
        sa.UniqueConstraint(
            "reflection_id", "revision", name=op.f("uq_depth_ratings_reflection_id_revision")
        ),
    )


def _make_shares() -> None:
    op.create_table(
        "level_shares",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        _key("level_shares", "user_id", "users"),
        _key("level_shares", "context_id", "contexts"),
        sa.PrimaryKeyConstraint("user_id", "context_id", name=op.f("pk_level_shares")),
    )
