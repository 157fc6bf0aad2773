"""Filling a cohort from a pasted or uploaded list: shown first, then all of it or nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import update

from lti_tool.models import Database
from lti_tool.models.people import Membership
from lti_tool.rules.name_lists import lines_of
from lti_tool.rules.viewer import Viewer
from lti_tool.secrecy import digest
from lti_tool.services.cohorts.cohorts import educators_context, find_cohort
from lti_tool.services.cohorts.people_lists import Directory, Meant, read_people
from lti_tool.services.locking import lock_context


@dataclass(frozen=True, slots=True)
class ListPreview:
    """What a list would do to a cohort."""

    cohort_id: uuid.UUID
    cohort: str
    lines: tuple[Meant, ...]

    @property
    def problems(self) -> tuple[Meant, ...]:
        """The lines that cannot be used; while there is one, nothing is done."""
        return tuple(line for line in self.lines if line.problem is not None)

    @property
    def coming(self) -> tuple[Meant, ...]:
        """Who comes into the cohort, out of none or out of another one."""
        return tuple(
            line
            for line in self._good
            if line.person is not None and line.person.cohort_id != self.cohort_id
        )

    @property
    def moving(self) -> tuple[Meant, ...]:
        """Those of them who leave another cohort for it."""
        return tuple(line for line in self.coming if line.person and line.person.cohort_id)

    @property
    def present(self) -> int:
        """How many are in the cohort already."""
        return len(self._good) - len(self.coming)

    @property
    def may_be_done(self) -> bool:
        """Whether every line is good and somebody comes."""
        return not self.problems and bool(self.coming)

    @property
    def _good(self) -> tuple[Meant, ...]:
        return tuple(line for line in self.lines if line.problem is None and line.person)


@dataclass(frozen=True, slots=True)
class CohortLists:
    """Use cases on lists of learners."""

    db: Database

    def preview(self, viewer: Viewer, cohort_id: uuid.UUID, text: str) -> ListPreview:
        """Return what the list would do, line by line; raise NotFound."""
        context_id = educators_context(viewer)
        with self.db.read() as session:
            cohort = find_cohort(session, context_id, cohort_id)
            lines = read_people(Directory(session, context_id), lines_of(text))
            return ListPreview(cohort_id, cohort.name, tuple(lines))

    def fill(self, viewer: Viewer, cohort_id: uuid.UUID, text: str, seen: str) -> ListPreview:
        """Put everybody of the list into the cohort, or nobody if a line cannot be used.

        ``seen`` is ``fingerprint`` of the preview that was agreed to; if the list means something
        else by now, nothing is done either. The answer tells what was done or would be; look at its
        ``fingerprint``.
        """
        context_id = educators_context(viewer)
        with self.db.write() as session:
            lock_context(session, context_id)
            cohort = find_cohort(session, context_id, cohort_id)
            lines = read_people(Directory(session, context_id), lines_of(text))
            preview = ListPreview(cohort_id, cohort.name, tuple(lines))
            if preview.may_be_done and fingerprint(preview) == seen:
                ids = [line.person.user_id for line in preview.coming if line.person]
                session.execute(
                    update(Membership)
                    .where(Membership.context_id == context_id, Membership.user_id.in_(ids))
                    .values(cohort_id=cohort_id)
                    .execution_options(synchronize_session=False)
                )
            return preview


def fingerprint(preview: ListPreview) -> str:
    """Return a text that differs whenever a list would do something else."""
    people = [line.person for line in preview.coming if line.person]
    return digest(" ".join(sorted(f"{one.user_id}:{one.cohort_id}" for one in people)))
