"""All services of one installation, built once from what they need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lti_tool.http import Http
from lti_tool.models import Database
from lti_tool.remote.framework_servers import FrameworkServers
from lti_tool.secrecy import Secrets
from lti_tool.services.activities.activities import Activities
from lti_tool.services.activities.copies import Copies
from lti_tool.services.activities.lists import ActivityLists
from lti_tool.services.activities.publishing import Publishing
from lti_tool.services.activities.sources import Sources
from lti_tool.services.cohorts.cohorts import Cohorts
from lti_tool.services.cohorts.exclusions import Exclusions
from lti_tool.services.cohorts.joining import CohortJoining
from lti_tool.services.cohorts.lists import CohortLists
from lti_tool.services.cohorts.tutors import CohortTutors
from lti_tool.services.desk.audit import Audit
from lti_tool.services.desk.comments import Comments
from lti_tool.services.desk.extensions import Extensions
from lti_tool.services.desk.interventions import Interventions
from lti_tool.services.desk.moderation import Moderation
from lti_tool.services.desk.overrides import Overrides
from lti_tool.services.desk.people import People
from lti_tool.services.desk.replies import Replies
from lti_tool.services.desk.reviews import Reviews
from lti_tool.services.desk.signals import Signals
from lti_tool.services.desk.timelines import Timelines
from lti_tool.services.desk.unmasking import Masks
from lti_tool.services.frameworks.browsing import FrameworkBrowsing
from lti_tool.services.frameworks.case_server import CaseServer
from lti_tool.services.frameworks.exports import FrameworkExports
from lti_tool.services.frameworks.frameworks import Frameworks
from lti_tool.services.frameworks.imports import FrameworkImports
from lti_tool.services.health import Health
from lti_tool.services.launches.deep_linking import DeepLinking
from lti_tool.services.launches.launches import Launches
from lti_tool.services.learner.appeals import Appeals
from lti_tool.services.learner.calendar import Calendars
from lti_tool.services.learner.flags import Flags
from lti_tool.services.learner.follow_ups import FollowUps
from lti_tool.services.learner.moving_over import MovingOver
from lti_tool.services.learner.my_work import MyWorks
from lti_tool.services.learner.participations import Participations
from lti_tool.services.learner.reflections import Reflections
from lti_tool.services.learner.responses import Responses
from lti_tool.services.operator.console import OperatorConsole, build_console
from lti_tool.services.outbox.outbox import Outbox
from lti_tool.services.outbox.results import Results
from lti_tool.services.platforms.keys import SigningKeys
from lti_tool.services.platforms.platforms import Platforms
from lti_tool.services.privacy.privacy import Privacy
from lti_tool.services.roster.roster import Roster
from lti_tool.services.studio.previews import Previews
from lti_tool.services.studio.rehearsals import Rehearsals


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
    case_server: CaseServer
    framework_browsing: FrameworkBrowsing
    framework_imports: FrameworkImports
    framework_exports: FrameworkExports
    framework_servers: FrameworkServers
    activities: Activities
    activity_lists: ActivityLists
    cohorts: Cohorts
    cohort_joining: CohortJoining
    cohort_lists: CohortLists
    cohort_tutors: CohortTutors
    exclusions: Exclusions
    copies: Copies
    calendars: Calendars
    participations: Participations
    follow_ups: FollowUps
    my_work: MyWorks
    reflections: Reflections
    responses: Responses
    moderation: Moderation
    flags: Flags
    appeals: Appeals
    comments: Comments
    replies: Replies
    audit: Audit
    timelines: Timelines
    moving_over: MovingOver
    people: People
    previews: Previews
    privacy: Privacy
    publishing: Publishing
    rehearsals: Rehearsals
    reviews: Reviews
    roster: Roster
    extensions: Extensions
    interventions: Interventions
    overrides: Overrides
    signals: Signals
    masks: Masks
    console: OperatorConsole
    sources: Sources
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
        **_of_courses(db),
        **_of_work(db),
        db=db,
        secrets=secrets,
        keys=keys,
        platforms=platforms,
        launches=launches,
        deep_linking=DeepLinking(db, keys, base_url),
        outbox=outbox,
        results=Results(db, outbox.calls),
        case_server=CaseServer(db, base_url),
        framework_exports=FrameworkExports(db, base_url),
        framework_servers=FrameworkServers(http),
        calendars=Calendars(db, secrets, base_url),
        privacy=Privacy(db, secrets),
        roster=Roster(db, keys, http, secrets),
        rehearsals=Rehearsals(db, secrets),
        console=build_console(launches, platforms, outbox, keys),
        wake=wake,
    )


def _of_courses(db: Database) -> dict[str, Any]:
    """Return what educators set up: activities, cohorts, frameworks."""
    return {
        "frameworks": Frameworks(db),
        "framework_browsing": FrameworkBrowsing(db),
        "framework_imports": FrameworkImports(db),
        "activities": Activities(db),
        "activity_lists": ActivityLists(db),
        "cohorts": Cohorts(db),
        "cohort_joining": CohortJoining(db),
        "cohort_lists": CohortLists(db),
        "cohort_tutors": CohortTutors(db),
        "exclusions": Exclusions(db),
        "copies": Copies(db),
        "people": People(db),
        "previews": Previews(db),
        "publishing": Publishing(db),
        "extensions": Extensions(db),
        "sources": Sources(db),
    }


def _of_work(db: Database) -> dict[str, Any]:
    """Return what learners and tutors do in an activity."""
    return {
        "health": Health(db),
        "participations": Participations(db),
        "follow_ups": FollowUps(db),
        "my_work": MyWorks(db),
        "reflections": Reflections(db),
        "responses": Responses(db),
        "moving_over": MovingOver(db),
        "moderation": Moderation(db),
        "flags": Flags(db),
        "appeals": Appeals(db),
        "comments": Comments(db),
        "replies": Replies(db),
        "audit": Audit(db),
        "timelines": Timelines(db),
        "masks": Masks(db),
        "reviews": Reviews(db),
        "interventions": Interventions(db),
        "overrides": Overrides(db),
        "signals": Signals(db),
    }
