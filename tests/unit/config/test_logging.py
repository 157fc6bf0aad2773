"""Log lines: JSON, one each, and nothing in them that opens a session."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

from config.logging import configure_logging, masked
from lti_tool.models import Database
from lti_tool.models.platforms import RegistrationInvite
from lti_tool.secrecy import new_token


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logging("INFO", stream)
    yield stream
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_ours_and_the_libraries_lines_look_alike(stream: io.StringIO) -> None:
    structlog.get_logger().info("score", state="sent", count=3)
    logging.getLogger("some.library").warning("watch %s", "out")
    logging.getLogger("some.library").debug("unheard")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["state"], ours["count"]) == ("score", "sent", 3)
    assert (theirs["event"], theirs["logger"]) == ("watch out", "some.library")
    assert ours["timestamp"].endswith("Z") and ours["level"] == "info"


def test_a_request_id_is_in_every_line(stream: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        structlog.get_logger().info("one")
        logging.getLogger("library").info("two")
    assert [line["request_id"] for line in lines(stream)] == ["abc", "abc"]


def test_handles_and_tokens_never_appear(stream: io.StringIO) -> None:
    handle, token = new_token(), new_token()
    log = structlog.get_logger()
    log.info("get", path=f"/s/{handle}/activity", header=f"Bearer {token}.x-y_z", bare=token)
    log.info("made", access=f"miroir_{token}")
    logging.getLogger("gunicorn.access").info("GET /s/%s/x 200", handle)
    try:
        raise RuntimeError(f"no session {handle} and id_token={token}.aa.bb")
    except RuntimeError:
        log.exception("fault")
    assert handle not in stream.getvalue() and token not in stream.getvalue()
    assert lines(stream)[0]["path"] == "/s/…/activity"
    assert "RuntimeError" in lines(stream)[3]["exception"]


def test_what_is_no_secret_stays() -> None:
    text = "/lti/launch 0b1f3d9e-5c1f-4f8e-9d6e-2f1f6a1b2c3d reason=bad_aud kid=2026-01"
    assert masked(text) == text


def test_a_fault_of_the_database_tells_nobody_s_words(
    stream: io.StringIO, database: Database
) -> None:
    """PostgreSQL shows the whole row that it refused; SQLAlchemy what it sent."""
    written = "My own words\n\nabout a colleague"
    try:
        with database.write() as session:
            session.add(RegistrationInvite(name=written, token_hash="t"))
    except IntegrityError:
        structlog.get_logger().exception("fault")
        logging.getLogger("library").exception("fault")
    ours, theirs = lines(stream)
    for line in (ours, theirs):
        assert "IntegrityError" in line["exception"] and "registration_invites" in line["exception"]
        assert "about a colleague" not in str(line) and "My own words" not in str(line)
