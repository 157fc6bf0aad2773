"""The operator's console: ``/operator``, a site of its own outside every LMS."""

from lti_tool.views.pages.operator import (
    companion,
    connecting,
    door,
    keys,
    outbox,
    platforms,
    records,
    refusals,
)
from lti_tool.views.pages.operator.blueprint import bp

__all__ = [
    "bp",
    "companion",
    "connecting",
    "door",
    "keys",
    "outbox",
    "platforms",
    "records",
    "refusals",
]
