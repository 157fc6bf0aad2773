"""Places in lists as programs get them: for one list, and for nobody to read."""

from __future__ import annotations

import uuid

import pytest

from lti_tool.errors import InvalidInput
from lti_tool.secrecy import Secrets
from lti_tool.services.access.cursors import opened, sealed

SECRETS = Secrets("a secret of the tests, long enough for anybody")
HERE = uuid.uuid4()


def test_a_cursor_leads_back_to_its_place_and_shows_nothing_of_it() -> None:
    cursor = sealed(SECRETS, "history", HERE, "2026-03-05T01:41:27")
    assert cursor is not None and "2026" not in cursor and "41:27" not in cursor
    assert opened(SECRETS, "history", HERE, cursor) == "2026-03-05T01:41:27"
    assert opened(SECRETS, "history", HERE, "") == ""
    assert sealed(SECRETS, "history", HERE, None) is None


@pytest.mark.parametrize("bad", ["x", "é\0", "gAAAAA==", "[]"])
def test_nonsense_is_no_cursor(bad: str) -> None:
    with pytest.raises(InvalidInput):
        opened(SECRETS, "history", HERE, bad)


def test_no_other_lists_cursor_is_taken() -> None:
    other = Secrets("a secret of another installation, long enough too")
    for secrets, of, within in (
        (SECRETS, "learners", HERE),
        (SECRETS, "history", uuid.uuid4()),
        (other, "history", HERE),
    ):
        cursor = sealed(secrets, of, within, "somewhere")
        with pytest.raises(InvalidInput):
            opened(SECRETS, "history", HERE, str(cursor))
