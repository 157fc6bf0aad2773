"""A learner's way through an activity: the overview, self-ratings, the next step."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.participations import NextStep, Participation
from lti_tool.rules.allocation import Rating
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Moment, Phase, WorkState
from lti_tool.services.activities.ratings import RatingView, rate, rating_views, scale_of
from lti_tool.services.engine import completion, confirmations
from lti_tool.services.engine.anonymity import Asking, askings
from lti_tool.services.frameworks.attribution import Attribution, attribution_of
from lti_tool.services.frameworks.frameworks import LevelView
from lti_tool.services.learner import answers
from lti_tool.services.learner.answers import AnswerView, answer_views
from lti_tool.services.learner.follow_up_views import FollowUpView, follow_up_views
from lti_tool.services.learner.follow_ups import Question, question
from lti_tool.services.learner.my_news import News, news, visit
from lti_tool.services.learner.reminders import Reminder, unread
from lti_tool.services.learner.response_views import ResponseView, received_responses
from lti_tool.services.learner.standing import (
    Standing,
    act,
    own_participation,
    place_of,
    standing_of,
)
from lti_tool.services.learning_records import noting
from lti_tool.services.outbox import competency_states, scores
from lti_tool.services.outbox.competency_states import LevelState
from lti_tool.services.outbox.scores import ScoreState


@dataclass(frozen=True, slots=True)
class NextStepView:
    """What a learner committed to."""

    action: str
    by_date: date
    opportunity: str
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class NextPage:
    """What came in beside one's own text; the next step; the second self-rating."""

    standing: Standing
    answers: tuple[AnswerView, ...]
    received: tuple[ResponseView, ...]
    next_step: NextStepView | None
    competencies: tuple[RatingView, ...]
    levels: tuple[LevelView, ...]
    follow_ups: tuple[FollowUpView, ...] = ()
    attribution: Attribution | None = None
    """Whose words competencies and levels are."""

    @property
    def rated_after(self) -> bool:
        """Whether the second self-rating is made."""
        return all(rating.after is not None for rating in self.competencies)


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page of an activity: where the learner is, what came in, what is asked of them."""

    standing: Standing
    claim_id: uuid.UUID | None
    """The allocation they are at."""
    returned_id: uuid.UUID | None
    """The allocation of a response that the tutor returned."""
    reminders: tuple[Reminder, ...] = ()
    """What tutors wrote to them and they have not put away."""
    news: News | None = None
    """What came in since their last visit."""
    score: ScoreState | None = None
    """What their course was told; None if it was told nothing yet."""
    level_states: tuple[LevelState, ...] = ()
    """What the columns of their competencies were told."""
    question: Question | None = None
    """What is asked of their next step now."""
    askings: tuple[Asking, ...] = ()
    """When staff asked for their name, and why."""
    asked_more: tuple[tuple[datetime, str], ...] = ()
    """When tutors asked for more, and what they would like to see, until they confirm levels."""


@dataclass(frozen=True, slots=True)
class Participations:
    """Use cases of a learner's way through an activity."""

    db: Database

    def standing(self, viewer: Viewer, activity_id: uuid.UUID) -> Standing:
        """Return where the learner stands; enrols them on their first visit. Raises NotFound."""
        return standing_of(self.db, viewer, activity_id)

    def overview(self, viewer: Viewer, activity_id: uuid.UUID) -> Overview:
        """Return what the first page of an activity shows; raise NotFound."""
        place = place_of(self.db, viewer, activity_id)
        standing = place.standing
        begun = Overview(standing, place.claim_id, place.returned_id)
        if place.is_nudged:
            with self.db.read() as session:
                begun = replace(begun, reminders=unread(session, activity_id, viewer.user_id))
        if not standing.new_is_open:
            return begun
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            if participation.visit_id == viewer.session_id:
                return _told(session, viewer, begun, participation)
        with self.db.write() as session:
            participation = own_participation(session, viewer, activity_id)
            visit(viewer, participation)
            return _told(session, viewer, begun, participation)

    def rate_before(
        self, viewer: Viewer, activity_id: uuid.UUID, need: str, chosen: Mapping[uuid.UUID, Rating]
    ) -> None:
        """Keep the learner's need and first self-rating; raise InvalidInput."""
        with self.db.write() as session:
            participation = act(session, viewer, activity_id)
            participation.need = need
            missing = {} if need else {"need": [_("Please fill this in.")]}
            rate(session, participation, Moment.BEFORE, chosen, missing)
            session.flush()
            completion.refresh(session, participation)

    def next(self, viewer: Viewer, activity_id: uuid.UUID) -> NextPage:
        """Return the page of the Next phase; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            return _next_page(session, standing, participation)

    def commit(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        action: str,
        by_date: date,
        opportunity: str,
    ) -> None:
        """Keep the learner's next step; an earlier one is replaced.

        Raises IllegalTransition before their reflection is submitted.
        """
        with self.db.write() as session:
            participation = _reflected(session, viewer, activity_id)
            step = session.get(NextStep, participation.id)
            if step is None:
                step = NextStep(participation_id=participation.id)
                session.add(step)
            step.action, step.by_date, step.opportunity = action, by_date, opportunity
            step.committed_at = clock.now()
            session.flush()
            noting.note_next_step(session, participation, step)
            completion.refresh(session, participation)

    def rate_after(
        self, viewer: Viewer, activity_id: uuid.UUID, chosen: Mapping[uuid.UUID, Rating]
    ) -> None:
        """Keep the second self-rating; raise InvalidInput, and IllegalTransition as ``commit``."""
        with self.db.write() as session:
            participation = _reflected(session, viewer, activity_id)
            rate(session, participation, Moment.AFTER, chosen)
            session.flush()
            completion.refresh(session, participation)


def _told(
    session: Session, viewer: Viewer, begun: Overview, participation: Participation
) -> Overview:
    """Add what is told to a learner whose reflection is submitted."""
    standing, key = begun.standing, participation.id
    return replace(
        begun,
        news=news(session, standing, viewer.user_id, participation.news_since),
        score=scores.states_for(session, participation.activity_id, [key]).get(key),
        level_states=competency_states.of_one(session, key),
        question=question(session, key),
        askings=askings(session, key, with_names=False) if standing.unmasked_at else (),
        asked_more=confirmations.asked_of(session, key) if standing.activity.tutor_confirms else (),
    )


def _reflected(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> Participation:
    """Return the participation of a learner whose reflection is submitted, for a change."""
    participation = act(session, viewer, activity_id, Phase.NEXT)
    reflection = completion.reflection_of(session, participation.id)
    if reflection is None or reflection.state is WorkState.DRAFT:
        raise IllegalTransition("reflection", WorkState.DRAFT, "go_on")
    return participation


def _next_page(session: Session, standing: Standing, participation: Participation) -> NextPage:
    reflection = completion.reflection_of(session, participation.id)
    own: tuple[AnswerView, ...] = ()
    if reflection is not None and reflection.submitted_at is not None:
        version = answers.read_version(session, reflection.version_id)
        texts = answers.submitted_texts(session, reflection.id)
        own = answer_views(version, texts, participation.activity.locale)
    step = session.get(NextStep, participation.id)
    return NextPage(
        standing=standing,
        answers=tuple(view for view in own if view.html),
        received=received_responses(session, participation),
        next_step=NextStepView(step.action, step.by_date, step.opportunity, step.committed_at)
        if step
        else None,
        competencies=rating_views(session, participation),
        levels=scale_of(participation.activity),
        attribution=attribution_of(participation.activity.framework),
        follow_ups=follow_up_views(session, participation.id) if step else (),
    )
