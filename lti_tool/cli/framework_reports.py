"""What an import would change, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from lti_tool.i18n import pick
from lti_tool.services.frameworks.plans import Changes, ImportPlan

SHOWN = 10


def describe(plan: ImportPlan) -> Iterator[str]:
    """Yield the lines that tell what a plan would do."""
    yield f"{pick(plan.title)} ({plan.identifier})"
    yield f"  licence: {plan.licence or 'none told'}"
    if plan.source:
        yield f"  attribution: {plan.source}"
    for warning in plan.warnings:
        yield f"  WARNING: {warning}"
    if plan.is_new:
        levels = f"levels: {', '.join(pick(label) for label in plan.levels)}"
        yield f"  new, {levels if plan.levels else 'with the scale of four levels'}"
    elif plan.changes_levels:
        yield f"  levels before: {', '.join(pick(label) for label in plan.levels_before)}"
        yield f"  levels now: {', '.join(pick(label) for label in plan.levels)}"
    if plan.is_empty:
        yield f"  nothing to change: all {plan.total} competencies are as in the file"
        return
    for name, changes in (
        ("added", plan.added),
        ("changed", plan.changed),
        ("back again", plan.returned),
        ("retired (in use, kept where they are used)", plan.retired),
        ("removed (not in use)", plan.removed),
    ):
        yield from _lines(name, changes)
    if plan.quiet:
        yield f"  changed only in details that are kept for exports: {plan.quiet}"
    yield f"  unchanged: {plan.same}"


def _lines(name: str, changes: Changes) -> Iterator[str]:
    if not changes.count:
        return
    yield f"  {name}: {changes.count}"
    for line in changes.lines[:SHOWN]:
        was = f"  (was: {pick(line.was)[:70]})" if line.was else ""
        yield f"    {line.code} {pick(line.statement)[:70]}{was}".rstrip()
    if changes.count > SHOWN:
        yield f"    … and {changes.count - SHOWN} more"
