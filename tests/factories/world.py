"""A small world to test in: one course of one platform, its people and an activity."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.activities import Activity, ActivityVersion, Prompt, ResourceLink
from lti_tool.models.frameworks import Competency
from lti_tool.models.grades import LineItem
from lti_tool.models.launches import LaunchSession
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import (
    Audience,
    BoundBy,
    DeploymentState,
    PlatformFamily,
    Role,
    SessionKind,
)
from lti_tool.secrecy import digest, new_token

MESSAGES: dict[SessionKind, dict[str, Any]] = {
    SessionKind.DEEP_LINKING: {
        "deep_linking": {
            "deep_link_return_url": "https://lms.example/return",
            "accept_types": ["ltiResourceLink"],
        }
    }
}
"""What a session keeps of its message, unless a test says otherwise."""


@dataclass
class Person:
    """A person of the world, with what tests need to act as them."""

    user_id: uuid.UUID
    membership_id: uuid.UUID
    name: str
    role: Role


@dataclass
class World:
    """Identifiers of everything that was made; ``viewer`` and ``session`` act as somebody."""

    database: Database
    registration_id: uuid.UUID
    deployment_id: uuid.UUID
    context_id: uuid.UUID
    resource_link_id: uuid.UUID
    activity_id: uuid.UUID
    prompt_ids: list[uuid.UUID]
    competency_ids: list[uuid.UUID]
    educator: Person
    tutor: Person
    learners: list[Person] = field(default_factory=list)

    def viewer(self, person: Person, kind: SessionKind = SessionKind.RESOURCE_LINK) -> Viewer:
        """Return what a launch by ``person`` would give."""
        return Viewer(
            session_id=uuid.uuid4(),
            kind=kind,
            registration_id=self.registration_id,
            deployment_id=self.deployment_id,
            user_id=person.user_id,
            display_name=person.name,
            role=person.role,
            locale="en",
            context_id=self.context_id,
            membership_id=person.membership_id,
            resource_link_id=self.resource_link_id,
            activity_id=self.activity_id,
        )

    def handle(
        self,
        person: Person,
        kind: SessionKind = SessionKind.RESOURCE_LINK,
        locale: str = "en",
        message: dict[str, Any] | None = None,
    ) -> str:
        """Open a bound launch session for ``person``; return its handle for ``/s/<handle>/``."""
        handle = new_token()
        with self.database.write() as session:
            session.add(
                LaunchSession(
                    handle_hash=digest(handle),
                    kind=kind,
                    registration_id=self.registration_id,
                    deployment_id=self.deployment_id,
                    user_id=person.user_id,
                    context_id=self.context_id,
                    membership_id=person.membership_id,
                    resource_link_id=None
                    if kind is SessionKind.DEEP_LINKING
                    else self.resource_link_id,
                    role=person.role,
                    locale=locale,
                    message=message or dict(MESSAGES.get(kind, {})),
                    bound_at=clock.now(),
                    bound_by=BoundBy.COOKIE,
                    expires_at=clock.now() + timedelta(hours=8),
                )
            )
        return handle

    def add_learner(self, name: str, role: Role = Role.LEARNER) -> Person:
        """Add one more person to the course."""
        person = _add_person(self.database, self.registration_id, self.context_id, name, role)
        if role.takes_part:
            self.learners.append(person)
        return person


def _add_person(
    database: Database, registration_id: uuid.UUID, context_id: uuid.UUID, name: str, role: Role
) -> Person:
    with database.write() as session:
        user = User(registration_id=registration_id, sub=f"sub-{uuid.uuid4().hex}", name=name)
        session.add(user)
        session.flush()
        membership = Membership(
            context_id=context_id, user_id=user.id, role=role, launched_role=role
        )
        session.add(membership)
        session.flush()
        return Person(user.id, membership.id, name, role)


def make_world(database: Database, learners: int = 3, **activity_fields: Any) -> World:
    """Make a Moodle-like course with an educator, a tutor, learners and a published activity.

    ``activity_fields`` override columns of the activity; the default has two prompts, two
    competencies of the built-in framework, two responses required and no grace window.
    """
    with database.write() as session:
        registration = Registration(
            name="Library school",
            issuer=f"https://lms-{uuid.uuid4().hex[:8]}.example",
            client_id=uuid.uuid4().hex,
            authorization_endpoint="https://lms.example/auth",
            token_endpoint="https://lms.example/token",
            jwks_uri="https://lms.example/jwks",
            family=PlatformFamily.MOODLE,
        )
        session.add(registration)
        session.flush()
        deployment = Deployment(
            registration_id=registration.id, deployment_id="1", state=DeploymentState.APPROVED
        )
        session.add(deployment)
        session.flush()
        platform = registration.id, deployment.id
    return _add_course(database, platform, learners, activity_fields)


def add_course(world: World, learners: int = 3, **activity_fields: Any) -> World:
    """Make one more such course on the platform of ``world``, with people of its own."""
    platform = world.registration_id, world.deployment_id
    return _add_course(world.database, platform, learners, activity_fields)


def _add_course(
    database: Database,
    platform: tuple[uuid.UUID, uuid.UUID],
    learners: int,
    activity_fields: dict[str, Any],
) -> World:
    lti_id = f"course-{uuid.uuid4().hex[:8]}"
    with database.write() as session:
        context = Context(deployment_id=platform[1], lti_id=lti_id, title="Library practice")
        session.add(context)
        session.flush()
        ids = *platform, context.id
    educator = _add_person(database, ids[0], ids[2], "Élodie Educator", Role.EDUCATOR)
    tutor = _add_person(database, ids[0], ids[2], "Tariq Tutor", Role.TUTOR)
    activity = _add_activity(database, ids, educator, activity_fields)
    world = World(database, *ids, *activity, educator=educator, tutor=tutor)
    for number in range(1, learners + 1):
        world.add_learner(f"Learner {number}")
    return world


def _add_activity(
    database: Database,
    ids: tuple[uuid.UUID, uuid.UUID, uuid.UUID],
    educator: Person,
    fields: dict[str, Any],
) -> tuple[uuid.UUID, uuid.UUID, list[uuid.UUID], list[uuid.UUID]]:
    """Return ids of the resource link, the activity, its prompts and its competencies."""
    registration_id, deployment_id, context_id = ids
    with database.write() as session:
        single = select(Competency).where(Competency.code.in_(("A1", "A2")))
        competencies = list(session.scalars(single.order_by(Competency.code)))
        activity = Activity(
            registration_id=registration_id,
            deployment_id=deployment_id,
            context_id=context_id,
            title="What I take from this month",
            created_by_id=educator.user_id,
            framework_id=competencies[0].framework_id if competencies else None,
            **{"grace_minutes": 0, **fields},
        )
        activity.competencies = competencies
        session.add(activity)
        session.flush()
        version = ActivityVersion(activity_id=activity.id, number=1)
        session.add(version)
        session.flush()
        prompts = [
            Prompt(version_id=version.id, position=0, text="What do you do now?", min_words=3),
            Prompt(
                version_id=version.id,
                position=1,
                text="What is hard for you?",
                required=False,
                audience=Audience.TUTOR,
            ),
        ]
        session.add_all(prompts)
        link = ResourceLink(context_id=context_id, lti_id="link-1", activity_id=activity.id)
        session.add(link)
        session.flush()
        session.add(
            LineItem(
                registration_id=registration_id,
                deployment_id=deployment_id,
                resource_link_id=link.id,
                url=f"https://lms.example/lineitems/{link.id.hex}/lineitem?type_id=1",
                scopes=["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
            )
        )
        return link.id, activity.id, [p.id for p in prompts], [c.id for c in competencies]
