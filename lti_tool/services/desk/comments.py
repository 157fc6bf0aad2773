"""A tutor comments on a response."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.models.responses import Response
from lti_tool.rules.viewer import Viewer
from lti_tool.services.desk import deciding, work
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.engine import commenting


@dataclass(frozen=True, slots=True)
class Comments:
    """Use cases of a tutor who answers responses."""

    db: Database

    def write(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        response_id: uuid.UUID,
        html: str,
        to_addressee: bool,
    ) -> None:
        """Comment on a response (sanitised HTML); an empty comment takes one's own away.

        The author of the response reads it, its addressee only with ``to_addressee``. Raises
        NotFound, IllegalTransition for a response that is not handed in, InvalidInput.
        """
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            subject = work.load(session, at.activity, WorkKind.RESPONSE, response_id, at.scope)
            if not isinstance(subject, Response):
                raise NotFound("response")
            commenting.write(session, subject, viewer.user_id, html, to_addressee)
