"""Reflections and responses in any state, as if authors and rules had brought them there."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.activities import Activity, ActivityVersion, Prompt
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection, ReflectionAnswer, ReflectionRevision
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.vocabulary import AllocationState, Audience, ModerationMode, WorkState
from lti_tool.services.engine.anonymity import draw_alias
from tests.factories.world import Person, World

MODES = {WorkState.HELD: ModerationMode.BEFORE, WorkState.RELEASED: ModerationMode.AFTER}


def participation_of(session: Session, world: World, learner: Person) -> Participation:
    """Return the learner's participation, made if they have not begun."""
    found = session.scalar(
        select(Participation).where(
            Participation.activity_id == world.activity_id,
            Participation.user_id == learner.user_id,
        )
    )
    if found is None:
        found = Participation(
            activity_id=world.activity_id,
            user_id=learner.user_id,
            resource_link_id=world.resource_link_id,
            alias=draw_alias(session, session.get_one(Activity, world.activity_id)),
        )
        session.add(found)
        session.flush()
    return found


def add_participation(world: World, learner: Person) -> uuid.UUID:
    """Let a learner begin; return the participation's id."""
    with world.database.write() as session:
        return participation_of(session, world, learner).id


def add_reflection(
    world: World,
    learner: Person,
    text: str = "<p>I catalogue by hand.</p>",
    state: WorkState = WorkState.HELD,
    age: timedelta = timedelta(hours=1),
    private: str = "",
    to_tutor: str = "",
) -> uuid.UUID:
    """Write and hand in a reflection; return its id.

    ``state`` is DRAFT, SUBMITTED (its grace window open), HELD or RELEASED; ``private`` and
    ``to_tutor`` answer prompts of those audiences, the former made if there is none.
    """
    with world.database.write() as session:
        participation = participation_of(session, world, learner)
        version = session.scalars(
            select(ActivityVersion)
            .where(ActivityVersion.activity_id == world.activity_id)
            .order_by(ActivityVersion.number.desc())
        ).first()
        assert version is not None
        if private and not any(prompt.audience is Audience.ME for prompt in version.prompts):
            position = len(version.prompts)
            session.add(
                Prompt(
                    version_id=version.id, position=position, text="For me", audience=Audience.ME
                )
            )
            session.flush()
            session.expire(version, ["prompts"])
        texts = {Audience.COHORT: text, Audience.ME: private, Audience.TUTOR: to_tutor}
        answers = {str(prompt.id): texts[prompt.audience] for prompt in version.prompts}
        reflection = Reflection(
            activity_id=world.activity_id,
            participation_id=participation.id,
            version_id=version.id,
            state=WorkState.DRAFT,
            saved_at=clock.now(),
        )
        session.add(reflection)
        session.flush()
        for prompt_id, html in answers.items():
            answer = ReflectionAnswer(
                reflection_id=reflection.id, prompt_id=uuid.UUID(prompt_id), html=html
            )
            session.add(answer)
        session.add(ReflectionRevision(reflection_id=reflection.id, number=1, answers=answers))
        _bring(session, reflection, learner, state, age)
        return reflection.id


def add_response(
    world: World,
    reflection_id: uuid.UUID,
    author: Person,
    text: str = "<p>Your way of asking first resonates.</p>",
    state: WorkState = WorkState.HELD,
    age: timedelta = timedelta(hours=1),
) -> uuid.UUID:
    """Give a peer's response to a reflection; return its id."""
    with world.database.write() as session:
        reviewer = participation_of(session, world, author)
        allocation = Allocation(
            activity_id=world.activity_id,
            reflection_id=reflection_id,
            reviewer_id=reviewer.id,
            state=AllocationState.ANSWERED,
            leased_until=clock.now(),
        )
        session.add(allocation)
        session.flush()
        response = Response(
            activity_id=world.activity_id,
            reflection_id=reflection_id,
            allocation_id=allocation.id,
            author_id=author.user_id,
            state=WorkState.DRAFT,
            resonates=text,
            saved_at=clock.now() - age,
        )
        session.add(response)
        session.flush()
        _bring(session, response, author, state, age)
        return response.id


def _bring(
    session: Session,
    work: Reflection | Response,
    author: Person,
    state: WorkState,
    age: timedelta,
) -> None:
    """Take ``work`` from its draft to ``state``, ``age`` ago."""
    if state is WorkState.DRAFT:
        return
    grace = timedelta(hours=1) if state is WorkState.SUBMITTED else timedelta(0)
    session.add(work.submit(author.user_id, grace))
    session.flush()
    if state in MODES:
        session.add(work.settle(MODES[state]))
        _age(work, clock.now() - age)
    session.flush()


def _age(work: Reflection | Response, moment: datetime) -> None:
    work.submitted_at = work.visible_at = moment
    work.released_at = moment if work.state is WorkState.RELEASED else None
    work.waits_since = moment if work.state is WorkState.HELD else None
