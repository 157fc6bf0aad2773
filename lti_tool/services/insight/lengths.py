"""Lengths of time, worked out by the database: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class WholeHours(FunctionElement[int]):
    """``WholeHours(earlier, later)``: the whole hours between two moments; NULL if one is NULL."""

    name = "whole_hours"
    type = Integer()
    inherit_cache = True


@compiles(WholeHours, "sqlite")
def _on_sqlite(element: WholeHours, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (
        _seconds("strftime('%s', {})", one, compiler, options) for one in element.clauses
    )
    return f"(({later}) - ({earlier})) / 3600"


@compiles(WholeHours, "postgresql")
def _on_postgresql(element: WholeHours, compiler: SQLCompiler, **options: Any) -> str:
    whole = "CAST(floor(extract(epoch FROM {})) AS BIGINT)"
    earlier, later = (_seconds(whole, one, compiler, options) for one in element.clauses)
    return f"({later} - {earlier}) / 3600"


def _seconds(pattern: str, part: Any, compiler: SQLCompiler, options: dict[str, Any]) -> str:
    return pattern.format(compiler.process(part, **options))
