"""Compiles the nodes that look at every item of a list, as list functions with lambdas.

A list function gives NULL (ask the reference engine) as soon as one item's test or value is unknown or none.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from tierwise.core.plan import Filter, ItemRef, Node, Project, Quantified
from tierwise.core.types import BooleanType, ListType, SetType, Type
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.expressions import Expressions
from tierwise.plugins.builtin.engine_duckdb.layers import ITEM
from tierwise.plugins.builtin.engine_duckdb.terms import Term, number_of, unknown
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import Sql

__all__ = ["Lists"]


class Lists:
    """Compiles list nodes by means of the plain expressions around them."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        expressions.compilers[ItemRef] = self._item
        expressions.compilers[Filter] = self._filter
        expressions.compilers[Project] = self._project
        expressions.compilers[Quantified] = self._quantified

    def _item(self, node: ItemRef) -> Term:
        return self.expressions.items[-1 - node.depth]

    def _over(self, of: Term, item: Type, body: Callable[[], Sql]) -> Sql:
        """Return a lambda over the items of a list; ``body`` is compiled with its item in scope."""
        name = f"{ITEM}{len(self.expressions.items)}"
        self.expressions.items.append(number_of(Term(sql.column(name), item)))
        try:
            return sql.lambda_of(name, body())
        finally:
            self.expressions.items.pop()

    def _list(self, of: Node) -> tuple[Term, Type] | None:
        """Compile a list that cannot be none; its items are never NULL, else it is unknown."""
        term = self.expressions.shared(of)
        if not isinstance(term.type, ListType | SetType) or term.none is not None:
            return None
        return term, term.type.item

    def _filter(self, node: Filter) -> Term:
        found = self._list(node.of)
        if found is None:
            return unknown(node.type)
        of, item = found
        test = self._over(of, item, lambda: self.expressions.truth(node.test))
        kept = sql.call("list_filter", of.sql, test)
        return Term(sql.case((self._all_known(of, item, node.test), sql.cast(kept, canonical_type(node.type)))), node.type)

    def _all_known(self, of: Term, item: Type, test: Node) -> Sql:
        """Whether a test is known for every item."""
        is_open = self._over(of, item, lambda: sql.is_null(self.expressions.truth(test)))
        return _is_empty(sql.call("list_filter", of.sql, is_open))

    def _project(self, node: Project) -> Term:
        found = self._list(node.of)
        if found is None:
            return unknown(node.type)
        of, item = found
        each = sql.call("list_transform", of.sql, self._over(of, item, lambda: self.expressions.term(node.each).sql))
        values = sql.try_cast(each, canonical_type(node.type))
        holes = sql.call("list_filter", values, sql.lambda_of("i9", sql.is_null(sql.column("i9"))))
        return Term(sql.case((_is_empty(holes), values)), node.type)

    def _quantified(self, node: Quantified) -> Term:
        found = self._list(node.of)
        if found is None:
            return unknown(BooleanType())
        of, item = found
        is_some = node.op == "some"

        def decisive() -> Sql:
            test = self.expressions.truth(node.test)
            return test if is_some else sql.negate(test)

        hits = sql.call("list_filter", of.sql, self._over(of, item, decisive))
        some = sql.binary(exp.GT, sql.call("len", hits), sql.integer(0))
        branches = [(some, sql.TRUE if is_some else sql.FALSE), (self._all_known(of, item, node.test), sql.FALSE if is_some else sql.TRUE)]
        return Term(sql.case(*branches), BooleanType())


def _is_empty(items: Sql) -> Sql:
    return sql.equal(sql.call("len", items), sql.integer(0))
