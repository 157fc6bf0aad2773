"""The operator's console: ``/operator``, a site of its own outside every LMS."""

from lti_tool.views.pages.operator import (
    connecting,
    door,
    keys,
    outbox,
    platforms,
    refusals,
)
from lti_tool.views.pages.operator.blueprint import bp

__all__ = ["bp", "connecting", "door", "keys", "outbox", "platforms", "refusals"]
