"""Everything that the operator's console may call, built once."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.http import Http
from lti_tool.services.launches.launches import Launches
from lti_tool.services.operator.changes import OperatorChanges
from lti_tool.services.operator.frames import OperatorFrames
from lti_tool.services.operator.operators import Operators
from lti_tool.services.operator.outbox import OperatorOutbox
from lti_tool.services.operator.platforms import OperatorPlatforms
from lti_tool.services.operator.self_tests import READ_SECONDS, SelfTests
from lti_tool.services.outbox.outbox import Outbox
from lti_tool.services.platforms.keys import SigningKeys
from lti_tool.services.platforms.platforms import Platforms
from lti_tool.services.platforms.refusals import Refusals


@dataclass(frozen=True, slots=True)
class OperatorConsole:
    """The operator's use cases."""

    operators: Operators
    platforms: OperatorPlatforms
    changes: OperatorChanges
    outbox: OperatorOutbox
    refusals: Refusals
    self_tests: SelfTests
    frames: OperatorFrames


def build_console(
    launches: Launches, platforms: Platforms, outbox: Outbox, keys: SigningKeys
) -> OperatorConsole:
    """Build the console of an installation from its other services."""
    db, base_url = launches.db, launches.base_url
    patient = Http(platforms.allow_local, READ_SECONDS)
    return OperatorConsole(
        operators=Operators(db, base_url),
        platforms=OperatorPlatforms(db),
        changes=OperatorChanges(db, platforms),
        outbox=OperatorOutbox(db, outbox),
        refusals=Refusals(db, launches.clocks),
        self_tests=SelfTests(db, patient, keys, base_url),
        frames=OperatorFrames(db),
    )
