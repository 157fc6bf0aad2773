"""All services of one installation, built once from what they need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lti_tool.http import Http
from lti_tool.models import Database
from lti_tool.secrecy import Secrets
from lti_tool.services.activities import Activities
from lti_tool.services.activity_lists import ActivityLists
from lti_tool.services.copies import Copies
from lti_tool.services.deep_linking import DeepLinking
from lti_tool.services.frameworks import Frameworks
from lti_tool.services.health import Health
from lti_tool.services.keys import SigningKeys
from lti_tool.services.launches import Launches
from lti_tool.services.moderation import Moderation
from lti_tool.services.operator_console import OperatorConsole, build_console
from lti_tool.services.outbox import Outbox
from lti_tool.services.participations import Participations
from lti_tool.services.people import People
from lti_tool.services.platforms import Platforms
from lti_tool.services.previews import Previews
from lti_tool.services.privacy import Privacy
from lti_tool.services.reflections import Reflections
from lti_tool.services.responses import Responses
from lti_tool.services.results import Results
from lti_tool.services.reviews import Reviews
from lti_tool.services.roster import Roster


@dataclass(frozen=True, slots=True)
class Services:
    """What views, tasks and commands may call."""

    db: Database
    secrets: Secrets
    keys: SigningKeys
    platforms: Platforms
    launches: Launches
    deep_linking: DeepLinking
    outbox: Outbox
    results: Results
    health: Health
    frameworks: Frameworks
    activities: Activities
    activity_lists: ActivityLists
    copies: Copies
    participations: Participations
    reflections: Reflections
    responses: Responses
    moderation: Moderation
    people: People
    previews: Previews
    privacy: Privacy
    reviews: Reviews
    roster: Roster
    console: OperatorConsole
    wake: Callable[[], None]
    """Tells the background worker that something waits; never needed for correctness."""


def build(
    database_url: str,
    secret_key: str,
    base_url: str,
    allow_local: bool,
    wake: Callable[[], None] = lambda: None,
    platform_concurrency: int = 4,
) -> Services:
    """Build all services; ``base_url`` is the only source of our own absolute URLs."""
    db, secrets, http = Database(database_url), Secrets(secret_key), Http(allow_local)
    keys = SigningKeys(db, secrets)
    platforms = Platforms(db, http, base_url, allow_local)
    outbox = Outbox(db, keys, http, secrets, platform_concurrency)
    launches = Launches(db, secrets, http, base_url)
    return Services(
        db=db,
        secrets=secrets,
        keys=keys,
        platforms=platforms,
        launches=launches,
        deep_linking=DeepLinking(db, keys, base_url),
        outbox=outbox,
        results=Results(db, outbox.calls),
        health=Health(db),
        frameworks=Frameworks(db),
        activities=Activities(db),
        activity_lists=ActivityLists(db),
        copies=Copies(db),
        participations=Participations(db),
        reflections=Reflections(db),
        responses=Responses(db),
        moderation=Moderation(db),
        people=People(db),
        previews=Previews(db),
        privacy=Privacy(db),
        roster=Roster(db, keys, http, secrets),
        reviews=Reviews(db),
        console=build_console(launches, platforms, outbox, keys),
        wake=wake,
    )
