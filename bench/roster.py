"""What does it cost to keep a large course list, against reading its pages alone?

Time and peak memory (Python's, by tracemalloc) are taken in runs of their own, since tracing slows
everything down. The first sync makes all people; the second one finds nothing new.
"""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, update

from bench import course, member_list
from bench.servers import BenchFailed
from bench.stage import SECRET
from bench.tables import table
from lti_tool.http import Http
from lti_tool.lti.containers import Containers
from lti_tool.lti.nrps import Nrps
from lti_tool.lti.tokens import Tokens, tenant_of
from lti_tool.models import Database, schema
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.secrecy import Secrets
from lti_tool.services.frameworks.frameworks import Frameworks
from lti_tool.services.platforms.keys import SigningKeys
from lti_tool.services.roster import states
from lti_tool.services.roster.roster import Roster
from tests.factories.world import World, make_world


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, and mebibytes at the peak."""

    seconds: float
    peak: float


@dataclass(frozen=True, slots=True)
class Course:
    """A course of ours whose list is at ``url``, on one database."""

    world: World
    http: Http
    url: str
    keys: SigningKeys
    secrets: Secrets

    def read(self) -> None:
        """Read all pages and keep nothing."""
        tokens = Tokens(self.world.database, self.http, self.secrets, self.keys.current)
        with self.world.database.read() as session:
            registration = session.get_one(Registration, self.world.registration_id)
            tenant = tenant_of(registration, session.get_one(Deployment, self.world.deployment_id))
        for _page in Nrps(Containers(self.http, tokens)).members(tenant, f"{self.url}/members"):
            pass

    def sync(self) -> None:
        """Bring people and memberships to the list."""
        roster = Roster(self.world.database, self.keys, self.http, self.secrets)
        ending = roster.sync(self.world.context_id)
        if not ending.is_complete:
            raise BenchFailed(f"the course list was not read: {ending.reason}")

    def forget(self) -> None:
        """Forget everybody whom only the list named."""
        with self.world.database.write() as session:
            session.execute(delete(Membership).where(Membership.launched_role.is_(None)))
            session.execute(delete(User).where(User.sub.not_like("sub-%")))


def cost(work: Callable[[], None], before: Callable[[], None] = lambda: None) -> Cost:
    """Measure a piece of work; ``before`` prepares each of its two runs."""
    before()
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    before()
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return Cost(seconds, peak)


def measure(members: int) -> list[tuple[str, Cost]]:
    """Return what each step costs."""
    found: list[tuple[str, Cost]] = []
    with (
        tempfile.TemporaryDirectory(prefix="miroir-bench-") as folder,
        member_list.serve(members) as url,
        course.postgres() as postgres,
    ):
        places = {"SQLite": f"sqlite:///{folder}/miroir.sqlite", "PostgreSQL": postgres}
        for name, where in places.items():
            made = furnish(where, url)
            made.read()  # the token is fetched once
            if not found:
                found.append(("reading the pages alone", cost(made.read)))
            found.append((f"first sync, {name}", cost(made.sync, made.forget)))
            found.append((f"sync without news, {name}", cost(made.sync)))
            made.world.database.close()
            made.http.close()
    return found


def furnish(database_url: str, url: str) -> Course:
    """Migrate an empty database and make a course whose list is at ``url``."""
    database, secrets = Database(database_url), Secrets(SECRET)
    schema.upgrade(database)
    Frameworks(database).install_builtin()
    world = make_world(database)
    with database.write() as session:
        session.execute(update(Registration).values(token_endpoint=f"{url}/token"))
        session.execute(update(Context).values(memberships_url=f"{url}/members"))
        states.expect(session, world.context_id)
    return Course(world, Http(allow_local=True), url, SigningKeys(database, secrets), secrets)


def report(members: int, found: list[tuple[str, Cost]]) -> str:
    """Return the table of a measurement."""
    base = found[0][1]
    rows = [
        [
            name,
            f"{one.seconds:.2f}",
            f"{one.seconds / base.seconds:.1f}",
            f"{one.peak:.1f}",
            f"{one.peak / base.peak:.2f}",
        ]
        for name, one in found
    ]
    heads = ("work", "seconds", "× baseline", "peak MiB", "× baseline")
    return table(f"A course list of {members:,} members", heads, rows)
