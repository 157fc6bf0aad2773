"""Small files with one subject, short functions: read, not guessed."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE_LINES = 300
FUNCTION_LINES = 40
HANDLER_LINES = 20


def modules() -> list[Path]:
    return [*ROOT.glob("lti_tool/**/*.py"), *ROOT.glob("config/**/*.py")]


def functions(path: Path) -> list[ast.FunctionDef]:
    return [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
    ]


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def test_modules_are_small() -> None:
    sizes = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in modules()}
    assert sizes, "no module found"
    assert {path: size for path, size in sizes.items() if size > MODULE_LINES} == {}


def test_functions_are_short() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": length(node)
        for path in modules()
        for node in functions(path)
        if length(node) > FUNCTION_LINES
    }
    assert long == {}


def test_handlers_are_short() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": length(node)
        for path in ROOT.glob("lti_tool/views/**/*.py")
        for node in functions(path)
        if node.decorator_list and length(node) > HANDLER_LINES
    }
    assert long == {}
