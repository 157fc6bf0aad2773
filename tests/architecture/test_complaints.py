"""Every test that docs/complaints.md names exists, and none of the 25 is left out."""

from __future__ import annotations

import re

from tests.architecture.test_conformance import NAMED, TABLE, missing

COMPLAINTS = TABLE.with_name("complaints.md")


def test_every_complaint_has_an_answer_and_every_test_is_there() -> None:
    table = COMPLAINTS.read_text()
    rows = re.findall(r"^\| (\d+) \| ([^|]+)\| ([^|]+)\| (.*)\|$", table, re.MULTILINE)
    complaints = [row for row in rows if NAMED.search(row[3])]
    assert [int(number) for number, *_rest in complaints] == list(range(1, 26))
    assert missing(table) == []
