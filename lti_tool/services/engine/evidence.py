"""What there is to show a competency: the pieces that stand beside it where a level is confirmed.

Each kind of piece has a gatherer; another kind needs one more in ``GATHERERS``. Only what staff may
read is gathered, so that a piece can be shown to any of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.i18n import current, direction, pick
from lti_tool.models.activities import Activity, ActivityVersion
from lti_tool.models.levels import EvidenceLink
from lti_tool.models.participations import FollowUp, Participation, SelfRating
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.evidence import Piece, PieceKind, beginning
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.prompt_templates import wording
from lti_tool.rules.rich_text import to_text
from lti_tool.rules.vocabulary import Audience, Moment, WorkState
from lti_tool.services.engine.anonymity import staff_author_of_response, staff_name
from lti_tool.services.files import shown

UNSEEN = (WorkState.DRAFT, WorkState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Found:
    """A piece, and what of it staff read beside the box and the history does not keep."""

    piece: Piece
    competency_ids: frozenset[uuid.UUID] = frozenset()
    """What it speaks to; none means all competencies of the activity."""
    who: str = ""
    """Who else it is by or for."""
    peek: str = ""
    """The beginning of what others wrote."""

    def speaks_to(self, competency_id: uuid.UUID) -> bool:
        """Return whether it can show a competency."""
        return not self.competency_ids or competency_id in self.competency_ids


Gatherer = Callable[[Session, Participation], Iterable[Found]]


def found_for(session: Session, participation: Participation) -> tuple[Found, ...]:
    """Return all pieces of a learner in an activity, in the order in which they came about."""
    return tuple(found for gather in GATHERERS for found in gather(session, participation))


def _ratings(_session: Session, participation: Participation) -> Iterator[Found]:
    """Yield a learner's claims: what they said before, and after if they have."""
    rated: dict[uuid.UUID, dict[Moment, SelfRating]] = {}
    for rating in participation.ratings:
        rated.setdefault(rating.competency_id, {})[rating.moment] = rating
    labels = _labels(participation.activity)
    for competency_id, moments in rated.items():
        rows = [moments[moment] for moment in Moment if moment in moments]
        told = path_of(pick(labels.get(row.level, {})) or str(row.level) for row in rows)
        when = "/".join(str(row.level) for row in rows)
        key = f"rating:{competency_id}:{when}"
        yield Found(Piece(PieceKind.RATING, key, text=told), frozenset({competency_id}))


def path_of(names: Iterable[str]) -> str:
    """Return where somebody went from and to, with an arrow as the language in force is read."""
    return (" ← " if direction(current()) == "rtl" else " → ").join(names)


def _answers(session: Session, participation: Participation) -> Iterator[Found]:
    """Yield answers and files of the reflection as it was handed in last, but for private ones."""
    reflection = session.scalar(
        select(Reflection)
        .where(Reflection.participation_id == participation.id, Reflection.state.not_in(UNSEEN))
        .options(joinedload(Reflection.version).selectinload(ActivityVersion.prompts))
    )
    if reflection is None or not reflection.revisions:
        return
    latest, activity = reflection.revisions[-1], participation.activity
    files = shown.handed_in(session, [latest], neutral=activity.anonymity.hides_from_staff)[0]
    known = {one.id for one in activity.competencies}
    for prompt in reflection.version.prompts:
        if prompt.audience is Audience.ME:
            continue
        about = frozenset(one.id for one in prompt.competencies) & known
        html = latest.answers.get(str(prompt.id), "")
        if html:
            words = wording(
                prompt.template_key, prompt.text, prompt.help, activity.locale, prompt.translations
            )
            key = f"answer:{prompt.id}:{latest.number}"
            yield Found(Piece(PieceKind.ANSWER, key, words.text, _plain(html)), about)
        for file in files.get(str(prompt.id), ()):
            yield Found(Piece(PieceKind.FILE, f"file:{file.id}", file.name, file.alt), about)


def _responses(session: Session, participation: Participation) -> Iterator[Found]:
    """Yield what came in for the reflection, and what the learner wrote to peers."""
    activity = participation.activity
    received = select(Reflection.id).where(Reflection.participation_id == participation.id)
    own = Response.author_id == participation.user_id
    reviewer = joinedload(Response.allocation).joinedload(Allocation.reviewer)
    query = (
        select(Response)
        .where(
            Response.activity_id == activity.id,
            Response.state == WorkState.RELEASED,
            or_(own, Response.reflection_id.in_(received)),
        )
        .order_by(Response.submitted_at, Response.id)
        .options(
            joinedload(Response.author),
            reviewer.joinedload(Participation.user),
            joinedload(Response.reflection)
            .joinedload(Reflection.participation)
            .joinedload(Participation.user),
        )
    )
    for response in session.scalars(query):
        parts = [to_text(getattr(response, name)) for name in RESPONSE_PARTS]
        words = beginning(" – ".join(filter(None, parts)))
        if response.author_id == participation.user_id:
            piece = Piece(PieceKind.GIVEN, f"given:{response.id}", text=words)
            yield Found(piece, who=staff_name(activity, response.reflection.participation))
        else:
            piece = Piece(PieceKind.RECEIVED, f"received:{response.id}")
            yield Found(piece, who=staff_author_of_response(activity, response), peek=words)


def _next_steps(session: Session, participation: Participation) -> Iterator[Found]:
    """Yield the next step, and what the learner lets tutors read of what came of it."""
    step = participation.next_step
    if step is not None:
        key = f"next_step:{step.committed_at.isoformat()}"
        yield Found(Piece(PieceKind.NEXT_STEP, key, text=step.action))
    query = (
        select(FollowUp)
        .where(FollowUp.participation_id == participation.id, FollowUp.shared)
        .order_by(FollowUp.answered_at, FollowUp.id)
    )
    for row in session.scalars(query):
        key = f"follow_up:{row.id}:{row.answered_at.isoformat()}"
        text = beginning(row.result or row.action)
        yield Found(Piece(PieceKind.FOLLOW_UP, key, row.outcome.value, text))


def _links(session: Session, participation: Participation) -> Iterator[Found]:
    """Yield the links that the learner added, each to one competency."""
    query = (
        select(EvidenceLink)
        .where(EvidenceLink.participation_id == participation.id)
        .order_by(EvidenceLink.added_at, EvidenceLink.id)
    )
    for row in session.scalars(query):
        piece = Piece(PieceKind.LINK, f"link:{row.id}", row.title, row.sentence, row.url)
        yield Found(piece, frozenset({row.competency_id}))


GATHERERS: tuple[Gatherer, ...] = (_ratings, _answers, _responses, _next_steps, _links)
"""Where pieces come from, in the order in which they are shown."""


def _labels(activity: Activity) -> Mapping[int, Mapping[str, str]]:
    framework = activity.framework
    return {level.position: level.label for level in framework.levels} if framework else {}


def _plain(html: str) -> str:
    return beginning(to_text(html))
