"""``python -m bench [--quick] [--workers N] [QUESTION …]``: a table for each question."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from bench import (
    allocation,
    insight,
    launches,
    machine,
    outbox,
    pages,
    refusals,
    roster,
    slow_platform,
    stage,
    statements,
)
from bench.servers import BenchFailed

LEARNERS = 200


def ask_launches(quick: bool, workers: int) -> str:
    """Measure launches, accepted and refused, on one stage."""
    rounds, size = (3, 100) if quick else (11, LEARNERS)
    with stage.set_stage(LEARNERS, workers) as tools:
        launches.warm_up(tools, LEARNERS if quick else 300)
        accepted = launches.report(tools, launches.measure(tools, rounds, size))
        refused = refusals.measure(tools, 1 if quick else 3, 60 if quick else 100)
        return f"{accepted}\n{refusals.report(tools, refused)}"


def ask_statements(_quick: bool, _workers: int) -> str:
    """Count the statements of a launch."""
    return statements.report(statements.measure())


def ask_pages(quick: bool, _workers: int) -> str:
    """Measure the staff's pages in a large course."""
    few, many = 100, 2_000 if quick else 10_000
    return pages.report(few, many, pages.measure(few, many, 10 if quick else 40))


def ask_outbox(quick: bool, _workers: int) -> str:
    """Measure how fast scores go out."""
    return outbox.report(outbox.measure(300 if quick else 2_000, 20 if quick else 60))


def ask_roster(quick: bool, _workers: int) -> str:
    """Measure a large course list."""
    members = 2_000 if quick else 10_000
    return roster.report(members, roster.measure(members))


def ask_slow_platform(quick: bool, workers: int) -> str:
    """Measure launches while another platform hangs."""
    rounds, size = (2, 400) if quick else (6, 1_000)
    return slow_platform.report(slow_platform.measure(workers, rounds, size, LEARNERS))


def ask_allocation(quick: bool, _workers: int) -> str:
    """Measure giving reflections in a large course."""
    few, many = 1_000, 10_000 if quick else 100_000
    return allocation.report(few, many, allocation.measure(few, many, 30 if quick else 100))


def ask_insight(quick: bool, _workers: int) -> str:
    """Measure an activity's figures in a large course."""
    many = 2_000 if quick else 10_000
    return insight.report(many, insight.measure(many, 3 if quick else 5))


QUESTIONS: dict[str, Callable[[bool, int], str]] = {
    "launches": ask_launches,
    "statements": ask_statements,
    "outbox": ask_outbox,
    "roster": ask_roster,
    "allocation": ask_allocation,
    "insight": ask_insight,
    "pages": ask_pages,
    "slow-platform": ask_slow_platform,
}


def main(arguments: list[str]) -> int:
    """Answer the questions that were asked, all by default; 1 if one could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help=", ".join(QUESTIONS))
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--workers", type=int, default=2, help="gunicorn's processes per tool (2)")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.questions) - set(QUESTIONS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(QUESTIONS)}")
    print(machine.facts(asked.workers))
    try:
        for name in asked.questions or QUESTIONS:
            print(QUESTIONS[name](asked.quick, asked.workers), flush=True)
    except BenchFailed as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
