"""Everything of the Moodle companion, built once."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.http import Http
from lti_tool.models import Database
from lti_tool.remote.moodle_services import MoodleServices
from lti_tool.secrecy import Secrets
from lti_tool.services.companion.reading import RatingReader
from lti_tool.services.companion.sending import RatingHandler
from lti_tool.services.companion.settings import Companions
from lti_tool.services.companion.sharing import Sharing
from lti_tool.services.companion.telling import Telling
from lti_tool.services.companion.testing import CompanionTests
from lti_tool.services.outbox import ratings
from lti_tool.services.outbox.handling import Handlers

READ_SECONDS = 8.0
"""A person waits for the page: Moodle is given no more per call."""


@dataclass(frozen=True, slots=True)
class Companion:
    """The use cases around Moodle's web services."""

    services: MoodleServices
    """With short patience, for pages."""
    settings: Companions
    tests: CompanionTests
    sharing: Sharing
    telling: Telling
    reader: RatingReader
    handlers: Handlers
    """What the outbox sends, by kind."""


def build_companion(db: Database, secrets: Secrets, http: Http) -> Companion:
    """Build the companion of an installation; ``http`` has the patience of background work."""
    working = MoodleServices(http)
    patient = MoodleServices(Http(http.allow_local, READ_SECONDS))
    return Companion(
        services=patient,
        settings=Companions(db, secrets, http.allow_local),
        tests=CompanionTests(db, secrets, patient),
        sharing=Sharing(db, secrets, patient),
        telling=Telling(db),
        reader=RatingReader(db, secrets, working),
        handlers={ratings.KIND: RatingHandler(working, secrets)},
    )
