"""Deep linking: what an educator chose goes back to the LMS, signed; so does why nothing does."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext
from lti_tool.lti.deep_linking import (
    COMPLETION_TAG,
    LIFE,
    Dialog,
    LinkItem,
    Review,
    Told,
    Wishes,
    content_item,
    response_claims,
    wishes_of,
)
from lti_tool.lti.platform import origins_of
from lti_tool.lti.signing import sign
from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.launches import LaunchSession
from lti_tool.rules.competency_columns import resource_id, tag
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.services.platforms.keys import SigningKeys

MOST_ITEMS = 25
"""Activities that go back at once."""
READING_TIME = timedelta(minutes=30)
"""How long an answer is good that waits on a page until somebody presses its button."""
ICON = "/static/img/mark.svg"


class Trouble(StrEnum):
    """Why a deep linking window adds nothing, for the person and for the LMS's log."""

    ROLE = "role"
    TYPES = "types"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Window:
    """A deep linking window: what the LMS takes, its name, and what stands in the way."""

    wishes: Wishes
    platform: str
    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A form for the LMS: where to post, and the one field ``JWT``."""

    return_url: str
    jwt: str
    form_action: tuple[str, ...]
    """Origins that the post may reach: the return URL's, and the platform's own for redirects."""
    told: Told
    """What the LMS is asked to tell; most show nothing of it, so our page does."""
    titles: tuple[str, ...] = ()
    """Of the activities that go back."""


@dataclass(frozen=True, slots=True)
class DeepLinking:
    """Answers the deep linking request that opened a session."""

    db: Database
    keys: SigningKeys
    base_url: str

    def window(self, viewer: Viewer) -> Window:
        """Return what the window is for; raises NotFound outside a deep linking window."""
        with self.db.read() as session:
            launch = _launch(session, viewer)
            wishes, platform = wishes_of(launch.message["deep_linking"]), launch.registration.name
        trouble = None if wishes.accepts_links else Trouble.TYPES
        return Window(wishes, platform, trouble if viewer.role.moderates else Trouble.ROLE)

    def respond(self, viewer: Viewer, activity_ids: Sequence[uuid.UUID]) -> Reply:
        """Return the answer with these activities of the course and their completion columns.

        Raises NotFound for an activity of another course, or outside a deep linking window that
        takes links; InvalidInput for more than the LMS or we take at once.
        """
        with self.db.read() as session:
            launch = _launch(session, viewer)
            wishes = wishes_of(launch.message["deep_linking"])
            _check(wishes, activity_ids)
            found = _activities(session, viewer, activity_ids)
            links = [_link(activity, self.base_url) for activity in found]
        family = launch.registration.family
        items = [content_item(link, wishes, family) for link in links]
        count = len(items)
        told = Told(
            ngettext("%(num)s activity was added.", "%(num)s activities were added.", count),
            f"miroir: {' '.join(link.resource_id for link in links)}",
        )
        titles = tuple(link.title for link in links)
        return self._reply(_dialog(launch), viewer.frame_ancestors, told, items, titles)

    def cancel(self, viewer: Viewer) -> Reply:
        """Return the empty answer: nothing was chosen; raises NotFound as ``window``."""
        with self.db.read() as session:
            dialog = _dialog(_launch(session, viewer))
        told = Told(_("Nothing was added."), "miroir: cancelled")
        return self._reply(dialog, viewer.frame_ancestors, told)

    def give_up(self, viewer: Viewer, reference: str) -> Reply:
        """Return the answer that tells why nothing can be added; raises NotFound as ``window``.

        ``reference`` finds the cause in our log.
        """
        trouble = self.window(viewer).trouble or Trouble.FAULT
        with self.db.read() as session:
            dialog = _dialog(_launch(session, viewer))
        told = Told(_words(trouble), f"miroir: {trouble.value} {reference}", is_error=True)
        return self._reply(dialog, viewer.frame_ancestors, told)

    def refuse(self, dialog: Mapping[str, Any], why: str, reason: str, reference: str) -> Reply:
        """Return the answer to a genuine request for which no window opens.

        ``dialog`` are the fields of Dialog as the refusal tells them, ``why`` is for the person,
        ``reason`` and ``reference`` for the log.
        """
        told = Told(why, f"miroir: {reason} {reference}", is_error=True)
        return self._reply(Dialog(**dialog), (), told, life=READING_TIME)

    def _reply(
        self,
        dialog: Dialog,
        origins: Sequence[str],
        told: Told,
        items: Sequence[Mapping[str, Any]] = (),
        titles: tuple[str, ...] = (),
        life: timedelta = LIFE,
    ) -> Reply:
        return Reply(
            return_url=dialog.return_url,
            jwt=sign(response_claims(dialog, items, told, life), self.keys.current()),
            form_action=tuple(origins_of([dialog.return_url, *origins])),
            told=told,
            titles=titles,
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


def _dialog(launch: LaunchSession) -> Dialog:
    return Dialog(
        issuer=launch.registration.issuer,
        client_id=launch.registration.client_id,
        deployment_id=launch.deployment.deployment_id,
        settings=launch.message["deep_linking"],
    )


def _check(wishes: Wishes, activity_ids: Sequence[uuid.UUID]) -> None:
    if not wishes.accepts_links or not activity_ids:
        raise NotFound("activity")
    most = MOST_ITEMS if wishes.several else 1
    if len(activity_ids) > most:
        raise InvalidInput(
            {"activity": [_("At most %(most)s at once can be added here.", most=most)]}
        )


def _activities(
    session: Session, viewer: Viewer, activity_ids: Sequence[uuid.UUID]
) -> list[Activity]:
    """Return activities of the viewer's course, or that they made and that have no course yet."""
    mine = and_(Activity.context_id.is_(None), Activity.created_by_id == viewer.user_id)
    query = select(Activity).where(
        Activity.id.in_(activity_ids),
        Activity.registration_id == viewer.registration_id,
        or_(Activity.context_id == viewer.context_id, mine) if viewer.context_id else mine,
    )
    found = {activity.id: activity for activity in session.scalars(query)}
    if found.keys() != set(activity_ids):
        raise NotFound("activity")
    return [found[activity_id] for activity_id in dict.fromkeys(activity_ids)]


def _link(activity: Activity, base_url: str) -> LinkItem:
    """Return an activity as an item; its id travels in ``url`` and in ``custom``."""
    custom = {"activity_id": str(activity.id)}
    # Tells a second link that was placed on purpose from one that the LMS duplicated.
    placed = {**custom, "placement_id": str(uuid.uuid4())}
    return LinkItem(
        title=activity.title,
        text=activity.description,
        url=f"{base_url}/lti/launch?activity={activity.id}",
        custom=placed,
        resource_id=resource_id(activity.id),
        tag=_tag(activity),
        icon_url=f"{base_url}{ICON}",
        opens_at=activity.opens_at,
        due_at=activity.next_due_at,
        review=Review(_("Open this learner's work"), custom),
    )


def _tag(activity: Activity) -> str:
    """Return the tag of an activity's column: its competency, if it is about that one alone."""
    alone = activity.competencies[0] if len(activity.competencies) == 1 else None
    return tag(alone.identifier) if alone else COMPLETION_TAG


def _words(trouble: Trouble) -> str:
    """Return what the LMS is asked to tell the person."""
    return {
        Trouble.ROLE: _("Nothing was added: only educators add activities."),
        Trouble.TYPES: _("Nothing was added: this place takes no links to activities."),
    }.get(trouble, _("Nothing was added, since something went wrong."))
