"""How the questions of an activity differ from those before, question by question."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.rules.prompt_templates import Wording
from lti_tool.rules.word_diff import Piece, pieces
from lti_tool.services.activities.prompts import (
    PromptValues,
    newest_version,
    only_reworded,
    prompt_values,
    rooted,
    same_questions,
)

NO_WORDS = Wording("", "", "")


class ChangeKind(StrEnum):
    """What became of a question."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class PromptChange:
    """One question that is not as before; ``text`` and ``help`` with what went and what came."""

    kind: ChangeKind
    text: tuple[Piece, ...]
    help: tuple[Piece, ...]
    before: PromptValues | None
    after: PromptValues | None

    @property
    def audience_changed(self) -> bool:
        """Whether others than before read the answer."""
        return bool(self.before and self.after) and self._was("audience")

    @property
    def length_changed(self) -> bool:
        """Whether it has to be shorter or longer than before."""
        return self._was("min_words") or self._was("max_words")

    @property
    def required_changed(self) -> bool:
        """Whether it has to be answered where it had not, or the reverse."""
        return self._was("required")

    @property
    def languages_changed(self) -> bool:
        """Whether its wording in other languages differs."""
        return self._was("translations")

    def _was(self, name: str) -> bool:
        if self.before is None or self.after is None:
            return False
        return bool(getattr(self.before, name) != getattr(self.after, name))


@dataclass(frozen=True, slots=True)
class PromptChanges:
    """All that differs; empty ``lines`` and not ``reordered`` if nothing does."""

    lines: tuple[PromptChange, ...]
    reordered: bool
    only_wording: bool
    """Whether it could be the correction of a typing error."""

    def __bool__(self) -> bool:
        return bool(self.lines) or self.reordered

    @property
    def mark(self) -> str:
        """What tells these changes from others: an answer about them is about no others."""
        told = [(line.kind, line.before, line.after) for line in self.lines]
        return sha256(repr((told, self.reordered)).encode()).hexdigest()[:16]


def compare(
    before: Sequence[PromptValues],
    after: Sequence[PromptValues],
    worded: Callable[[PromptValues], Wording],
) -> PromptChanges:
    """Return how ``after`` differs from ``before``; ``worded`` says in which words to show them."""
    if same_questions(before, after) and only_reworded(before, after):
        return PromptChanges((), reordered=False, only_wording=True)
    old = {item.root: item for item in before}
    lines = [_line(old.get(item.root) if item.root else None, item, worded) for item in after]
    kept = [item.root for item in after if item.root in old]
    lines += [_line(item, None, worded) for item in before if item.root not in kept]
    order = [item.root for item in before if item.root in kept]
    return PromptChanges(
        tuple(line for line in lines if line is not None),
        reordered=order != kept,
        only_wording=only_reworded(before, after),
    )


def changes_to(
    session: Session, activity: Activity, prompts: Sequence[PromptValues], locale: str
) -> PromptChanges:
    """Return how ``prompts``, written in ``locale``, differ from what new work answers now."""
    version = newest_version(session, activity)
    before = tuple(prompt_values(prompt) for prompt in version.prompts)
    return compare(before, rooted(before, prompts), lambda item: item.written(locale))


def _line(
    before: PromptValues | None,
    after: PromptValues | None,
    worded: Callable[[PromptValues], Wording],
) -> PromptChange | None:
    """Return what became of one question; None if nothing did."""
    if before and after and same_questions([before], [after]):
        return None
    old = worded(before) if before else NO_WORDS
    new = worded(after) if after else NO_WORDS
    kind = ChangeKind.CHANGED
    if before is None or after is None:
        kind = ChangeKind.ADDED if before is None else ChangeKind.REMOVED
    return PromptChange(kind, pieces(old.text, new.text), pieces(old.help, new.help), before, after)


def continued(
    before: Sequence[PromptValues], after: Sequence[PromptValues]
) -> dict[uuid.UUID, PromptValues]:
    """Return, by root, the new questions into which an answer may go along with its question.

    An answer never reaches more people by that: where more would read it, it stays behind.
    """
    order = ("me", "tutor", "cohort")
    new = {item.root: item for item in after if item.root}
    return {
        item.root: new[item.root]
        for item in before
        if item.root in new
        and order.index(new[item.root].audience.value) <= order.index(item.audience.value)
    }
