"""How many scores a second go out to a gradebook that takes 50 ms for each?

Against what its concurrency limit allows (limit / 50 ms), and against pylti1p3 in a loop as its
documentation shows it: one launch's service, one put_grade after the other; at best with one
connector for all (one token), at worst with one for each grade, as each web request has its own.
"""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from pylti1p3.registration import Registration as Pylti
from pylti1p3.service_connector import ServiceConnector
from sqlalchemy import insert, select

from bench import course, gradebook
from bench.platform import Platform
from bench.servers import BenchFailed
from bench.stage import SECRET
from bench.tables import table
from config.logging import configure_logging
from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.building import build
from lti_tool.services.container import Services

LIMITS = (4, 32)
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


@dataclass(frozen=True, slots=True)
class Rate:
    """Scores a second of one way of sending; ``most`` is what its concurrency limit allows."""

    name: str
    rate: float
    most: float


def measure(scores: int, baseline: int) -> list[Rate]:
    """Send ``scores`` by each outbox, ``baseline`` by each loop; return the rates."""
    configure_logging("WARNING")
    with gradebook.serve() as url, Platform() as platform:
        rates = [
            Rate("pylti1p3, a connector for each", _loop(url, platform, baseline, False), 0),
            Rate("pylti1p3, one connector", _loop(url, platform, baseline, True), 0),
        ]
        with tempfile.TemporaryDirectory(prefix="miroir-bench-") as folder:
            sqlite = f"sqlite:///{Path(folder, 'miroir.sqlite')}"
            rates += _outbox("SQLite", sqlite, url, platform, scores)
        with course.postgres() as postgres:
            rates += _outbox("PostgreSQL", postgres, url, platform, scores)
    return rates


def _outbox(name: str, database: str, url: str, platform: Platform, scores: int) -> list[Rate]:
    """Send the same number of scores with each limit; the token is fetched before."""
    course.furnish(database, platform, learners=1)
    services = build(database, SECRET, "http://127.0.0.1:5160", True)
    try:
        _point_at(services.db, url)
        rates = []
        for limit in LIMITS:
            limited = build(database, SECRET, "http://127.0.0.1:5160", True, lambda: None, limit)
            try:
                _deliver(limited, 1)
                seconds = _deliver(limited, scores)
            finally:
                limited.db.close()
            most = limit / gradebook.ANSWER_SECONDS
            rates.append(Rate(f"Miroir, {name}, {limit} at once", scores / seconds, most))
        return rates
    finally:
        services.db.close()


def _deliver(services: Services, scores: int) -> float:
    """Promise scores, then send them; return the seconds of sending."""
    _promise(services.db, scores)
    start = time.perf_counter()
    counts = services.outbox.deliver_due()
    seconds = time.perf_counter() - start
    if counts != {"sent": scores}:
        raise BenchFailed(f"of {scores} scores: {dict(counts)}")
    return seconds


def _point_at(db: Database, url: str) -> None:
    with db.write() as session:
        session.scalars(select(Registration)).one().token_endpoint = f"{url}/token"
        item = session.scalars(select(LineItem)).one()
        item.url, item.scopes = f"{url}/lineitems/7/lineitem?type_id=1", [SCORE]


def _promise(db: Database, scores: int) -> None:
    """Queue the scores of so many new learners."""
    people = [uuid.uuid4() for _ in range(scores)]
    parts = {person: uuid.uuid4() for person in people}
    payload = {
        "scoreGiven": 80.0,
        "scoreMaximum": 100,
        "comment": "Done",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    with db.write() as session:
        item = session.scalars(select(LineItem)).one()
        activity = session.scalars(select(Activity.id)).one()
        told = {"registration_id": item.registration_id}
        session.execute(insert(User), [{**told, "id": p, "sub": p.hex} for p in people])
        link = {"activity_id": activity, "resource_link_id": item.resource_link_id}
        session.execute(
            insert(Participation), [{**link, "id": parts[p], "user_id": p} for p in people]
        )
        message = {
            **told,
            "line_item_id": item.id,
            "payload": payload,
            "state": OutboxState.QUEUED,
            "next_attempt_at": clock.now(),
        }
        session.execute(
            insert(OutboxMessage),
            [{**message, "user_id": p, "participation_id": parts[p]} for p in people],
        )


def _loop(url: str, platform: Platform, scores: int, one_connector: bool) -> float:
    """Return the scores a second of pylti1p3 in a loop."""
    told = platform.described()
    registration = Pylti()
    registration.set_auth_token_url(f"{url}/token").set_client_id(told["client_id"])
    registration.set_issuer(told["issuer"])
    registration.set_tool_private_key(told["tool_private_key"])
    registration.set_tool_public_key(told["tool_public_key"])
    service = {"scope": [SCORE], "lineitem": f"{url}/lineitems/7/lineitem?type_id=1"}
    make: Callable[[], AssignmentsGradesService] = lambda: AssignmentsGradesService(  # noqa: E731
        ServiceConnector(registration), service
    )
    shared, start = make(), time.perf_counter()
    for number in range(scores):
        ags = shared if one_connector else make()
        ags.put_grade(_grade(number))
    return scores / (time.perf_counter() - start)


def _grade(number: int) -> Grade:
    grade = Grade().set_score_given(80).set_score_maximum(100).set_user_id(str(number))
    grade.set_timestamp(datetime.now(UTC).isoformat()).set_comment("Done")
    return grade.set_activity_progress("Completed").set_grading_progress("FullyGraded")


def report(rates: list[Rate]) -> str:
    """Return the table of a measurement."""
    worst, best = rates[0].rate, rates[1].rate
    rows = [
        [
            one.name,
            f"{one.rate:.1f}",
            f"{one.rate / one.most:.0%}" if one.most else "–",
            f"{one.rate / best:.1f}",
            f"{one.rate / worst:.1f}",
        ]
        for one in rates
    ]
    heads = (
        "scores to a gradebook that takes 50 ms",
        "per second",
        "of the limit",
        "× one connector",
        "× one for each",
    )
    return table("Scores going out", heads, rows)
