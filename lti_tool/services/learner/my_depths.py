"""How deep tutors found one's own reflection, and what the next step would look like."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lti_tool.models import Database
from lti_tool.rules.viewer import Viewer
from lti_tool.services.engine import completion
from lti_tool.services.engine.depths import DepthView, depths_marked
from lti_tool.services.learner.standing import own_participation


@dataclass(frozen=True, slots=True)
class MyDepths:
    """The use case of reading what a tutor marked."""

    db: Database

    def of(self, viewer: Viewer, activity_id: uuid.UUID) -> tuple[DepthView, ...]:
        """Return what was marked on the viewer's reflection, the newest version first.

        Raises NotFound.
        """
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            reflection = completion.reflection_of(session, participation.id)
            if reflection is None:
                return ()
            activity = participation.activity
            return depths_marked(session, activity, reflection.id, for_staff=False)
