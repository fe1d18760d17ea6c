"""Compiles decision tables: first which rule is hit, as one column, so that each condition is written once; then the outputs, read off it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlglot import exp

from tierwise.core.plan import Constant, HitPolicy, Node, Pick, Plan, Table, Undecided
from tierwise.core.types import EnumType, ListType, NumberType, SetType
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb import numbers
from tierwise.plugins.builtin.engine_duckdb.disjoint import are_disjoint
from tierwise.plugins.builtin.engine_duckdb.expressions import Expressions, choose
from tierwise.plugins.builtin.engine_duckdb.rulebook import MOST_SUBSET_RULES, Rulebook
from tierwise.plugins.builtin.engine_duckdb.terms import Term, constant, unknown
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import Sql

__all__ = ["Picked", "Tables"]

MOST_PROVED_RULES = 200  # the proof looks at every pair


@dataclass(frozen=True, slots=True)
class Picked:
    """An output of a table.

    Attributes:
        value: Its term.
        rules: The number of the rules that gave it (`rulebook.py`); ``None`` when the table gives none.
        open: A small number where the policy itself leaves the output open, which alone decides the outcome; else NULL.
    """

    value: Term
    rules: Sql | None = None
    open: Sql | None = None


class Tables:
    """Compiles the tables of a plan, each once."""

    def __init__(self, plan: Plan, expressions: Expressions, rulebook: Rulebook) -> None:
        self.plan = plan
        self.expressions = expressions
        self.rulebook = rulebook
        self._hits: dict[str, list[Sql]] = {}
        self._single: dict[str, tuple[Sql, int]] = {}
        self._subset: dict[str, Sql] = {}
        expressions.compilers[Pick] = lambda node: self.pick(node).value

    def pick(self, node: Pick) -> Picked:
        """Compile one output of a table."""
        table = self.plan.tables[node.table]
        if table.hit in (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST):
            return self._pick_single(table, node)
        if len(table.rules) > MOST_SUBSET_RULES:
            return Picked(unknown(node.type))
        if table.hit is HitPolicy.PRIORITY:
            return self._pick_priority(table, node)
        return self._pick_collected(table, node)

    def hits(self, table: Table) -> list[Sql]:
        """Return for each rule whether it is hit."""
        if table.name not in self._hits:
            tests = [[self.expressions.truth(test) for test in rule.tests if test is not None] for rule in table.rules]
            seen = Counter(sql.printed(test) for row in tests for test in row)
            self._hits[table.name] = [sql.all_of(*(self._tested(test, seen) for test in row)) for row in tests]
        return self._hits[table.name]

    def _tested(self, test: Sql, seen: Counter[str]) -> Sql:
        """Return a test, with a column of its own where several rules ask the same."""
        return self.expressions.layers.column(test) if seen[sql.printed(test)] > 1 else test

    # ---- unique, any, first --------------------------------------------------------------------------------------------

    def _pick_single(self, table: Table, node: Pick) -> Picked:
        if table.name not in self._single:
            index = self._first_hit(table) if table.hit is HitPolicy.FIRST else self._only_hit(table)
            ids = [rule.id for rule in table.rules]
            self._single[table.name] = self.expressions.layers.column(sql.cast(index, "INTEGER")), self.rulebook.single(ids)
            self.expressions.layers.keep(self._single[table.name][0])
        hit, start = self._single[table.name]
        default = table.defaults[node.output] if node.output < len(table.defaults) else None
        outputs = [rule.outputs[node.output] for rule in table.rules]
        options = [(sql.equal(hit, sql.integer(i)), self._output(output, node)) for i, output in enumerate(outputs, 1)]
        if default is not None:
            options.append((sql.equal(hit, sql.integer(0)), self._output(default, node)))
        open_hits = [i for i, output in enumerate([default, *outputs]) if output is None or isinstance(output, Undecided)]
        left_open = sql.one_of(hit, [sql.integer(i) for i in open_hits])
        value = self._looked_up(hit, options, node)
        return Picked(value, sql.binary(exp.Add, hit, sql.integer(start)), sql.case((left_open, hit)))

    def _output(self, output: Node, node: Pick) -> Term:
        return unknown(node.type) if isinstance(output, Undecided) else self.expressions.term(output)

    def _looked_up(self, hit: Sql, options: Sequence[tuple[Sql, Term]], node: Pick) -> Term:
        """Read a value off the hit; ``CASE`` looks equal values up only once."""
        groups: dict[str, tuple[list[Sql], Term]] = {}
        for condition, term in options:
            groups.setdefault(f"{sql.printed(term.sql)} {term.none and sql.printed(term.none)}", ([], term))[0].append(condition)
        return (
            choose([(sql.any_of(*conditions), term) for conditions, term in groups.values()], node.type) if groups else unknown(node.type)
        )

    def _first_hit(self, table: Table) -> Sql:
        """The first rule whose test is true, provided that none before it is unknown; 0 for none."""
        hits = [self.expressions.layers.column(hit) for hit in self.hits(table)]
        branches: list[tuple[Sql, Sql]] = []
        for number, hit in enumerate(hits, 1):
            branches += [(hit, sql.integer(number)), (sql.is_null(hit), sql.NULL)]
        return sql.case(*branches, default=sql.integer(0))

    def _only_hit(self, table: Table) -> Sql:
        """The one rule that is hit while no other can be; 0 for none. Rules proved disjoint need no count of the hits."""
        hits = self.hits(table)
        if len(hits) <= MOST_PROVED_RULES and all(are_disjoint(left, right) for left, right in combinations(table.rules, 2)):
            nothing = sql.case((sql.negate(sql.any_of(*hits)), sql.integer(0)))
            return sql.case(*[(hit, sql.integer(number)) for number, hit in enumerate(hits, 1)], default=nothing)
        hits = [self.expressions.layers.column(hit) for hit in hits]
        may_be_hit = [sql.case((sql.negate(hit), sql.integer(0)), default=sql.integer(1)) for hit in hits]
        possible = self.expressions.layers.column(sql.balanced(exp.Add, may_be_hit) or sql.integer(0))
        branches = [
            (sql.equal(possible, sql.integer(0)), sql.integer(0)),
            (sql.binary(exp.GT, possible, sql.integer(1)), sql.NULL),
        ]
        return sql.case(*branches, *((hit, sql.integer(number)) for number, hit in enumerate(hits, 1)))

    # ---- priority ------------------------------------------------------------------------------------------------------

    def _pick_priority(self, table: Table, node: Pick) -> Picked:
        """The best value of the hits: every rule with a better value must be known not to be hit."""
        outputs = [rule.outputs[node.output] for rule in table.rules]
        values = [output.value for output in outputs if isinstance(output, Constant) and isinstance(output.value, str)]
        if len(values) < len(outputs) or not isinstance(node.type, EnumType):
            return Picked(unknown(node.type))
        hits = [self.expressions.layers.column(hit) for hit in self.hits(table)]
        branches: list[tuple[Sql, Sql]] = []
        start, words = self.rulebook.subset([rule.id for rule in table.rules]), sorted(set(values), key=node.type.values.index)
        numbers_of: list[tuple[Sql, Sql]] = []
        for word in words:
            chosen = [(bit, hit) for bit, (hit, value) in enumerate(zip(hits, values, strict=True)) if value == word]
            is_hit = sql.any_of(*(hit for _, hit in chosen))
            branches += [(is_hit, sql.text(word)), (sql.is_null(is_hit), sql.NULL)]
            numbers_of += [(is_hit, _bits(chosen, start)), (sql.is_null(is_hit), sql.NULL)]
        default = table.defaults[node.output] if node.output < len(table.defaults) else None
        fallback = unknown(node.type) if default is None else self._output(default, node)
        none = sql.all_of(*(sql.negate(hit) for hit in hits))
        value = choose([(none, fallback)], node.type, Term(sql.case(*branches), node.type))
        return Picked(value, sql.case(*numbers_of, default=sql.integer(start)))

    # ---- collect -------------------------------------------------------------------------------------------------------

    def _subset_of(self, table: Table) -> tuple[Sql, Sql]:
        """Return whether all hits are known, and the number of the rules hit."""
        hits = [self.expressions.layers.column(hit) for hit in self.hits(table)]
        all_known = sql.all_of(*(sql.is_known(hit) for hit in hits))
        if table.name not in self._subset:
            start = self.rulebook.subset([rule.id for rule in table.rules])
            self._subset[table.name] = self.expressions.layers.column(_bits(list(enumerate(hits)), start))
        return all_known, self._subset[table.name]

    def _pick_collected(self, table: Table, node: Pick) -> Picked:
        all_known, number = self._subset_of(table)
        hits = [self.expressions.layers.column(hit) for hit in self.hits(table)]
        outputs = [rule.outputs[node.output] for rule in table.rules]
        if table.hit is HitPolicy.COUNT:
            terms = [self._output(output, node) for output in outputs]  # what is hit must be known, though only counted
            all_known = sql.all_of(all_known, *(sql.any_of(sql.negate(h), t.known) for h, t in zip(hits, terms, strict=True)))
            ones = [Term(_when(hit, sql.cast(sql.integer(1), "DECIMAL(1, 0)")), node.type, None, 1, 0) for hit in hits]
            value = numbers.add(ones, node.type) if ones else constant(numbers.ZERO, node.type)
        elif table.hit is HitPolicy.COLLECT:
            value = _union(hits, outputs, node)
        else:
            value = self._aggregate(table, node, hits, outputs)
        return Picked(choose([(all_known, value)], node.type), number)

    def _aggregate(self, table: Table, node: Pick, hits: list[Sql], outputs: list[Node]) -> Term:
        """Sum, least or greatest of the hits' values; without a hit the default."""
        terms = [self._output(output, node) for output in outputs]
        if not isinstance(node.type, NumberType) or any(t.none is not None for t in terms) or not terms:
            return unknown(node.type)
        if table.hit is HitPolicy.SUM:
            zero = constant(numbers.ZERO, node.type)
            total = numbers.add(
                [choose([(sql.negate(hit), zero)], node.type, term) for hit, term in zip(hits, terms, strict=True)], node.type
            )
        else:
            sides = numbers.common(terms)
            if sides is None:
                return unknown(node.type)
            function = "least" if table.hit is HitPolicy.MIN else "greatest"  # both leave NULL out
            values, whole, scale = sides
            picked = sql.call(function, *(sql.case((hit, v)) for hit, v in zip(hits, values, strict=True)))
            sound = sql.all_of(*(sql.any_of(sql.negate(hit), sql.is_known(v)) for hit, v in zip(hits, values, strict=True)))
            total = Term(sql.case((sound, picked)), node.type, None, whole, scale)
        default = table.defaults[node.output] if node.output < len(table.defaults) else None
        fallback = unknown(node.type) if default is None else self._output(default, node)
        return choose([(sql.any_of(*hits), total)], node.type, fallback)


def _when(condition: Sql, value: Sql) -> Sql:
    return sql.case((condition, value), default=sql.cast(sql.integer(0), "DECIMAL(1, 0)"))


def _bits(hits: Sequence[tuple[int, Sql]], start: int) -> Sql:
    """Add up the bits of the rules hit, from ``start``."""
    parts = [sql.case((hit, sql.cast(sql.integer(1 << bit), "BIGINT")), default=sql.cast(sql.integer(0), "BIGINT")) for bit, hit in hits]
    total = sql.balanced(exp.Add, [sql.cast(sql.integer(start), "BIGINT"), *parts])
    assert total is not None
    return total


def _union(hits: list[Sql], outputs: list[Node], node: Pick) -> Term:
    """List the values of the hits in rule order, those of a set each where it first appears; values must be constants."""
    if not isinstance(node.type, ListType | SetType) or not all(isinstance(output, Constant) for output in outputs):
        return unknown(node.type)
    appears: list[tuple[object, Sql]] = []
    before: dict[object, list[Sql]] = {}
    for hit, output in zip(hits, outputs, strict=True):
        value = output.value if isinstance(output, Constant) else None
        for item in value if isinstance(value, tuple) else (value,):
            if item is None:
                continue
            if isinstance(item, tuple):
                return unknown(node.type)
            appears.append((item, sql.all_of(hit, *(sql.negate(other) for other in before.get(item, ())))))
            if isinstance(node.type, SetType):
                before.setdefault(item, []).append(hit)
    items = [sql.case((condition, constant(item, node.type.item).sql)) for item, condition in appears]
    if not items:
        return constant((), node.type)
    kept = sql.call("list_filter", sql.array(*items), sql.lambda_of("i0", sql.is_known(sql.column("i0"))))
    return Term(sql.cast(kept, canonical_type(node.type)), node.type)
