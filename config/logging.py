"""Logs: one JSON object a line on stderr, and nothing in them that opens a session."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "…"
SECRETS = re.compile(
    r"(?P<before>/s/|/calendar/|/shared/|/mail/[a-z]+/|Bearer\s+|(?:id_token|client_assertion|access_token|token|ticket)=)"
    r"[^/\s\"'&?#\\]+"
    r"|(?<!\"kid\": \")(?<![A-Za-z0-9_-])(?:miroir_)?[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])",
)
"""A session’s handle, a calendar’s key, a mail’s or a share’s link, a token in a header, any bare
token of ours. The name of a public key looks the same and is needed: it stays.
"""


ROWS = re.compile(
    r"DETAIL:.*?(?=\n\[SQL:|\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL
)
"""What PostgreSQL adds to an error: the row that failed, with what people wrote in it."""


def without_rows(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Leave out of a traceback what stood in the database's row."""
    if "exception" in event:
        event["exception"] = ROWS.sub(f"DETAIL: {MASK}", str(event["exception"]))
    return event


def masked(text: str) -> str:
    """Return ``text`` without handles and tokens."""
    return SECRETS.sub(lambda found: f"{found['before'] or ''}{MASK}", text)


class _MaskedJson:
    """Renders a line, then masks it whole: no field and no traceback is forgotten."""

    def __init__(self) -> None:
        self._render = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> str:
        line = self._render(logger, name, event)
        return masked(line if isinstance(line, str) else line.decode())


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        without_rows,
    ]


def formatter() -> logging.Formatter:
    """Return the formatter that makes JSON lines of anybody's log records."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_common(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _MaskedJson()],
    )


class _OurHandler(logging.StreamHandler[TextIO]):
    """Ours among the handlers, so that a second configuration replaces it."""


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send all logging, ours and the libraries', to stderr (or ``stream``) as JSON lines."""
    handler = _OurHandler(stream or sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _OurHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for chatty in ("huey", "urllib3", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
