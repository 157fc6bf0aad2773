"""Our keys change while Moodle remembers the old key set."""

from __future__ import annotations

import time

from tests.lms.moodle import desk, plain
from tests.lms.moodle.moodle import PLATFORM, Moodle
from tests.lms.moodle.people import AMINA, JONAS, NAMES

PERMISSION = "In order: Permission for services"
AHEAD_SECONDS = 10
"""How long the next key is published before it signs; an operator gives it a week."""
REREAD_SECONDS = 60
"""After that the running processes know which key signs."""


def test_scores_and_deep_linking_go_on_after_a_rotation(moodle: Moodle) -> None:
    before = plain.place(moodle, "Before the rotation")
    plain.complete(moodle, before, AMINA)
    # Moodle has fetched our keys by now, for the content and for the token.
    desk.expect_sent(moodle, before, NAMES[AMINA])
    moodle.tool.run("keys", "rotate", "--days", str(AHEAD_SECONDS / 86_400))
    old, new = (line.split()[0] for line in moodle.tool.run("keys", "list").splitlines())
    assert {old, new} == moodle.tool.published_keys()
    time.sleep(AHEAD_SECONDS + REREAD_SECONDS)
    after = plain.place(moodle, "After the rotation")
    plain.complete(moodle, after, JONAS)
    desk.expect_sent(moodle, after, NAMES[JONAS])
    # The self-test asks for a token of its own, with the key that signs now.
    assert [one for one in moodle.tool.self_test(PLATFORM) if one.startswith(PERMISSION)]
    for module in (before, after):
        moodle.course.delete_activity(module)
