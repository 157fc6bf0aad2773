"""The operator's self-test against a real Moodle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.lms.moodle import plain
from tests.lms.moodle.moodle import PLATFORM, Moodle

CHECKS = ("The LMS's key set", "Permission for services", "A course's roster", "A gradebook column")
MEMBERS, GRADES = "ltiservice_memberships", "ltiservice_gradesynchronization"


def test_every_line_is_good_or_names_the_setting_to_change(moodle: Moodle) -> None:
    module = plain.place(moodle, "For the self-test")
    lines = moodle.tool.self_test(PLATFORM)
    for check in (*CHECKS, "The clocks"):
        assert [line for line in lines if line.startswith(f"In order: {check}")], lines
    (other,) = (line for line in lines if not line.startswith(("In order", " ")))
    assert "Our own address. It is not https." in other
    with setting(moodle, MEMBERS, "0"):
        text = "\n".join(moodle.tool.self_test(PLATFORM))
        assert "IMS LTI Names and Role Provisioning: Use this service to retrieve members'" in text
        assert "In order: A gradebook column" in text
    with setting(moodle, GRADES, "0"):
        text = "\n".join(moodle.tool.self_test(PLATFORM))
        assert "IMS LTI Assignment and Grade Services: Use this service for grade sync" in text
        assert "In order: A course's roster" in text
    assert moodle.tool.self_test(PLATFORM) == lines
    moodle.course.delete_activity(module)


@contextmanager
def setting(moodle: Moodle, name: str, value: str) -> Iterator[None]:
    """Let Moodle's administrator change a setting of the tool for a while."""
    before = _set(moodle, name, value)
    try:
        yield
    finally:
        _set(moodle, name, before)


def _set(moodle: Moodle, name: str, value: str) -> str:
    page = moodle.administration.open_settings(moodle.type_id)
    before = moodle.administration.set_service(page, name, value)
    moodle.administration.save(page)
    return before
