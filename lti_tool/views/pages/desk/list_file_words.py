"""The lists of the desk as tables for files: their headings, and a line of each in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool import i18n
from lti_tool.exports.sheets import Value
from lti_tool.i18n import gettext as _
from lti_tool.rules.flagging import Urgency
from lti_tool.rules.signals import SignalKind
from lti_tool.rules.vocabulary import OutboxState, WorkState
from lti_tool.services.desk.queue import QueueList, WorkEntry, WorkKind
from lti_tool.services.insight.lines import NeedLine, PersonLine, SupportLine
from lti_tool.services.outbox.scores import ScoreState
from lti_tool.views.pages.desk import signal_words, words


@dataclass(frozen=True, slots=True)
class FileTable:
    """What all of them share; ``days_only`` where the activity hides names from staff."""

    days_only: bool

    def moment(self, at: datetime | None) -> Value:
        """Return a moment, or its day where that is all that may be told."""
        if at is None or not self.days_only:
            return at
        return at.astimezone(i18n.zone()).date()


@dataclass(frozen=True, slots=True)
class PersonTable(FileTable):
    """Learners, as the list of learners tells of them."""

    widths = (28, 18, 14, 44)

    @property
    def title(self) -> str:
        """What the table is called."""
        return _("Learners")

    @property
    def headings(self) -> list[str]:
        """The names of its columns."""
        return [
            _("Learner"),
            _("Cohort"),
            _("Where they stand"),
            _("What comes next"),
            _("Done"),
            _("Of"),
            _("Levels confirmed"),
            _("Of"),
            _("Score"),
            _("Complete since"),
            _("Last seen in the course"),
            _("No longer in the course since"),
            _("Gradebook"),
        ]

    def row(self, line: PersonLine) -> list[Value]:
        """Return a learner as cells."""
        row, progress = line.row, line.row.progress
        start: list[Value] = [named(line.name), line.cohort]
        seen: list[Value] = [
            self.moment(row.completed_at),
            self.moment(row.last_seen_at),
            self.moment(row.left_at),
            score_words(row.score) if progress else "",
        ]
        if progress is None:
            return [*start, _("Not started"), "", None, None, None, None, None, *seen]
        stage = words.stage(progress)
        done = sum(item.state.value == "done" for item in progress.items)
        return [
            *start,
            phase(stage.phase),
            stage.text if stage.phase else "",
            done,
            len(progress.items),
            row.confirmed,
            row.to_confirm,
            progress.score,
            *seen,
        ]


@dataclass(frozen=True, slots=True)
class ScoreTable(FileTable):
    """Scores, and how they fare on their way to the LMS."""

    widths = (28, 10, 10, 24)

    @property
    def title(self) -> str:
        """What the table is called."""
        return _("Scores and the gradebook")

    @property
    def headings(self) -> list[str]:
        """The names of its columns."""
        return [
            _("Learner"),
            _("Score now"),
            _("Score promised"),
            _("Gradebook"),
            _("Promised"),
            _("Sent"),
            _("Next try"),
            _("Tries"),
            _("Why not"),
            _("Who can change that"),
            _("The LMS shows"),
            _("Read"),
        ]

    def row(self, line: PersonLine) -> list[Value]:
        """Return a learner's score as cells."""
        progress, score = line.row.progress, line.row.score
        start: list[Value] = [named(line.name), progress.score if progress else None]
        if score is None:
            return [*start, None, score_words(None), *[None] * 8]
        failed = bool(score.reason) and score.state is not OutboxState.SENT
        shown = score.shown
        return [
            *start,
            score.points,
            score_words(score),
            self.moment(score.promised_at),
            self.moment(score.sent_at),
            self.moment(score.next_attempt_at),
            score.attempts,
            words.reason(score.reason) if failed else "",
            words.who_must_act(score.reason, score.who_can_fix) if failed else "",
            shown.points if shown else None,
            self.moment(shown.read_at) if shown else None,
        ]


@dataclass(frozen=True, slots=True)
class EntryTable(FileTable):
    """Work in a list of the desk."""

    widths = (14, 28, 28, 18, 16, 16, 12, 60)

    @property
    def headings(self) -> list[str]:
        """The names of its columns."""
        return [
            _("Kind"),
            _("By"),
            _("Answers"),
            _("State"),
            _("Since"),
            _("Why it waits"),
            _("New version"),
            _("How it begins"),
        ]

    def row(self, entry: WorkEntry) -> list[Value]:
        """Return a piece of work as cells."""
        is_reflection = entry.kind is WorkKind.REFLECTION
        return [
            _("Reflection") if is_reflection else _("Response"),
            named(entry.author),
            "" if is_reflection else named(entry.about),
            state(entry.state),
            self.moment(entry.since),
            urgency(entry.urgency),
            _("Yes") if entry.again else _("No"),
            entry.excerpt,
        ]


@dataclass(frozen=True, slots=True)
class SupportTable(FileTable):
    """What tutors did for learners."""

    widths = (18, 24, 28, 30, 34, 12, 40, 60)

    @property
    def title(self) -> str:
        """What the table is called."""
        return _("What tutors did for learners")

    @property
    def headings(self) -> list[str]:
        """The names of its columns."""
        return [
            _("When"),
            _("Tutor"),
            _("Learner"),
            _("What"),
            _("Kind of help"),
            _("Before they asked"),
            _("Why they stood on the list"),
            _("Note"),
        ]

    def row(self, line: SupportLine) -> list[Value]:
        """Return what was done as cells."""
        codes = [SignalKind[code.upper()] for code in line.signals]
        return [
            self.moment(line.at),
            named(line.by),
            named(line.learner),
            signal_words.act(line.act),
            signal_words.plane(line.kind) if line.kind else "",
            _("Yes") if line.is_proactive else _("No"),
            i18n.listing([signal_words.reason(code) for code in codes]) if codes else "",
            line.note,
        ]


@dataclass(frozen=True, slots=True)
class NeedTable(FileTable):
    """Who may need a tutor, as the list of today tells of them."""

    widths = (28, 60, 18, 18)

    @property
    def title(self) -> str:
        """What the table is called."""
        return _("Today")

    @property
    def headings(self) -> list[str]:
        """The names of its columns."""
        return [_("Learner"), _("Why"), _("Since"), _("Last seen in the course")]

    def row(self, line: NeedLine) -> list[Value]:
        """Return somebody as cells; since when is told of the most urgent reason."""
        signals = line.row.signals
        return [
            named(line.name),
            i18n.listing([signal_words.reason(one.kind) for one in signals]) if signals else "",
            self.moment(signals[0].since) if signals else None,
            self.moment(line.row.last_seen_at),
        ]


def queue_title(which: QueueList) -> str:
    """Return what a list of the desk is called."""
    return {
        QueueList.WAITING: _("Waiting for you"),
        QueueList.UNANSWERED: _("No response yet"),
        QueueList.RELEASED: _("Shared work"),
        QueueList.SET_ASIDE: _("Returned or withheld"),
    }[which]


def named(name: str | None) -> str:
    """Return a name, a word where the LMS shares none, or where a file must not hold it."""
    if name is None:
        return _("Somebody who has not begun")
    return name or _("Somebody without a name")


def phase(key: str) -> str:
    """Return the name of a phase, or that all of them are done."""
    return {"now": _("Now"), "new": _("New"), "next": _("Next")}.get(key) or _("Complete")


def state(value: WorkState) -> str:
    """Return what the state of a piece of work is called."""
    return {
        WorkState.DRAFT: _("Draft"),
        WorkState.SUBMITTED: _("Sent"),
        WorkState.HELD: _("Waiting for the tutor"),
        WorkState.RELEASED: _("Shared"),
        WorkState.RETURNED: _("Returned"),
        WorkState.WITHHELD: _("Withheld"),
    }[value]


def urgency(value: Urgency) -> str:
    """Return why a piece of work waits; empty if it does not."""
    return {
        Urgency.APPEALED: _("Appeal"),
        Urgency.FLAGGED: _("Flagged"),
        Urgency.WAITING: _("Waiting for the tutor"),
    }.get(value, "")


def score_words(score: ScoreState | None) -> str:
    """Return in a word how a score fares."""
    if score is None:
        return _("Nothing to send yet")
    return {
        OutboxState.SENT: _("Accepted by the LMS"),
        OutboxState.REFUSED: _("Refused by the LMS"),
    }.get(score.state, _("Waits to be sent"))
