"""Failure 14: a copied course neither breaks nor shows last year's work."""

from __future__ import annotations

from tests.functional.copies.conftest import School, make_school, moodle
from tests.functional.copies.test_deciding import BANNER

__all__ = ["make_school", "moodle"]


def test_14_a_copy_starts_fresh_and_says_so(moodle: School) -> None:
    first = moodle.place("Reading together")
    moodle.open(first, "amina")
    (copied,) = moodle.copy_course("Next year")
    page = moodle.open(copied)
    assert page.status == 200
    assert BANNER in page.text
    original, copy = moodle.activity(first), moodle.activity(copied)
    assert original is not None and copy is not None
    assert (copy.title, copy.copied_from_id) == (original.title, original.id)
    assert copy.context_id != original.context_id
