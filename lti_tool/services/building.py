"""Building all services of one installation, once, from what they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lti_tool.http import Http
from lti_tool.models import Database
from lti_tool.remote.framework_servers import FrameworkServers
from lti_tool.remote.mail import Post
from lti_tool.remote.record_stores import RecordStores
from lti_tool.rules.credentials import IssuerSettings
from lti_tool.rules.files import FileSettings
from lti_tool.rules.mail_servers import MailServer
from lti_tool.secrecy import Secrets
from lti_tool.services.access.reading import Reading
from lti_tool.services.access.tokens import AccessTokens
from lti_tool.services.access.work import WorkReading
from lti_tool.services.activities.activities import Activities
from lti_tool.services.activities.column_settings import ColumnSettings
from lti_tool.services.activities.copies import Copies
from lti_tool.services.activities.lists import ActivityLists
from lti_tool.services.activities.one_each import OneEach
from lti_tool.services.activities.publishing import Publishing
from lti_tool.services.activities.sources import Sources
from lti_tool.services.cohorts.cohorts import Cohorts
from lti_tool.services.cohorts.exclusions import Exclusions
from lti_tool.services.cohorts.joining import CohortJoining
from lti_tool.services.cohorts.lists import CohortLists
from lti_tool.services.cohorts.moodle_groups import MoodleGroups
from lti_tool.services.cohorts.tutors import CohortTutors
from lti_tool.services.companion.companion import build_companion
from lti_tool.services.container import Services
from lti_tool.services.credentials.credentials import Credentials
from lti_tool.services.credentials.public import PublicCredentials
from lti_tool.services.credentials.signing import Signer
from lti_tool.services.desk.audit import Audit
from lti_tool.services.desk.calibration import CalibrationResults
from lti_tool.services.desk.comments import Comments
from lti_tool.services.desk.depths import Depths
from lti_tool.services.desk.extensions import Extensions
from lti_tool.services.desk.files import build_files
from lti_tool.services.desk.gradebook_files import GradebookFiles
from lti_tool.services.desk.interventions import Interventions
from lti_tool.services.desk.level_maps import LevelMaps
from lti_tool.services.desk.level_paths import LevelPaths
from lti_tool.services.desk.mail_lines import MailTroubles
from lti_tool.services.desk.moderation import Moderation
from lti_tool.services.desk.nudges import Nudges
from lti_tool.services.desk.overrides import Overrides
from lti_tool.services.desk.people import People
from lti_tool.services.desk.replies import Replies
from lti_tool.services.desk.reports import Reports
from lti_tool.services.desk.reviews import Reviews
from lti_tool.services.desk.signals import Signals
from lti_tool.services.desk.timelines import Timelines
from lti_tool.services.desk.unmasking import Masks
from lti_tool.services.desk.weekly import Weeklies
from lti_tool.services.frameworks.browsing import FrameworkBrowsing
from lti_tool.services.frameworks.case_server import CaseServer
from lti_tool.services.frameworks.exports import FrameworkExports
from lti_tool.services.frameworks.frameworks import Frameworks
from lti_tool.services.frameworks.imports import FrameworkImports
from lti_tool.services.frameworks.keeping import FrameworkKeeping
from lti_tool.services.frameworks.removing import FrameworkRemoval
from lti_tool.services.health import Health
from lti_tool.services.insight.insights import Insights
from lti_tool.services.insight.lines import Lines
from lti_tool.services.launches.deep_linking import DeepLinking
from lti_tool.services.launches.launches import Launches
from lti_tool.services.learner.appeals import Appeals
from lti_tool.services.learner.calendar import Calendars
from lti_tool.services.learner.calibrating import Calibrations
from lti_tool.services.learner.digests import Digests
from lti_tool.services.learner.evidence_links import EvidenceLinks
from lti_tool.services.learner.flags import Flags
from lti_tool.services.learner.follow_ups import FollowUps
from lti_tool.services.learner.moving_over import MovingOver
from lti_tool.services.learner.my_competencies import MyCompetencies
from lti_tool.services.learner.my_depths import MyDepths
from lti_tool.services.learner.my_work import MyWorks
from lti_tool.services.learner.participations import Participations
from lti_tool.services.learner.reminders import Reminders
from lti_tool.services.learning_records import noting
from lti_tool.services.learning_records.settings import LearningRecords
from lti_tool.services.mailing.mailing import Mailing
from lti_tool.services.mailing.wishes import Wishes
from lti_tool.services.operator.console import build_console
from lti_tool.services.outbox.outbox import Outbox
from lti_tool.services.outbox.results import Results
from lti_tool.services.platforms.keys import SigningKeys
from lti_tool.services.platforms.platforms import Platforms
from lti_tool.services.privacy.privacy import Privacy
from lti_tool.services.roster.roster import Roster
from lti_tool.services.sharing.opening import SharedPages
from lti_tool.services.sharing.shares import Shares
from lti_tool.services.studio.criteria import CriteriaStudio
from lti_tool.services.studio.previews import Previews
from lti_tool.services.studio.rehearsals import Rehearsals


def build(
    database_url: str,
    secret_key: str,
    base_url: str,
    allow_local: bool,
    wake: Callable[[], None] = lambda: None,
    platform_concurrency: int = 4,
    mail_server: MailServer | None = None,
    files: FileSettings | None = None,
    sharing: bool = True,
    issuer: IssuerSettings | None = None,
) -> Services:
    """Build all services; ``base_url`` is the only source of our own absolute URLs."""
    db, secrets, http = Database(database_url), Secrets(secret_key), Http(allow_local)
    attached = build_files(db, files or FileSettings())
    platforms = _of_platforms(db, secrets, http, base_url, allow_local, platform_concurrency)
    signer = Signer(platforms["keys"], base_url)
    return Services(
        **platforms,
        **_of_credentials(db, secrets, signer, issuer or IssuerSettings()),
        **_of_courses(db),
        **_of_work(db),
        **_of_programs(db, secrets),
        **_of_competencies(db),
        **attached,
        **_of_mail(db, secrets, base_url, mail_server),
        db=db,
        secrets=secrets,
        case_server=CaseServer(db, base_url),
        framework_exports=FrameworkExports(db, base_url),
        framework_servers=FrameworkServers(http),
        calendars=Calendars(db, secrets, base_url),
        privacy=Privacy(db, secrets, attached["attachments"].store),
        rehearsals=Rehearsals(db, secrets),
        shared_pages=SharedPages(db, is_on=sharing),
        shares=Shares(db, base_url, is_on=sharing),
        wake=wake,
    )


def _of_platforms(
    db: Database, secrets: Secrets, http: Http, base_url: str, allow_local: bool, concurrency: int
) -> dict[str, Any]:
    """Return what talks with learning platforms, and the operator's view of it."""
    keys = SigningKeys(db, secrets)
    platforms = Platforms(db, http, base_url, allow_local)
    launches = Launches(db, secrets, http, base_url)
    companion = build_companion(db, secrets, http)
    records = LearningRecords(db, RecordStores(http), secrets, base_url)
    more = {**companion.handlers, noting.KIND: records.handler}
    outbox = Outbox(db, keys, http, secrets, concurrency, more=more)
    return {
        "keys": keys,
        "platforms": platforms,
        "launches": launches,
        "deep_linking": DeepLinking(db, keys, base_url),
        "outbox": outbox,
        "results": Results(db, outbox.calls),
        "roster": Roster(db, keys, http, secrets),
        "companion": companion,
        "moodle_groups": MoodleGroups(db, secrets, companion.services),
        "learning_records": records,
        "console": build_console(launches, platforms, outbox, keys),
    }


def _of_credentials(
    db: Database, secrets: Secrets, signer: Signer, issuer: IssuerSettings
) -> dict[str, Any]:
    """Return what learners take along, and what everybody may ask of it."""
    return {
        "credentials": Credentials(db, signer, secrets, issuer),
        "public_credentials": PublicCredentials(db, signer, issuer),
    }


def _of_programs(db: Database, secrets: Secrets) -> dict[str, Any]:
    """Return what programs read of courses, and who lets them."""
    return {
        "access_tokens": AccessTokens(db),
        "reading": Reading(db, secrets),
        "work_reading": WorkReading(db, secrets),
    }


def _of_mail(
    db: Database, secrets: Secrets, base_url: str, server: MailServer | None
) -> dict[str, Any]:
    """Return what writes to people; without a server, reminders wait in Miroir alone."""
    wishes = Wishes(db, secrets, base_url, is_set_up=server is not None)
    return {
        "mailing": Mailing(db, wishes, Post(server) if server is not None else None),
        "wishes": wishes,
        "nudges": Nudges(db, wishes),
        "mail_troubles": MailTroubles(db),
        "reminders": Reminders(db),
        "digests": Digests(db),
        "weeklies": Weeklies(db),
    }


def _of_courses(db: Database) -> dict[str, Any]:
    """Return what educators set up: activities and cohorts."""
    return {
        "activities": Activities(db),
        "activity_lists": ActivityLists(db),
        "column_settings": ColumnSettings(db),
        "one_each": OneEach(db),
        "cohorts": Cohorts(db),
        "cohort_joining": CohortJoining(db),
        "cohort_lists": CohortLists(db),
        "cohort_tutors": CohortTutors(db),
        "exclusions": Exclusions(db),
        "copies": Copies(db),
        "people": People(db),
        "criteria_studio": CriteriaStudio(db),
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
        "calibrations": Calibrations(db),
        "calibration_results": CalibrationResults(db),
        "moving_over": MovingOver(db),
        "moderation": Moderation(db),
        "flags": Flags(db),
        "appeals": Appeals(db),
        "comments": Comments(db),
        "replies": Replies(db),
        "reports": Reports(db),
        "audit": Audit(db),
        "timelines": Timelines(db),
        "gradebook_files": GradebookFiles(db),
        "masks": Masks(db),
        "reviews": Reviews(db),
        "insights": Insights(db),
        "lines": Lines(db),
        "interventions": Interventions(db, can_nudge=True),
        "overrides": Overrides(db),
        "signals": Signals(db),
    }


def _of_competencies(db: Database) -> dict[str, Any]:
    """Return frameworks, and what is said and shown of levels."""
    return {
        "frameworks": Frameworks(db),
        "framework_browsing": FrameworkBrowsing(db),
        "framework_imports": FrameworkImports(db),
        "framework_keeping": FrameworkKeeping(db),
        "framework_removal": FrameworkRemoval(db),
        "depths": Depths(db),
        "evidence_links": EvidenceLinks(db),
        "level_maps": LevelMaps(db),
        "level_paths": LevelPaths(db),
        "my_competencies": MyCompetencies(db),
        "my_depths": MyDepths(db),
    }
