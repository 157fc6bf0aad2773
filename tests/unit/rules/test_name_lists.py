from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.name_lists import decode, key, lines_of

ZOE = "Zoé Müller"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_what_spreadsheets_write_is_read(encoding: str) -> None:
    assert decode(f"{ZOE}\r\n".encode(encoding)).strip() == ZOE


def test_what_no_encoding_reads_is_noticed() -> None:
    (good, bad) = lines_of(decode(b"Ana\nB\x81b\xe9\n"))
    assert good.is_readable
    assert (bad.number, bad.is_readable) == (2, False)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_of_any_spreadsheet(delimiter: str) -> None:
    text = f"Name{delimiter}E-mail\n\nAna{delimiter} ana@x.org {delimiter}\n"
    (line,) = lines_of(text)
    assert (line.number, line.cells) == (3, ("Ana", "ana@x.org"))


def test_quoted_cells_may_hold_anything() -> None:
    first, second = lines_of('"Doe, Jane";x\n"two\nlines";y\nlast\n')[:2]
    assert first.cells == ("Doe, Jane", "x")
    assert second.cells == ("two lines", "y")
    assert lines_of('"two\nlines";y\nlast\n')[-1].number == 3


def test_names_are_compared_without_case_and_form() -> None:
    assert key("ZOE\u0301  Müller ") == key("zoé müller")


@given(st.text(max_size=200), st.binary(max_size=200))
def test_nothing_makes_it_fail(text: str, content: bytes) -> None:
    for line in [*lines_of(text), *lines_of(decode(content))]:
        assert line.number > 0
        assert all(line.cells)
