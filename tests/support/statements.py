"""Compiled statements that the engines of all tests share."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import URL, Dialect, Engine
from sqlalchemy.util import LRUCache

CAPACITY = 4_000


def share_compiled_statements() -> None:
    """Let every engine of a backend use one dialect and one cache of compiled statements.

    Each test has a database, and so an engine, of its own: compiling the same statements for
    each took a third of all time. The cache's keys name the dialect, therefore that is shared, too.
    """
    shared: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}
    make = Engine.__init__

    # All arguments by name: ``create_engine`` looks at the signature for what it may pass.
    def make_shared(
        self: Engine,
        pool: Any,
        dialect: Dialect,
        url: URL,
        logging_name: str | None = None,
        echo: Any = None,
        query_cache_size: int = 500,
        execution_options: Any = None,
        hide_parameters: bool = False,
    ) -> None:
        known = shared.get(dialect.name)
        if known is None or getattr(known[0], "server_version_info", None) is None:
            # Until it has met a server, a dialect does not know what that can do.
            known = shared[dialect.name] = dialect, LRUCache(CAPACITY)
        options = logging_name, echo, query_cache_size, execution_options, hide_parameters
        make(self, pool, known[0], url, *options)
        self._compiled_cache = known[1]

    Engine.__init__ = make_shared  # type: ignore[method-assign]
