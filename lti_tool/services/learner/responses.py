"""The New phase: being given reflections, responding, and what came in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition, InvalidInput, NotFound
from lti_tool.models import Database
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.completion import Progress
from lti_tool.rules.guidance import MAX_RESPONSE_LENGTH
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import AllocationState, DeclineReason, Phase, WorkState
from lti_tool.services.engine import completion
from lti_tool.services.engine.allocating import claim, renew
from lti_tool.services.engine.settling import settle
from lti_tool.services.learner import responding
from lti_tool.services.learner.drafts import Saved, Written
from lti_tool.services.learner.response_pages import (
    NewPage,
    ReceivedPage,
    RespondPage,
    new_page,
    received_page,
    respond_page,
)
from lti_tool.services.learner.standing import act, own_participation, standing_of, takes_steps
from lti_tool.services.learning_records import noting
from lti_tool.services.link_titles import LinkTitles
from lti_tool.services.locking import lock_participation


@dataclass(frozen=True, slots=True)
class Responses:
    """Use cases of the New phase."""

    db: Database
    link_titles: LinkTitles | None = None

    def new(self, viewer: Viewer, activity_id: uuid.UUID) -> NewPage:
        """Return the hub of the New phase; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            return new_page(session, standing, own_participation(session, viewer, activity_id))

    def ask(self, viewer: Viewer, activity_id: uuid.UUID) -> uuid.UUID | None:
        """Give the learner a reflection to answer; return its allocation, or None if none is there.

        Who is at one already is given that again, however often they ask. Raises IllegalTransition
        before their own reflection is submitted.
        """
        with self.db.write() as session:
            participation = act(session, viewer, activity_id, Phase.NEW)
            return _give(session, participation, completion.measure(session, participation))

    def open(self, viewer: Viewer, activity_id: uuid.UUID, allocation_id: uuid.UUID) -> RespondPage:
        """Return a reflection that the learner was given, with their response; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            allocation = responding.find_allocation(session, participation, allocation_id)
            return respond_page(session, standing, allocation)

    def save_draft(
        self, viewer: Viewer, activity_id: uuid.UUID, allocation_id: uuid.UUID, written: Written
    ) -> Saved:
        """Keep the working text and renew the lease.

        Raises Stale if another text was saved meanwhile, IllegalTransition once it was sent, and
        InvalidInput for a text that is too big.
        """
        with self.db.write() as session:
            participation = own_participation(session, viewer, activity_id)
            if not takes_steps(participation.activity):
                act(session, viewer, activity_id)
            lock_participation(session, participation.id)
            allocation = responding.find_allocation(session, participation, allocation_id)
            response = responding.response_to(session, allocation)
            if response.state not in responding.EDITABLE or response.appealed_at is not None:
                raise IllegalTransition("response", response.state, "edit")
            return responding.store(session, response, allocation, written)

    def submit(
        self, viewer: Viewer, activity_id: uuid.UUID, allocation_id: uuid.UUID, written: Written
    ) -> None:
        """Save what was written and send it; what cannot be sent yet is kept all the same.

        Raises InvalidInput, part by part, and otherwise as ``save_draft``.
        """
        with self.db.write() as session:
            participation, allocation = _mine(session, viewer, activity_id, allocation_id)
            response = responding.response_to(session, allocation)
            if response.state not in responding.EDITABLE or response.appealed_at is not None:
                return responding.same_again(session, response, written)
            responding.store(session, response, allocation, written)
            session.flush()
            problems = responding.problems_of(session, response, participation.activity)
            if not problems:
                responding.hand_in(session, participation, allocation, response)
        if problems:
            raise InvalidInput(problems)
        if self.link_titles:
            self.link_titles.want(written.html(name) or "" for name in written.fields)
        return None

    def take_back(self, viewer: Viewer, activity_id: uuid.UUID, allocation_id: uuid.UUID) -> None:
        """Reopen a response within its grace window; raise IllegalTransition after it."""
        with self.db.write() as session:
            participation, allocation = _mine(session, viewer, activity_id, allocation_id)
            response = _response(allocation)
            if response.state is WorkState.DRAFT:
                return
            session.add(response.take_back(viewer.user_id))
            responding.forget_revision(session, response)
            allocation.state = AllocationState.CLAIMED
            renew(allocation)
            session.flush()
            responding.refresh_both(session, participation, response)

    def send_now(self, viewer: Viewer, activity_id: uuid.UUID, allocation_id: uuid.UUID) -> None:
        """End a response's grace window at once."""
        with self.db.write() as session:
            _own, allocation = _mine(session, viewer, activity_id, allocation_id)
            response = _response(allocation)
            if response.state in responding.EDITABLE:
                raise IllegalTransition("response", response.state, "send_now")
            if response.state is WorkState.SUBMITTED:
                response.visible_at = clock.now()
                settle(session, response)

    def decline(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        allocation_id: uuid.UUID,
        reason: DeclineReason,
    ) -> uuid.UUID | None:
        """Pass a reflection on and give another at once; return as ``ask``."""
        with self.db.write() as session:
            participation, allocation = _mine(session, viewer, activity_id, allocation_id)
            responding.decline(session, allocation, reason)
            progress = completion.refresh(session, participation)
            return _give(session, participation, progress)

    def take_up(self, viewer: Viewer, activity_id: uuid.UUID, allocation_id: uuid.UUID) -> None:
        """Undo ``decline``; raise IllegalTransition if the reflection cannot be read any more."""
        with self.db.write() as session:
            participation, allocation = _mine(session, viewer, activity_id, allocation_id)
            responding.take_up(session, allocation)
            completion.refresh(session, participation)

    def received(self, viewer: Viewer, activity_id: uuid.UUID) -> ReceivedPage:
        """Return the responses that came in; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            return received_page(session, standing, participation)

    def tell(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        response_id: uuid.UUID,
        helpfulness: int,
        reply: Written,
        takeaway: str = "",
    ) -> None:
        """Say how helpful a response was (1 to 4), and answer it once if there is a ``reply``.

        ``takeaway`` is what the learner takes from it, told to their tutors only.

        Raises NotFound for a response that is not to the learner's own reflection or not released,
        IllegalTransition for a second, different reply, InvalidInput for one that is too big.
        """
        with self.db.write() as session:
            participation = act(session, viewer, activity_id)
            response = _to_me(session, participation, response_id)
            text = reply.texts(["reply"], MAX_RESPONSE_LENGTH).get("reply", "")
            if text and response.reply and text != response.reply:
                raise IllegalTransition("response", "replied", "reply")
            if text and not response.reply:
                response.reply, response.replied_at = text, clock.now()
            is_news = response.helpfulness != helpfulness
            response.helpfulness, response.helpfulness_at = helpfulness, clock.now()
            response.takeaway = takeaway or response.takeaway
            session.flush()
            if is_news:
                noting.note_helpfulness(session, participation, response)
            completion.refresh(session, participation)

    def take_away(
        self, viewer: Viewer, activity_id: uuid.UUID, response_id: uuid.UUID, takeaway: str
    ) -> None:
        """Keep what the learner takes from a response, in place of what they said; as ``tell``."""
        with self.db.write() as session:
            participation = act(session, viewer, activity_id)
            _to_me(session, participation, response_id).takeaway = takeaway


def _mine(
    session: Session, viewer: Viewer, activity_id: uuid.UUID, allocation_id: uuid.UUID
) -> tuple[Participation, Allocation]:
    """Return participation and allocation for a change, locked."""
    participation = act(session, viewer, activity_id)
    lock_participation(session, participation.id)
    return participation, responding.find_allocation(session, participation, allocation_id)


def _response(allocation: Allocation) -> Response:
    if allocation.response is None:
        raise NotFound("response")
    return allocation.response


def _to_me(session: Session, participation: Participation, response_id: uuid.UUID) -> Response:
    response = session.scalar(
        select(Response)
        .join(Reflection, Response.reflection_id == Reflection.id)
        .where(
            Response.id == response_id,
            Response.state == WorkState.RELEASED,
            Reflection.participation_id == participation.id,
        )
    )
    if response is None:
        raise NotFound("response")
    return response


def _give(session: Session, participation: Participation, progress: Progress) -> uuid.UUID | None:
    """Claim the next reflection for a learner whose own one is submitted."""
    reflection = completion.reflection_of(session, participation.id)
    if reflection is None or reflection.state is WorkState.DRAFT:
        state = reflection.state if reflection else WorkState.DRAFT
        raise IllegalTransition("reflection", state, "ask")
    given = claim(session, participation, responding.owes(progress))
    if given is None:
        return None
    session.flush()
    return given.id
