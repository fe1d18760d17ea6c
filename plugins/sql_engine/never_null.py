"""Takes out of an expression the tests for NULL of what is never NULL, and the branches that are never taken then."""

from __future__ import annotations

from collections.abc import Container

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql

__all__ = ["is_never_null", "without_null_tests"]

ALWAYS = (exp.Literal, exp.Boolean)
OF_PARTS = (
    exp.Paren, exp.Not, exp.And, exp.Or, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Add, exp.Sub, exp.Mul, exp.Neg,
)  # fmt: skip
"""What is NULL only where one of its parts is."""


def is_never_null(tree: Sql, whole: Container[str]) -> bool:
    """Say whether an expression has a value in every row, given the names of columns that have one; ``False`` where that cannot be seen."""
    if isinstance(tree, ALWAYS):
        return True
    if isinstance(tree, exp.Column):
        return tree.name in whole
    if isinstance(tree, exp.Is):
        return isinstance(tree.expression, exp.Null)
    if isinstance(tree, exp.Case):
        values = [branch.args["true"] for branch in tree.args["ifs"]] + [tree.args.get("default")]
        return all(value is not None and is_never_null(value, whole) for value in values)
    if type(tree) is exp.Cast:
        return is_never_null(tree.this, whole)
    return isinstance(tree, OF_PARTS) and all(is_never_null(part, whole) for part in tree.iter_expressions())


def without_null_tests(tree: Sql, whole: Container[str]) -> Sql:
    """Return what means the same, given the names of columns that are never NULL; the tree itself where there is no test."""
    if tree.find(exp.Is) is None:
        return tree
    tree = tree.copy()
    for node in reversed(list(tree.walk())):
        made = _shortened(node, whole)
        if made is node:
            continue
        if node is tree:
            tree = made
        else:
            node.replace(made)
    return tree


def _shortened(node: Sql, whole: Container[str]) -> Sql:
    """Return a node whose parts are shortened already."""
    if isinstance(node, exp.Is):
        return sql.FALSE.copy() if isinstance(node.expression, exp.Null) and is_never_null(node.this, whole) else node
    if isinstance(node, exp.Paren):
        return node.this if isinstance(node.this, exp.Boolean) else node
    if isinstance(node, exp.Not):
        return exp.Boolean(this=not node.this.this) if isinstance(node.this, exp.Boolean) else node
    if isinstance(node, exp.And | exp.Or):
        return _joined(node, decides=isinstance(node, exp.Or))
    return _cased(node) if isinstance(node, exp.Case) else node


def _joined(node: exp.And | exp.Or, decides: bool) -> Sql:
    """Return a conjunction or disjunction; ``decides`` is the truth of one side that is that of both."""
    sides = (node.left, node.right)
    for side, other in (sides, sides[::-1]):
        if isinstance(side, exp.Boolean):
            return side if side.this is decides else other
    return node


def _cased(node: exp.Case) -> Sql:
    """Return a choice without the branches that are never taken."""
    branches: list[exp.If] = []
    default = node.args.get("default")
    for branch in node.args["ifs"]:
        condition = branch.this
        if isinstance(condition, exp.Boolean) and condition.this:
            default = branch.args["true"]
            break
        if not isinstance(condition, exp.Boolean):
            branches.append(branch)
    if branches:
        return node if len(branches) == len(node.args["ifs"]) else exp.Case(ifs=branches, default=default)
    return sql.NULL.copy() if default is None else default
