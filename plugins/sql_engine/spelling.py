"""Spells trees that are written for DuckDB in another database: what a database calls each function, node and type stands in three tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql

__all__ = ["SAME", "SAME_FUNCTIONS", "Spelling", "unwrapped"]

SAME: tuple[type[exp.Expr], ...] = (
    exp.Add, exp.Alias, exp.Anonymous, exp.And, exp.Between, exp.Boolean, exp.Case, exp.Cast, exp.Column, exp.Count, exp.CTE, exp.DataType, exp.DataTypeParam, exp.Distinct,
    exp.EQ, exp.From, exp.GT, exp.GTE, exp.Group, exp.Identifier, exp.If, exp.In, exp.Is, exp.Join, exp.LT, exp.LTE, exp.Limit, exp.Literal,
    exp.Collate, exp.Mod, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null, exp.Or, exp.Order, exp.Ordered, exp.Paren, exp.Select, exp.Star, exp.Sub,
    exp.Subquery, exp.Table, exp.TableAlias, exp.Where, exp.Window, exp.With, exp.Offset, exp.DPipe, exp.Exists, exp.BitwiseAnd, exp.BitwiseOr, exp.Lambda, exp.PropertyEQ, exp.Filter, exp.Having, exp.Sum,
    exp.Union,
)  # fmt: skip
"""What means the same in every database; names, constants, conditions, exact arithmetic, the parts of a query, and what stands within others only."""

Spelled = Callable[..., Sql]

SAME_FUNCTIONS: Mapping[str, str] = {name: name.upper() for name in ("abs", "bool_or", "dense_rank", "min", "row_number", "sum", "trim")}
"""What DuckDB's functions are called in databases that have them under the same name."""


@dataclass(frozen=True)
class Spelling:
    """A ``Dialect`` by tables.

    Attributes:
        name: The database, as sqlglot calls it.
        functions: DuckDB's name of a function to what makes its call of the spelled arguments; a text is another name for the same.
        nodes: Class of a node to what makes it of the node, whose parts are spelled already; ``None`` for one that cannot be said.
        type: What a column type is called, ``None`` for one that there is not.
        refuses: Says of a node whether it cannot be said after all.
        fence: Marks a layer so that its columns are not computed again for each reader; ``None`` where they are not anyhow.
        ranks_by_windows: Whether members are ranked by windows over all of them.
        bits: How many bits a whole number has for sets of possible values.
        longest_name: How many bytes of a name the database reads; longer ones are shortened.
    """

    name: str
    functions: Mapping[str, Spelled | str]
    nodes: Mapping[type[exp.Expr], Callable[[Any], Sql]]
    type: Callable[[exp.DataType], exp.DataType | None]
    refuses: Callable[[Sql], bool] = lambda node: False
    fence: Callable[[exp.Select], exp.Select] | None = None
    ranks_by_windows: bool = False
    bits: int = 62
    longest_name: int = 0
    _held: dict[str, bool] = field(default_factory=dict)

    def says(self, tree: Sql) -> bool:
        """Say whether all of a tree can be spelled."""
        return all(map(self._says_node, tree.walk()))

    def _says_node(self, node: Sql) -> bool:
        if isinstance(node, exp.Anonymous):
            return str(node.this).lower() in self.functions
        if isinstance(node, exp.DataType):
            outer = node.parent
            return isinstance(outer, exp.DataType | exp.ColumnDef) or _is_untyped(outer) or self.type(node) is not None
        if isinstance(node, exp.ColumnDef):
            return isinstance(node.parent, exp.DataType)
        return (isinstance(node, SAME) or type(node) in self.nodes) and not self.refuses(node)

    def holds(self, type: str) -> bool:
        """Say whether a column can have a type."""
        if type not in self._held:
            self._held[type] = self.type(exp.DataType.build(type, dialect=sql.DIALECT)) is not None
        return self._held[type]

    def printed(self, tree: Sql) -> str:
        """Print a tree."""
        return self.spelled(tree).sql(self.name, copy=False)

    def spelled(self, tree: Sql) -> Sql:
        """Return a copy of a tree as this database has it."""
        tree = tree.copy()
        for node in reversed(list(tree.walk())):
            made = self._node(node)
            if made is node:
                continue
            if node.parent is None:
                tree = made
            else:
                node.replace(made)
        return tree

    def _node(self, node: Sql) -> Sql:
        if isinstance(node, exp.Anonymous):
            given = self.functions[str(node.this).lower()]
            return sql.call(given, *node.expressions) if isinstance(given, str) else given(*node.expressions)
        if isinstance(node, exp.Cast):  # TryCast, too
            if _is_untyped(node):
                kind = self.type(node.to)
                return node.this if kind is None else exp.Cast(this=node.this, to=kind)
            kind = self.type(node.to)
            assert kind is not None, "INVARIANT: what is not said is not printed"
            items = sql.items_listed(node)
            if items is not None:
                return self._listed(items, kind.expressions[0])
            node.set("to", kind)
        if isinstance(node, exp.Identifier) and self.longest_name and len(node.name.encode()) > self.longest_name:
            return sql.identifier(sha256(node.name.encode()).hexdigest()[: self.longest_name])
        make = self.nodes.get(type(node))
        return node if make is None else make(node)

    def _listed(self, items: Sequence[str], kind: exp.DataType) -> Sql:
        cells = [sql.NULL.copy() if item == "NULL" else exp.Cast(this=sql.text(item), to=kind.copy()) for item in items]
        make = self.functions["list_value"]
        return sql.call(make, *cells) if isinstance(make, str) else make(*cells)

    def fenced(self, layer: exp.Select) -> exp.Select:
        """Return a query of computed columns so that the database computes each of them once."""
        return layer if self.fence is None else self.fence(layer)

    @property
    def recomputes(self) -> bool:
        """Whether there is a fence, and so something to keep out."""
        return self.fence is not None


def _is_untyped(node: Any) -> bool:
    """Whether a node is a cast of nothing, which is nothing in any type."""
    return isinstance(node, exp.Cast) and isinstance(node.this, exp.Null)


def unwrapped(node: Sql) -> Sql:
    """Return what stands in brackets."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node
