"""Trying an activity out as a learner: a copy in a course of its own, wiped afterwards.

Everything in a rehearsal is real: pages, rules, allocation, moderation. Because it stands in a
course that no platform knows, it has no gradebook column, no roster, and nobody else sees it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Base, Database
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.launches import LaunchSession
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.studio import Rehearsal
from lti_tool.rules import invented
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState, CopySign, Role, SessionKind
from lti_tool.secrecy import Secrets, digest
from lti_tool.services.activities import copying
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.launches.binding import handle_of
from lti_tool.services.privacy import history_erasing
from lti_tool.services.privacy.purge import forget
from lti_tool.services.studio import rehearsal_peers

LONGEST = timedelta(hours=24)
BATCH = 20
DATES = ("now_due_at", "new_due_at", "next_due_at")


@dataclass(frozen=True, slots=True)
class Stage:
    """Where an educator goes on: the handle of a session, and an activity in it."""

    handle: str
    activity_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Rehearsals:
    """Use cases of rehearsing; a person has one rehearsal at a time."""

    db: Database
    secrets: Secrets

    def start(self, viewer: Viewer, activity_id: uuid.UUID) -> Stage:
        """Begin a rehearsal of an activity of the viewer's course; return its learner's session.

        An earlier rehearsal of theirs is wiped. Raises NotFound.
        """
        with self.db.write() as session:
            original = find_activity(session, viewer, activity_id)
            for earlier in session.scalars(
                select(Rehearsal).where(Rehearsal.owner_id == viewer.user_id)
            ).all():
                wipe(session, earlier)
            context = _course(session, viewer, original)
            link = ResourceLink(context_id=context.id, lti_id="rehearsal", title=original.title)
            session.add(link)
            session.flush()
            made = _copy(session, viewer, original, context, link)
            peers = [_peer(session, viewer, context, name) for name in invented.names()]
            launch = _session(session, viewer, context, link, original)
            handle = handle_of(self.secrets, launch.id)
            launch.handle_hash = digest(handle)
            made_id = made.id
            learner = _as_learner(viewer, launch, context, made_id)
        for number, peer in enumerate(peers):
            as_peer = replace(learner, user_id=peer)
            rehearsal_peers.reflect(self.db, as_peer, number)
        rehearsal_peers.let_pass(self.db, learner)
        return Stage(handle, made_id)

    def go_on(self, viewer: Viewer) -> bool:
        """Let time pass: grace windows end, a tutor releases, the peers answer.

        Return whether the educator has handed in a reflection that could be answered. Raises
        NotFound outside a rehearsal.
        """
        with self.db.read() as session:
            rehearsal = _own(session, viewer)
            peers = session.scalars(
                select(Membership.user_id).where(
                    Membership.context_id == rehearsal.context_id,
                    Membership.user_id != rehearsal.owner_id,
                )
            ).all()
        rehearsal_peers.let_pass(self.db, viewer)
        for peer in peers:
            rehearsal_peers.respond(self.db, replace(viewer, user_id=peer))
        rehearsal_peers.let_pass(self.db, viewer)
        return rehearsal_peers.has_written(self.db, viewer)

    def end(self, viewer: Viewer) -> Stage:
        """Wipe the rehearsal; return the educator's own session. Raises NotFound outside one."""
        with self.db.write() as session:
            rehearsal = _own(session, viewer)
            launch = session.get_one(LaunchSession, viewer.session_id)
            own = uuid.UUID(launch.message["rehearsal"])
            original_id = rehearsal.original_id
            wipe(session, rehearsal)
        return Stage(handle_of(self.secrets, own), original_id)


def wipe_old(session: Session) -> int:
    """Wipe rehearsals that nobody ended in time; return how many."""
    old = select(Rehearsal).where(Rehearsal.created_at < clock.now() - LONGEST).limit(BATCH)
    found = session.scalars(old).all()
    for rehearsal in found:
        wipe(session, rehearsal)
    return len(found)


def wipe(session: Session, rehearsal: Rehearsal) -> None:
    """Delete a rehearsal: its course, all that was written in it, and the invented peers."""
    members = select(Membership.user_id).where(
        Membership.context_id == rehearsal.context_id, Membership.user_id != rehearsal.owner_id
    )
    peers = list(session.scalars(members))
    tables = Base.metadata.tables
    here = select(Context.id).where(Context.id == rehearsal.context_id)
    with history_erasing.opened(session, "purge"):
        forget(session, tables["contexts"], ("id", here))
        forget(session, tables["users"], ("id", select(User.id).where(User.id.in_(peers))))
    session.expire_all()


def _own(session: Session, viewer: Viewer) -> Rehearsal:
    rehearsal = session.scalar(
        select(Rehearsal).where(
            Rehearsal.context_id == viewer.context_id, Rehearsal.owner_id == viewer.user_id
        )
    )
    if rehearsal is None:
        raise NotFound("rehearsal")
    return rehearsal


def _course(session: Session, viewer: Viewer, original: Activity) -> Context:
    context = Context(
        deployment_id=viewer.deployment_id,
        lti_id=f"rehearsal:{uuid.uuid4()}",
        title=_("Rehearsal"),
    )
    session.add(context)
    session.flush()
    session.add(Rehearsal(context_id=context.id, original_id=original.id, owner_id=viewer.user_id))
    session.add(
        Membership(
            context_id=context.id,
            user_id=viewer.user_id,
            role=Role.LEARNER,
            launched_role=Role.LEARNER,
        )
    )
    return context


def _copy(
    session: Session, viewer: Viewer, original: Activity, context: Context, link: ResourceLink
) -> Activity:
    """Copy the activity; open now, whatever its dates are."""
    arrival = copying.Arrival(link, True, context, viewer.registration_id, viewer.user_id)
    made = copying.copy(session, original, arrival, CopySign.CHOSEN)
    made.copied_from_id = made.copied_at = made.copied_by_sign = None
    made.state, made.opens_at = ActivityState.PUBLISHED, None
    made.responses_required = min(made.responses_required, invented.PEERS)
    made.event_at, made.shared_links = original.event_at, original.shared_links
    for name in DATES:
        date = getattr(made, name)
        if date is not None and date < clock.now() + LONGEST:
            setattr(made, name, None)
    session.flush()
    return made


def _peer(session: Session, viewer: Viewer, context: Context, name: str) -> uuid.UUID:
    user = User(registration_id=viewer.registration_id, sub=f"rehearsal:{uuid.uuid4()}", name=name)
    session.add(user)
    session.flush()
    session.add(Membership(context_id=context.id, user_id=user.id, role=Role.LEARNER))
    return user.id


def _session(
    session: Session, viewer: Viewer, context: Context, link: ResourceLink, original: Activity
) -> LaunchSession:
    """Open a learner's session in the browser of the educator's."""
    own = session.get_one(LaunchSession, viewer.session_id)
    membership = session.scalars(
        select(Membership).where(
            Membership.context_id == context.id, Membership.user_id == viewer.user_id
        )
    ).one()
    key = uuid.uuid4()
    launch = LaunchSession(
        id=key,
        handle_hash=f"rehearsal:{key}",
        kind=SessionKind.RESOURCE_LINK,
        registration_id=viewer.registration_id,
        deployment_id=viewer.deployment_id,
        user_id=viewer.user_id,
        context_id=context.id,
        membership_id=membership.id,
        resource_link_id=link.id,
        role=Role.LEARNER,
        locale=own.locale,
        message={"rehearsal": str(own.id), "frames": own.message.get("frames", [])},
        browser_hash=own.browser_hash,
        bound_at=own.bound_at,
        bound_by=own.bound_by,
        expires_at=min(own.expires_at, clock.now() + LONGEST),
    )
    session.add(launch)
    session.flush()
    return launch


def _as_learner(
    viewer: Viewer, launch: LaunchSession, context: Context, activity_id: uuid.UUID
) -> Viewer:
    return replace(
        viewer,
        session_id=launch.id,
        kind=SessionKind.RESOURCE_LINK,
        role=Role.LEARNER,
        context_id=context.id,
        membership_id=launch.membership_id,
        resource_link_id=launch.resource_link_id,
        activity_id=activity_id,
    )
