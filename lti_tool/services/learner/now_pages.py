"""The page on which a learner writes: questions, working text, what belongs beside them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity, Prompt
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.rules.chat_links import sharer_name
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.activities.prompt_changes import PromptChanges
from lti_tool.services.activities.ratings import RatingView, rating_views, scale_of
from lti_tool.services.activities.target_levels import with_suggestions
from lti_tool.services.activities.values import links_of
from lti_tool.services.files import shown
from lti_tool.services.frameworks.attribution import Attribution, attribution_of
from lti_tool.services.frameworks.frameworks import LevelView
from lti_tool.services.learner import answers, moving_over
from lti_tool.services.learner.answers import AnswerView, answer_views, working_texts
from lti_tool.services.learner.standing import Standing

EDITABLE = (WorkState.DRAFT, WorkState.RETURNED)


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link that was shared in a live session, by whom under a pseudonym."""

    url: str
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class LiveSession:
    """The live session that learners write about, as far as an educator told of it."""

    at: datetime | None
    links: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True)
class NowPage:
    """The page on which a learner begins: need, self-rating, and the prompts to write to."""

    standing: Standing
    competencies: tuple[RatingView, ...]
    levels: tuple[LevelView, ...]
    answers: tuple[AnswerView, ...]
    version: int
    saved_at: datetime | None
    begun: bool
    """Whether need and self-rating are said, so that the writing comes first."""
    session: LiveSession | None = None
    changes: PromptChanges | None = None
    """How newer questions differ, if the draft may go over to them."""
    earlier: tuple[AnswerView, ...] = ()
    """What was written to questions that are not asked any more."""
    takes_files: bool = False
    done_keys: tuple[str, ...] = ()
    """Keys of drafts that a device may still keep of those questions."""
    attribution: Attribution | None = None
    """Whose words competencies and levels are."""

    @property
    def draft_key(self) -> str:
        """What tells this text from every other on a device."""
        return draft_key(self.standing, self.answers)

    @property
    def editable(self) -> bool:
        """Whether the reflection is in its author's hands."""
        return self.standing.reflection in (None, *EDITABLE)


def draft_key(standing: Standing, views: Sequence[AnswerView]) -> str:
    """Return the key of a working text on a device: that of a person and of a set of questions."""
    return _key(standing, views[0].prompt.id if views else uuid.UUID(int=0))


def live_session(activity: Activity) -> LiveSession | None:
    """Return what learners are told of the live session; None if there is nothing."""
    links = tuple(
        LinkView(link.url, link.words, sharer_name(link.by, activity.locale))
        for link in links_of(activity)
    )
    return LiveSession(activity.event_at, links) if links or activity.event_at else None


def now_page(
    session: Session,
    standing: Standing,
    participation: Participation,
    reflection: Reflection | None,
) -> NowPage:
    """Build the page of a learner's working text."""
    activity = participation.activity
    if reflection is None:
        version = answers.version_to_answer(session, activity.id, {})
    else:
        version = answers.read_version(session, reflection.version_id)
    ratings = with_suggestions(session, activity.id, rating_views(session, participation))
    rated = all(rating.before is not None for rating in ratings)
    views = answer_views(version, working_texts(reflection), activity.locale)
    if reflection is not None:
        views = answers.with_files(views, *shown.at_hand(session, reflection.id))
    left = working_texts(reflection).keys() - {str(view.prompt.id) for view in views}
    return NowPage(
        standing=standing,
        competencies=ratings,
        levels=scale_of(activity),
        attribution=attribution_of(activity.framework),
        answers=views,
        version=reflection.draft_version if reflection else 0,
        saved_at=reflection.saved_at if reflection else None,
        begun=bool(participation.need) and rated,
        session=live_session(activity),
        changes=moving_over.offer(session, reflection, activity.locale),
        earlier=moving_over.earlier_answers(session, reflection, activity.locale) if left else (),
        takes_files=activity.takes_files,
        done_keys=_done_keys(session, standing, left) if left else (),
    )


def _done_keys(session: Session, standing: Standing, left: set[str]) -> tuple[str, ...]:
    versions = select(Prompt.version_id).where(Prompt.id.in_([uuid.UUID(key) for key in left]))
    first = select(Prompt.id).where(Prompt.version_id.in_(versions), Prompt.position == 0)
    return tuple(_key(standing, prompt_id) for prompt_id in session.scalars(first))


def _key(standing: Standing, first_prompt_id: uuid.UUID) -> str:
    return f"reflection-{standing.participation_id}-{first_prompt_id.hex[:8]}"
