"""Every order of rows ends in a column of a key, so that it is the same at each look.

An order with ties differs from page to page and from one database to the other: rows come twice or
never, and "the first" is another one each time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import UniqueConstraint

from lti_tool.models import Base

ROOT = Path(__file__).parents[2]
MODELS = {mapper.class_.__name__: mapper.local_table for mapper in Base.registry.mappers}
WAYS = ("desc", "asc", "nulls_first", "nulls_last")
ENDS_WELL = {"order_of(activity)"}
"""Calls that return an order; looked at where they are defined."""


def keys(name: str) -> set[str]:
    """Return the columns of a model that are part of a key."""
    table = MODELS[name]
    found = [table.primary_key, *(one for one in table.indexes if one.unique)]
    found += [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    return {column.name for one in found for column in one.columns}


def plain(node: ast.expr) -> ast.expr:
    """Return an expression without its direction."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in WAYS:
            break
        node = node.func.value
    return node


def is_of_a_key(node: ast.expr) -> bool:
    node = plain(node)
    if not isinstance(node, ast.Attribute):
        return False
    if isinstance(node.value, ast.Name) and node.value.id in MODELS:
        return node.attr in keys(node.value.id)
    return node.attr.endswith("id")  # an alias, or a column of a subquery


def ends_well(argument: ast.expr, tree: ast.AST) -> bool:
    if not isinstance(argument, ast.Starred):
        return is_of_a_key(argument) or ast.unparse(argument) == "None"
    if ast.unparse(argument.value) in ENDS_WELL:
        return True
    orders = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == ast.unparse(argument.value)
    ]
    return bool(orders) and all(
        isinstance(one, ast.Tuple) and is_of_a_key(one.elts[-1]) for one in orders
    )


def orders_with_ties(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        is_order = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "order_by"
        if is_order and node.args and not ends_well(node.args[-1], tree):
            yield ", ".join(map(ast.unparse, node.args))


def test_orders_end_in_a_column_of_a_key() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {order}"
        for path in sorted((ROOT / "lti_tool").rglob("*.py"))
        if "sandbox" not in path.parts and ".order_by(" in (source := path.read_text("utf-8"))
        for order in orders_with_ties(source)
    ]
    assert not found, "add the id at the end:\n" + "\n".join(found)


def test_an_order_with_ties_is_found() -> None:
    assert list(orders_with_ties("query.order_by(Activity.title, Activity.created_at.desc())"))
    assert list(orders_with_ties("order = (Activity.title,)\nquery.order_by(*order)"))
    assert not list(orders_with_ties("query.order_by(Activity.title, Activity.id.desc())"))
