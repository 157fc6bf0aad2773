"""Runs migrations on the connection that the caller hands over (``lti_tool.cli.database``)."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

from lti_tool.models import Base


def run(connection: Connection) -> None:
    """Migrate on ``connection``; batch mode, since SQLite cannot alter a constraint in place."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url", ""))
    with engine.begin() as own_connection:
        run(own_connection)
