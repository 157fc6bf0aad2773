"""What a tutor's page on one learner shows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from lti_tool.rules.clocks import DueDates
from lti_tool.rules.completion import Progress
from lti_tool.rules.depths import Depth
from lti_tool.rules.evidence import Piece
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.desk.interventions import InterventionLine
from lti_tool.services.desk.work import WorkPart, WorkView
from lti_tool.services.engine.anonymity import Asking
from lti_tool.services.engine.depths import DepthView
from lti_tool.services.engine.history import HistoryLine
from lti_tool.services.engine.level_history import LevelChange
from lti_tool.services.frameworks.frameworks import CompetencyView, LevelView
from lti_tool.services.learner.follow_up_views import FollowUpView
from lti_tool.services.outbox.competency_states import LevelState
from lti_tool.services.outbox.scores import ScoreState


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """A response that the learner gave or received."""

    id: uuid.UUID
    state: WorkState
    author: str
    addressee: str
    by_tutor: bool
    submitted_at: datetime | None
    parts: tuple[WorkPart, ...]
    helpfulness: int | None
    reply: str
    takeaway: str
    """What its addressee takes from it."""
    history: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A piece of evidence beside a competency, as its tutor reads it."""

    piece: Piece
    is_ticked: bool
    who: str = ""
    """Who else it is by or for."""
    peek: str = ""
    """The beginning of what others wrote."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One competency: what the learner claims, before and after, and what a tutor confirmed."""

    competency: CompetencyView
    before: int | None
    target: int | None
    after: int | None
    confirmed: int | None
    note: str
    confirmed_by: str
    confirmed_at: datetime | None
    seen: str
    evidence: tuple[EvidenceLine, ...] = ()
    """What there is to show it; ticked is what the confirmed level rests on."""
    history: tuple[LevelChange, ...] = ()
    """Every level that was confirmed or withdrawn, oldest first."""


@dataclass(frozen=True, slots=True)
class DepthPanel:
    """Marking how deep a reflection goes: the steps to choose from, what is marked already."""

    steps: tuple[Depth, ...]
    revision: int
    """Number of the revision that is there to read."""
    marked: DepthView | None
    earlier: tuple[DepthView, ...]
    """What was marked on earlier revisions, the newest first."""


@dataclass(frozen=True, slots=True)
class NextStepView:
    """What the learner commits to."""

    action: str
    by_date: date
    opportunity: str


@dataclass(frozen=True, slots=True)
class OwnResponse:
    """The tutor's own response to this learner; ``open`` while it can be rewritten."""

    parts: dict[str, str]
    state: WorkState
    open: bool


@dataclass(frozen=True, slots=True)
class Care:
    """The learner's dates beside the activity's, and what tutors did for them, newest first."""

    dates: DueDates
    usual: DueDates
    done: tuple[InterventionLine, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything staff may know of one learner in one activity."""

    participation_id: uuid.UUID
    name: str
    alias: str
    """What peers call them; empty where names are open."""
    masked: bool
    """Whether staff do not know who it is, until they ask with a reason."""
    askings: tuple[Asking, ...]
    """When staff asked for the name, and why."""
    follow_ups: tuple[FollowUpView, ...]
    """What became of next steps, as far as the learner lets tutors read it."""
    need: str
    started_at: datetime
    completed_at: datetime | None
    progress: Progress
    state: WorkState | None
    """Of the reflection; None if there is none."""
    reflection: WorkView | None
    """None until it is handed in and its grace window is over."""
    received: tuple[ResponseLine, ...]
    given: tuple[ResponseLine, ...]
    standings: tuple[Standing, ...]
    levels: tuple[LevelView, ...]
    next_step: NextStepView | None
    own_response: OwnResponse | None
    score: ScoreState | None
    care: Care
    level_states: tuple[LevelState, ...] = ()
    """How levels fare on their way to columns of their own."""
    notes_go_along: bool = False
    """Whether what a tutor writes about a level goes to the gradebook with it."""
    depth: DepthPanel | None = None
    """None where depth is not marked, or there is nothing to read yet."""
