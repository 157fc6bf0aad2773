"""Tables of plain text, and the numbers that stand in them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` (0 to 1) of all are at or below (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(values: Sequence[float]) -> str:
    """Return minimum, median and maximum of the rounds' ratios."""
    return f"{min(values):.2f} – {statistics.median(values):.2f} – {max(values):.2f}"


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], notes: str = "") -> str:
    """Return a table: first column to the left, numbers to the right."""
    lines = [list(heads), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    written = [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join(
        [f"\n{title}", "", written[0], rule, *written[1:], *([notes] if notes else [])]
    )
