"""Making tables of what was counted, with what would tell about single people kept back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_tool.rules.interventions import InterventionKind
from lti_tool.rules.spreads import Band, bands, median
from lti_tool.rules.stages import Stage
from lti_tool.rules.suppression import (
    FLOOR,
    HIDDEN,
    Cell,
    Hidden,
    all_or_none,
    hidden_parts,
    is_few,
    mean,
    parts,
    reached,
    share,
)
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.insight.claims import Decided
from lti_tool.services.insight.counting import Begun, Tally, Waits
from lti_tool.services.insight.figures import Glance, Other, Row, RowKey, Table, TableKey

HELPFUL = (4, 3, 2, 1)
"""How helpful a response was found, the most helpful first."""
ACCEPTED, PENDING = (OutboxState.SENT,), (OutboxState.QUEUED, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one activity."""

    not_started: int | None
    """None where only those are shown who began at some time."""
    begun: Begun = field(default_factory=Begun)
    waits: Waits = field(default_factory=Waits)
    helpful: Mapping[int | None, Tally] = field(default_factory=dict)
    initiative: Mapping[bool, Tally] = field(default_factory=dict)
    states: Counter[OutboxState] = field(default_factory=Counter)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that are told apart, in order."""
        return tuple(Stage) if self.not_started is not None else tuple(Stage)[1:]

    @property
    def here(self) -> tuple[int, ...]:
        """How many learners are at each of them."""
        found = {**self.begun.stages, Stage.NOT_STARTED: self.not_started or 0}
        return tuple(found.get(stage, 0) for stage in self.stages)

    @property
    def whole(self) -> int:
        """How many learners the figures are about."""
        return sum(self.here)

    @property
    def is_enough(self) -> bool:
        """Whether figures of these learners may be told at all."""
        return self.whole >= FLOOR


def glance(counted: Counted) -> dict[Glance, Cell]:
    """Return the figures that activities are compared by."""
    far = dict(zip(counted.stages, _reached(counted), strict=True))
    here = dict(zip(counted.stages, parts(counted.here), strict=True))
    return {
        Glance.LEARNERS: counted.whole,
        Glance.BEGUN: far[Stage.NOW],
        Glance.HANDED_IN: far[Stage.SUBMITTED],
        Glance.COMPLETE: here[Stage.COMPLETE],
        Glance.FIRST_RESPONSE: _median(counted.waits.hours),
        Glance.HELPFULNESS: _helpful_mean(counted.helpful),
        Glance.INITIATIVE: _initiative_share(counted.initiative),
        Glance.SCORES: _accepted_share(counted),
    }


def stages_table(counted: Counted) -> Table:
    """How far learners are: at each stage, there or further, and what share that is."""
    here, far = parts(counted.here), _reached(counted)
    rows = [
        Row(stage, (here[place], far[place], share(far[place], counted.whole)))
        for place, stage in enumerate(counted.stages)
    ]
    return Table(TableKey.STAGES, tuple(rows))


def first_response_table(waits: Waits) -> Table:
    """How long shared reflections waited for their first response."""
    found = bands(waits.hours)
    keys: list[RowKey] = [*found, Other.OPEN]
    return _partition(TableKey.FIRST_RESPONSE, keys, [*found.values(), waits.open])


def responses_table(found: Counter[tuple[int, int]], whole: int, asked: int) -> Table:
    """How many learners gave, and received, how many responses; ``asked`` of each."""
    top = max(asked, 1)
    nobody = whole - sum(found.values())
    columns = []
    for side in (0, 1):
        counts = [nobody, *[0] * (top + 1)]
        for pair, number in found.items():
            counts[min(pair[side], top + 1)] += number
        columns.append(all_or_none(counts))
    keys: list[RowKey] = [*range(top + 1), Other.MORE]
    cells = zip(*columns, strict=True)
    return Table(
        TableKey.RESPONSES, tuple(Row(key, pair) for key, pair in zip(keys, cells, strict=True))
    )


def mean_responses(found: Counter[tuple[int, int]], whole: int) -> dict[Glance, Cell]:
    """Return the means of responses given and received, by learner."""
    return {
        key: mean(sum(pair[side] * number for pair, number in found.items()), whole, whole)
        for side, key in enumerate((Glance.GIVEN, Glance.RECEIVED))
    }


def helpfulness_table(found: Mapping[int | None, Tally]) -> Table:
    """How helpful learners found the responses that they received."""
    tallies = [found.get(key, Tally()) for key in (*HELPFUL, None)]
    cells = all_or_none([one.number for one in tallies], [one.people for one in tallies])
    keys: list[RowKey] = [*HELPFUL, Other.OPEN]
    return Table(
        TableKey.HELPFULNESS,
        tuple(Row(key, (cell,)) for key, cell in zip(keys, cells, strict=True)),
    )


def decisions_table(found: Decided) -> Table:
    """How long work waited for a tutor's decision."""
    tallies = [found.bands.get(band, Tally()) for band in Band]
    return _tallied(TableKey.DECISIONS, list(Band), tallies)


def support_table(found: Mapping[InterventionKind | None, Tally]) -> Table:
    """Return what tutors did for learners, by the plane of support."""
    kinds: list[InterventionKind | None] = [*InterventionKind, None]
    keys: list[RowKey] = [*InterventionKind, Other.MANAGED]
    return _tallied(TableKey.SUPPORT, keys, [found.get(kind, Tally()) for kind in kinds])


def initiative_table(found: Mapping[bool, Tally]) -> Table:
    """Return how much tutors did before anybody asked, and how much after."""
    keys: list[RowKey] = [Other.PROACTIVE, Other.ASKED]
    tallies = [found.get(proactive, Tally()) for proactive in (True, False)]
    return _tallied(TableKey.INITIATIVE, keys, tallies)


def scores_table(counted: Counted) -> Table:
    """How the scores fare on their way to the LMS, by learner."""
    keys: list[RowKey] = [Other.SENT, Other.WAITING, Other.REFUSED, Other.NOTHING]
    return _partition(TableKey.SCORES, keys, _scores(counted))


def median_wait(found: Decided) -> Cell:
    """Return the median of hours that work waited for a decision."""
    people = max((one.people for one in found.bands.values()), default=0)
    value = median(found.hours)
    return HIDDEN if is_few(people) else value


def _reached(counted: Counted) -> tuple[int | Hidden, ...]:
    return reached(counted.here, hidden_parts(counted.here))


def _median(hours: Counter[int]) -> Cell:
    return HIDDEN if is_few(sum(hours.values())) else median(hours)


def _helpful_mean(found: Mapping[int | None, Tally]) -> Cell:
    said = {key: one for key, one in found.items() if key is not None}
    total = sum(key * one.number for key, one in said.items())
    people = max((one.people for one in said.values()), default=0)
    return mean(total, sum(one.number for one in said.values()), people)


def _initiative_share(found: Mapping[bool, Tally]) -> Cell:
    first, second = (row.cells[0] for row in initiative_table(found).rows)
    if isinstance(first, int) and isinstance(second, int):
        return share(first, first + second)
    return HIDDEN


def _accepted_share(counted: Counted) -> Cell:
    cells = parts(_scores(counted))
    promised = [cell for cell in cells[:3] if isinstance(cell, int)]
    if HIDDEN in cells:
        return HIDDEN
    return share(cells[0], sum(promised))


def _scores(counted: Counted) -> list[int]:
    """Count learners whose score was accepted, waits, was refused, and who have none."""
    sent, refused = (counted.states[one] for one in (OutboxState.SENT, OutboxState.REFUSED))
    waiting = sum(counted.states[state] for state in PENDING)
    return [sent, waiting, refused, counted.whole - sent - waiting - refused]


def _partition(key: TableKey, keys: list[RowKey], values: list[int]) -> Table:
    cells = parts(values)
    return Table(key, tuple(Row(one, (cell,)) for one, cell in zip(keys, cells, strict=True)))


def _tallied(key: TableKey, keys: list[Any], tallies: list[Tally]) -> Table:
    cells = parts([one.number for one in tallies], [one.people for one in tallies])
    return Table(key, tuple(Row(one, (cell,)) for one, cell in zip(keys, cells, strict=True)))
