"""Which cohort a list of the desk shows: read from the URL, and offered above the list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import request

from lti_tool.errors import NotFound
from lti_tool.services.cohort_scope import NO_COHORT, CohortName
from lti_tool.views.session import services, viewer

NONE = "none"
"""In a URL: those in no cohort."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The cohorts to choose from, and the one that is chosen."""

    cohorts: tuple[CohortName, ...]
    chosen: uuid.UUID | None
    sees_all: bool
    """Whether the viewer sees every learner of the course."""

    @property
    def value(self) -> str:
        """What stands for the choice in a URL; empty for all."""
        if self.chosen is None:
            return ""
        return NONE if self.chosen == NO_COHORT else str(self.chosen)

    @property
    def is_useful(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.cohorts) and (self.sees_all or len(self.cohorts) > 1)

    @property
    def sees_nobody(self) -> bool:
        """Whether the viewer is a tutor without a cohort, so that lists are empty."""
        return not self.cohorts and not self.sees_all


def chosen() -> uuid.UUID | None:
    """Return the cohort that the URL asks for, ``NO_COHORT``, or None for all; raise NotFound."""
    text = request.args.get("cohort", "")
    if text == NONE:
        return NO_COHORT
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise NotFound("cohort") from error


def offered() -> Filter:
    """Return what the list's page offers."""
    names, sees_all = services().cohorts.names(viewer())
    return Filter(tuple(names), chosen(), sees_all)
