"""How far confirmed levels are from what learners want to reach."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One competency of one learner: positions on the scale, None where nothing was said."""

    claimed: int | None = None
    """What they said of themselves last."""
    target: int | None = None
    confirmed: int | None = None

    @property
    def shown(self) -> int | None:
        """The level that counts: the confirmed one, else the claim."""
        return self.confirmed or self.claimed

    @property
    def gap(self) -> int | None:
        """Levels from the confirmed one to the target; None where one of them is missing."""
        if self.confirmed is None or self.target is None:
            return None
        return self.target - self.confirmed


@dataclass(frozen=True, slots=True)
class Gap:
    """How far learners are from their targets in one competency."""

    competency_id: uuid.UUID
    below: int
    """Learners whose confirmed level is below their target."""
    measured: int
    """Learners who have both."""
    unconfirmed: int
    """Learners with a target, and no confirmed level yet."""
    levels: int
    """Levels that are missing, all learners together."""

    @property
    def mean(self) -> float | None:
        """Levels that a measured learner is short of on the average; None without any."""
        return self.levels / self.measured if self.measured else None


def gaps(competencies: Iterable[uuid.UUID], cells: Iterable[tuple[uuid.UUID, Cell]]) -> list[Gap]:
    """Return a line for each competency, the widest gap first; who is beyond their aim is at it."""
    found: dict[uuid.UUID, list[Cell]] = {key: [] for key in competencies}
    for key, cell in cells:
        if key in found:
            found[key].append(cell)
    lines = [_line(key, theirs) for key, theirs in found.items()]
    return sorted(lines, key=lambda line: (-(line.mean or 0), -line.below))


def missing(cells: Mapping[uuid.UUID, Cell]) -> int | None:
    """Return how many levels one learner is short of, all competencies together.

    None where no competency has both a target and a confirmed level.
    """
    known = [cell.gap for cell in cells.values() if cell.gap is not None]
    return sum(max(one, 0) for one in known) if known else None


def _line(key: uuid.UUID, cells: list[Cell]) -> Gap:
    known = [max(cell.gap, 0) for cell in cells if cell.gap is not None]
    return Gap(
        key,
        below=sum(one > 0 for one in known),
        measured=len(known),
        unconfirmed=sum(cell.target is not None and cell.confirmed is None for cell in cells),
        levels=sum(known),
    )
