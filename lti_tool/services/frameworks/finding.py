"""Finding a framework by what an operator types: its id, its identifier, its title."""

from __future__ import annotations

from lti_tool.errors import NotFound
from lti_tool.services.frameworks.frameworks import FrameworkListing


def framework_named(frameworks: list[FrameworkListing], wanted: str) -> FrameworkListing:
    """Return the framework that ``wanted`` means; raise NotFound if it is none, or several."""
    text = wanted.strip().lower()
    for exact in (True, False):
        found = [one for one in frameworks if _matches(one, text, exact)]
        if len(found) == 1:
            return found[0]
    raise NotFound("framework")


def _matches(framework: FrameworkListing, text: str, exact: bool) -> bool:
    titles = [title.lower() for title in framework.title.values()]
    if exact:
        return text in (str(framework.id), framework.identifier.lower(), *titles)
    return any(title.startswith(text) for title in titles)
