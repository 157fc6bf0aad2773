"""One activity for each competency, made from one form.

An LMS ties its own competencies to an activity's completion, so that each needs an activity, and a
gradebook column, of its own.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from sqlalchemy import select

from lti_tool import i18n
from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.models.database import Database
from lti_tool.models.frameworks import Competency
from lti_tool.rules.competency_columns import Named, labels
from lti_tool.rules.viewer import Viewer
from lti_tool.services.activities.activities import add_activity
from lti_tool.services.activities.values import ActivityValues

MOST_TITLE = 150
"""Characters of a title: room for most competencies, and short enough for a course page."""


@dataclass(frozen=True, slots=True)
class OneEach:
    """The use case of an educator in a window that takes several activities."""

    db: Database

    def create(self, viewer: Viewer, values: ActivityValues) -> list[uuid.UUID]:
        """Create an activity for each competency of ``values``; return their ids in that order.

        Each is called after its competency as well. Raises InvalidInput for fewer than two.
        """
        if len(values.competency_ids) < 2:
            message = _("Choose two or more: each gets an activity of its own.")
            raise InvalidInput({"competencies": [message]})
        with self.db.write() as session:
            query = select(Competency).where(Competency.id.in_(values.competency_ids))
            found = list(session.scalars(query.order_by(Competency.position, Competency.id)))
            with i18n.use(values.locale):
                named = [Named(one.code, i18n.pick(one.statement)) for one in found]
            titles = labels(values.title, named, MOST_TITLE)
            return [
                add_activity(session, viewer, _about(values, one.id, title)).id
                for one, title in zip(found, titles, strict=True)
            ]


def _about(values: ActivityValues, competency_id: uuid.UUID, title: str) -> ActivityValues:
    """Return the activity that is about this competency alone."""
    targets = values.target_levels
    return replace(
        values,
        title=title,
        competency_ids=(competency_id,),
        target_levels=None
        if targets is None
        else {key: level for key, level in targets.items() if key == competency_id},
        prompts=tuple(
            replace(
                one, competency_ids=tuple(key for key in one.competency_ids if key == competency_id)
            )
            for one in values.prompts
        ),
    )
