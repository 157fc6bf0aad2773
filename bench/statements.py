"""How many statements does a launch send to the database, and in how many transactions?

Counted in this process with SQLAlchemy's events, on a database of its own; a returning learner of
the same course as in the other tables.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from bench import course
from bench.platform import Learner, Platform
from bench.stage import SECRET
from bench.tables import table
from config.settings import Settings
from lti_tool.app import create_app, services_of

BASE = "http://127.0.0.1:5160"
DOCUMENT = {"Sec-Fetch-Dest": "document"}
OPAQUE = re.compile("(?<=/)([0-9a-f-]{36}|[A-Za-z0-9_-]{43})(?=/|$)")
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "COMMIT", "ROLLBACK")


@contextmanager
def counted(engine: Engine) -> Iterator[Counter[str]]:
    """Count the statements of a block by their first word, and how its transactions ended."""
    counts: Counter[str] = Counter()

    def sent(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        counts[statement.split(None, 1)[0].upper()] += 1

    def committed(_connection: object) -> None:
        counts["COMMIT"] += 1

    def rolled_back(_connection: object) -> None:
        counts["ROLLBACK"] += 1

    listeners = (
        ("before_cursor_execute", sent),
        ("commit", committed),
        ("rollback", rolled_back),
    )
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield counts
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def measure() -> list[tuple[str, Counter[str]]]:
    """Return the counts of each request of a returning learner's launch."""
    with tempfile.TemporaryDirectory(prefix="miroir-bench-") as folder, Platform() as platform:
        url = f"sqlite:///{Path(folder, 'miroir.sqlite')}"
        learner = course.furnish(url, platform, learners=1)[0]
        app = create_app(
            Settings(
                database_url=url,
                secret_key=SECRET,
                base_url=BASE,
                data_dir=Path(folder),
                redis_url=None,
                allow_local_platforms=True,
                proxy_hops=0,
                log_level="WARNING",
            )
        )
        database = services_of(app).db
        client = app.test_client()
        launch(client, database.engine, platform, learner)
        counts = launch(client, database.engine, platform, learner)
        database.close()
        return counts


def launch(
    client: FlaskClient, engine: Engine, platform: Platform, learner: Learner
) -> list[tuple[str, Counter[str]]]:
    """Launch once; return each request's route and counts."""
    target = f"{BASE}/lti/launch"
    form = {
        "iss": platform.url,
        "client_id": platform.client_id,
        "target_link_uri": target,
        "login_hint": "2",
    }
    with counted(engine) as login:
        reply = client.post("/lti/login", base_url=BASE, data=form, headers=DOCUMENT)
    asked = parse_qs(urlsplit(reply.location or "").query)
    token = platform.token(learner, asked["nonce"][0], target)
    answer = {"id_token": token, "state": asked["state"][0]}
    with counted(engine) as accepted:
        reply = client.post("/lti/launch", base_url=BASE, data=answer, headers=DOCUMENT)
    steps = [("POST /lti/login", login), ("POST /lti/launch", accepted)]
    while reply.status_code in (302, 303):
        with counted(engine) as shown:
            reply = client.get(reply.location or "", base_url=BASE, headers=DOCUMENT)
        steps.append((f"GET {OPAQUE.sub('…', reply.request.path)}", shown))
    return steps


def report(steps: list[tuple[str, Counter[str]]]) -> str:
    """Return the table of a measurement."""
    total: Counter[str] = sum((counts for _step, counts in steps), Counter())
    rows = [
        [step, *(str(counts[verb]) for verb in VERBS)] for step, counts in (*steps, ("all", total))
    ]
    return table("Statements of a returning learner's launch", ("request", *VERBS), rows)
