"""All services of one installation (``services.building`` builds them)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lti_tool.models import Database
from lti_tool.remote.framework_servers import FrameworkServers
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
from lti_tool.services.companion.companion import Companion
from lti_tool.services.credentials.credentials import Credentials
from lti_tool.services.credentials.public import PublicCredentials
from lti_tool.services.desk.audit import Audit
from lti_tool.services.desk.calibration import CalibrationResults
from lti_tool.services.desk.comments import Comments
from lti_tool.services.desk.depths import Depths
from lti_tool.services.desk.extensions import Extensions
from lti_tool.services.desk.files import StaffFiles
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
from lti_tool.services.learner.attachments import Attachments
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
from lti_tool.services.learner.reflections import Reflections
from lti_tool.services.learner.reminders import Reminders
from lti_tool.services.learner.responses import Responses
from lti_tool.services.learning_records.settings import LearningRecords
from lti_tool.services.link_titles import LinkTitles
from lti_tool.services.mailing.mailing import Mailing
from lti_tool.services.mailing.wishes import Wishes
from lti_tool.services.operator.console import OperatorConsole
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


@dataclass(frozen=True, slots=True)
class Services:
    """What views, tasks and commands may call."""

    access_tokens: AccessTokens
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
    framework_keeping: FrameworkKeeping
    framework_removal: FrameworkRemoval
    framework_exports: FrameworkExports
    framework_servers: FrameworkServers
    activities: Activities
    activity_lists: ActivityLists
    attachments: Attachments
    column_settings: ColumnSettings
    one_each: OneEach
    cohorts: Cohorts
    cohort_joining: CohortJoining
    cohort_lists: CohortLists
    cohort_tutors: CohortTutors
    companion: Companion
    learning_records: LearningRecords
    moodle_groups: MoodleGroups
    exclusions: Exclusions
    copies: Copies
    calendars: Calendars
    calibrations: Calibrations
    calibration_results: CalibrationResults
    credentials: Credentials
    public_credentials: PublicCredentials
    criteria_studio: CriteriaStudio
    participations: Participations
    follow_ups: FollowUps
    link_titles: LinkTitles
    my_work: MyWorks
    reflections: Reflections
    responses: Responses
    moderation: Moderation
    flags: Flags
    appeals: Appeals
    comments: Comments
    depths: Depths
    evidence_links: EvidenceLinks
    level_maps: LevelMaps
    level_paths: LevelPaths
    my_competencies: MyCompetencies
    my_depths: MyDepths
    replies: Replies
    reports: Reports
    audit: Audit
    timelines: Timelines
    gradebook_files: GradebookFiles
    moving_over: MovingOver
    people: People
    previews: Previews
    privacy: Privacy
    publishing: Publishing
    reading: Reading
    work_reading: WorkReading
    rehearsals: Rehearsals
    reviews: Reviews
    roster: Roster
    extensions: Extensions
    interventions: Interventions
    insights: Insights
    lines: Lines
    overrides: Overrides
    shared_pages: SharedPages
    shares: Shares
    signals: Signals
    staff_files: StaffFiles
    masks: Masks
    mailing: Mailing
    mail_troubles: MailTroubles
    nudges: Nudges
    reminders: Reminders
    digests: Digests
    weeklies: Weeklies
    wishes: Wishes
    console: OperatorConsole
    sources: Sources
    wake: Callable[[], None]
    """Tells the background worker that something waits; never needed for correctness."""
