"""Words of allocation: whose work a learner may be given, and why somebody's never."""

from __future__ import annotations

from enum import StrEnum


class AllocationPool(StrEnum):
    """Whose reflections a learner is given."""

    CONTEXT = "context"
    """Those of the whole course."""
    OWN_COHORT = "own_cohort"
    """Those of their own cohort, and of nobody else."""
    OTHER_COHORTS = "other_cohorts"
    """Those of other cohorts first; where nobody there lacks a response, of the whole course."""


class ExclusionReason(StrEnum):
    """Why two people are never given each other's work."""

    SAME_EMPLOYER = "same_employer"
    LINE_MANAGER = "line_manager"
    OTHER = "other"
