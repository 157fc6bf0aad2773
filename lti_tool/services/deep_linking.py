"""Deep linking: what an educator chose goes back to the LMS, signed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFound
from lti_tool.lti.deep_linking import LinkItem, content_item, response_claims
from lti_tool.lti.platform import origins_of
from lti_tool.lti.signing import sign
from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.launches import LaunchSession
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.services.keys import SigningKeys


@dataclass(frozen=True, slots=True)
class Reply:
    """A form for the LMS: where to post, and the one field ``JWT``."""

    return_url: str
    jwt: str
    form_action: tuple[str, ...]
    """Origins that the post may reach: the return URL's, and the platform's own for redirects."""
    title: str = ""
    """Of the activity that goes back; empty for an empty answer."""


@dataclass(frozen=True, slots=True)
class DeepLinking:
    """Answers the deep linking request that opened a session."""

    db: Database
    keys: SigningKeys
    base_url: str

    def respond(self, viewer: Viewer, activity_id: uuid.UUID) -> Reply:
        """Return the answer with one activity of this course and its completion column.

        Raises NotFound for an activity of another course, or outside a deep linking window.
        """
        with self.db.read() as session:
            launch = _launch(session, viewer)
            activity = _activity(session, viewer, activity_id)
        settings = launch.message["deep_linking"]
        item = LinkItem(
            activity_id=activity.id,
            title=activity.title,
            launch_url=f"{self.base_url}/lti/launch",
            opens_at=activity.opens_at,
            due_at=activity.next_due_at,
        )
        with_line_item = settings.get("accept_lineitem") is not False
        return self._reply(viewer, launch, [content_item(item, with_line_item)], activity.title)

    def cancel(self, viewer: Viewer) -> Reply:
        """Return the empty answer: nothing was chosen; raises NotFound as ``respond``."""
        with self.db.read() as session:
            launch = _launch(session, viewer)
        return self._reply(viewer, launch, [], "")

    def _reply(
        self, viewer: Viewer, launch: LaunchSession, items: list[dict[str, Any]], title: str
    ) -> Reply:
        settings = launch.message["deep_linking"]
        claims = response_claims(
            issuer=launch.registration.issuer,
            client_id=launch.registration.client_id,
            deployment_id=launch.deployment.deployment_id,
            settings=settings,
            items=items,
        )
        return_url = settings["deep_link_return_url"]
        return Reply(
            return_url=return_url,
            jwt=sign(claims, self.keys.current()),
            form_action=tuple(origins_of([return_url, *viewer.frame_ancestors])),
            title=title,
        )


def _launch(session: Session, viewer: Viewer) -> LaunchSession:
    launch = session.get(
        LaunchSession,
        viewer.session_id,
        options=[joinedload(LaunchSession.registration), joinedload(LaunchSession.deployment)],
    )
    if launch is None or launch.kind is not SessionKind.DEEP_LINKING:
        raise NotFound("deep linking request")
    return launch


def _activity(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> Activity:
    """Return an activity of the viewer's course, or one they made that has no course yet."""
    mine = and_(Activity.context_id.is_(None), Activity.created_by_id == viewer.user_id)
    activity = session.scalars(
        select(Activity).where(
            Activity.id == activity_id,
            Activity.registration_id == viewer.registration_id,
            or_(Activity.context_id == viewer.context_id, mine) if viewer.context_id else mine,
        )
    ).first()
    if activity is None:
        raise NotFound("activity")
    return activity
