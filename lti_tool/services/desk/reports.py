"""What a report of an activity says besides its figures: course, cohort, framework, dates."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool import i18n
from lti_tool.errors import Forbidden
from lti_tool.models import Database
from lti_tool.models.cohorts import Cohort
from lti_tool.models.frameworks import CompetencyFramework
from lti_tool.models.people import Context
from lti_tool.rules.viewer import Viewer
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import NO_COHORT, scope_of


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What stands above and below the figures; ``cohort`` is empty if all are meant."""

    course: str
    cohort: str
    is_without_cohort: bool
    """Whether only learners in no cohort are meant."""
    source: str
    """Attribution of the competency framework; empty without one."""
    is_own_translation: bool
    """Whether the framework's words are ours in the reader's language."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Use cases of staff who take a report along."""

    db: Database

    def facts(
        self, viewer: Viewer, activity_id: uuid.UUID, cohort_id: uuid.UUID | None
    ) -> ReportFacts:
        """Return what a report says besides figures.

        Raises NotFound for an activity or a cohort that the viewer does not see, Forbidden for who
        is no staff.
        """
        if not viewer.role.moderates:
            raise Forbidden("report")
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            scope_of(session, viewer, cohort_id)
            framework = activity.framework if activity.competencies else None
            return ReportFacts(
                course=_course(session, viewer),
                cohort=_cohort(session, cohort_id),
                is_without_cohort=cohort_id == NO_COHORT,
                source=framework.source if framework else "",
                is_own_translation=framework is not None and _is_ours(framework),
            )


def _course(session: Session, viewer: Viewer) -> str:
    context = session.get(Context, viewer.context_id) if viewer.context_id else None
    return context.title if context else ""


def _cohort(session: Session, cohort_id: uuid.UUID | None) -> str:
    cohort = session.get(Cohort, cohort_id) if cohort_id else None
    return cohort.name if cohort else ""


def _is_ours(framework: CompetencyFramework) -> bool:
    return i18n.current() in framework.unofficial and i18n.current() in framework.title
