"""Every test that docs/lti-conformance.md names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "lti-conformance.md"
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)(?:\[([^\]`]+)\])?`")
LEAST = 150
"""So many tests are named: a table that lost its rows must not pass."""


@cache
def functions(path: Path) -> dict[str, str]:
    """Return name → decorators, as source, of a module's functions."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            found[node.name] = " ".join(map(ast.unparse, node.decorator_list))
    return found


@cache
def texts(path: Path) -> set[str]:
    """Return all texts that a module's code holds: among them are the names of cases."""
    tree = ast.parse(path.read_text())
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def missing(table: str) -> list[str]:
    """Return the named tests that are not there, or have no such case."""
    gone = []
    for path, name, case in NAMED.findall(table):
        file = TESTS / path
        there = file.is_file() and name in functions(file)
        if there and case:
            there = "parametrize" in functions(file)[name] and case in texts(file)
        if not there:
            gone.append(f"{path}::{name}[{case}]")
    return gone


def test_every_test_in_the_table_exists() -> None:
    table = TABLE.read_text()
    assert len(NAMED.findall(table)) >= LEAST
    assert missing(table) == []


def test_every_row_names_a_test() -> None:
    rows = [line for line in TABLE.read_text().splitlines() if line.startswith("| ")]
    heads = re.compile(r"\| (requirement|test of 1EdTech|#|probe) \|")
    assert [row for row in rows if not heads.match(row) and not NAMED.search(row)] == []


def test_a_test_that_is_gone_is_seen() -> None:
    here = "architecture/test_conformance.py"
    assert missing(f"`{here}::test_that_is_not_here` `nowhere.py::test_x`") != []
    assert missing(f"`{here}::test_every_row_names_a_test[a case]`") != []
    assert missing(f"`{here}::test_every_row_names_a_test`") == []
