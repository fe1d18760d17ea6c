"""A layer of a query: expressions that are computed once a row."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from sqlglot import exp

from tierwise.plugins.sql import column

__all__ = ["Layer"]


@dataclass
class Layer:
    """Expressions that are computed once a row, under a name, however often the layer above uses them."""

    name: str
    cells: dict[str, exp.Expr] = field(default_factory=dict)
    _names: dict[Hashable, str] = field(default_factory=dict)

    def add(self, cell: exp.Expr) -> exp.Expr:
        """Return the column by which the layer above knows an expression."""
        return self.once(cell.sql("duckdb"), lambda: cell)

    def once(self, key: Hashable, make: Callable[[], exp.Expr]) -> exp.Expr:
        """Return the column of the expression that is known by a key; it is made when there is none yet."""
        if key not in self._names:
            self._names[key] = f"x{len(self._names)}"
            self.cells[self._names[key]] = make()
        return column(self._names[key], self.name)
