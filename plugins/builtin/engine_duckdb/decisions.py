"""Compiles decisions in the plan's order: each becomes a column with its value where SQL can tell, NULL where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from tierwise.core.plan import (
    Agree,
    Collected,
    Conditional,
    Constant,
    Decision,
    FactRef,
    Labels,
    Node,
    Overdue,
    Pick,
    Plan,
    Prefer,
    ReadingRef,
    Undecided,
)
from tierwise.core.types import BooleanType, EnumType, ListType, SetType
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb import dates
from tierwise.plugins.builtin.engine_duckdb.comparisons import compare
from tierwise.plugins.builtin.engine_duckdb.expressions import Expressions, choose
from tierwise.plugins.builtin.engine_duckdb.tables import Picked, Tables
from tierwise.plugins.builtin.engine_duckdb.terms import Term, constant, unknown
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import Sql

__all__ = ["Decisions"]


@dataclass(frozen=True, slots=True)
class Words:
    """A set of words as SQL: a list, or a single word."""

    of: Term

    def hold(self, word: str) -> Sql:
        """Whether a word is among them."""
        if isinstance(self.of.type, ListType | SetType):
            return sql.call("list_contains", self.of.sql, sql.text(word))
        return sql.equal(self.of.sql, sql.text(word))


class Decisions:
    """Compiles the nodes that stand at the top of a decision, and whole decisions."""

    def __init__(self, plan: Plan, expressions: Expressions, tables: Tables) -> None:
        self.plan = plan
        self.expressions = expressions
        self.tables = tables
        compilers: dict[type[Any], Callable[[Any], Term]] = {
            Undecided: lambda node: unknown(node.type),
            Labels: self._labels,
            Agree: self._agree,
            Collected: self._collected,
            Prefer: self._prefer,
            Overdue: self._overdue,
        }
        expressions.compilers.update(compilers)

    def compile(self, decision: Decision) -> Picked:
        """Compile one decision; those that it reads must have been compiled before."""
        if decision.population:
            picked = Picked(unknown(decision.type))
        elif isinstance(decision.node, Pick):
            picked = self.tables.pick(decision.node)
        elif isinstance(decision.node, Conditional):
            picked = Picked(self.expressions.term(decision.node), None, self._left_open(decision.node))
        else:
            picked = Picked(self.expressions.term(decision.node))
        layers = self.expressions.layers
        value = layers.hoist(picked.value)
        rules, left_open = (None if tree is None else layers.column(tree) for tree in (picked.rules, picked.open))
        self.expressions.names["decision", decision.name] = value
        return Picked(value, rules, left_open)

    def _left_open(self, node: Conditional) -> Sql | None:
        """Return a number for the branch taken where the policy leaves that branch open."""
        condition = self.expressions.layers.column(self.expressions.truth(node.condition))
        branches = [(condition, node.yes), (sql.negate(condition), node.no)]
        codes = [(taken, sql.integer(code)) for code, (taken, branch) in enumerate(branches) if isinstance(branch, Undecided)]
        return sql.cast(sql.case(*codes), "INTEGER") if codes else None

    # ---- several classes -----------------------------------------------------------------------------------------------

    def _labels(self, node: Labels) -> Term:
        tests = [(label, self.expressions.layers.column(self.expressions.truth(test))) for label, test in node.tests]
        return _listed([(sql.text(label), test) for label, test in tests], [test for _, test in tests], node)

    def _agree(self, node: Agree) -> Term:
        """The value of all words in the set, provided that each is known and all are equal."""
        words = self._words(node.of)
        if words is None:
            return unknown(node.type)
        terms = [self.expressions.term(value) for _, value in node.values]
        holds = [self.expressions.layers.column(words.hold(word)) for word, _ in node.values]
        pairs: list[tuple[Sql, Term]] = []
        for place, (hold, term) in enumerate(zip(holds, terms, strict=True)):
            rivals = [sql.any_of(sql.negate(h), _is_same(term, t)) for i, (h, t) in enumerate(zip(holds, terms, strict=True)) if i != place]
            pairs.append((sql.all_of(hold, term.known, *rivals), term))
        covered = self._covered(words, [word for word, _ in node.values])
        agreed = [(sql.all_of(covered, condition), term) for condition, term in pairs]
        if node.empty is not None and isinstance(words.of.type, ListType | SetType):
            is_empty = sql.equal(sql.call("len", words.of.sql), sql.integer(0))
            agreed.append((is_empty, self.expressions.term(node.empty)))
        return choose(agreed, node.type) if agreed else unknown(node.type)

    def _covered(self, words: Words, said: Sequence[str]) -> Sql:
        """Whether the policy says something of every word in the set."""
        if isinstance(words.of.type, ListType | SetType):
            known = sql.cast(sql.array(*(sql.text(word) for word in said)), "VARCHAR[]")
            return sql.call("list_has_all", known, words.of.sql)
        return sql.TRUE

    def _collected(self, node: Collected) -> Term:
        """The union of the words' sets, which must be constants, in the order of the words."""
        words = self._words(node.of)
        if words is None or not isinstance(node.type, ListType | SetType):
            return unknown(node.type)
        entries: list[tuple[Sql, Sql]] = []
        before: dict[Any, list[Sql]] = {}
        for word, value in node.values:
            if not isinstance(value, Constant) or not isinstance(value.value, tuple):
                return unknown(node.type)
            hold = self.expressions.layers.column(words.hold(word))
            for item in value.value:
                if isinstance(item, tuple | dict):
                    return unknown(node.type)
                first = sql.all_of(hold, *(sql.negate(other) for other in before.get(item, ())))
                entries.append((constant(item, node.type.item).sql, first))
                before.setdefault(item, []).append(hold)
        return _listed(entries, [words.of.known], node)

    def _words(self, of: Node) -> Words | None:
        term = self.expressions.shared(of)
        is_words = isinstance(term.type, EnumType) or (isinstance(term.type, ListType | SetType) and term.none is None)
        return Words(term) if is_words and term.none is None else None

    # ---- prefer, overdue -----------------------------------------------------------------------------------------------

    def _prefer(self, node: Prefer) -> Term:
        """The first part that is determined. A later part counts only where an earlier one is a fact that is surely missing."""
        options: list[tuple[Sql, Term]] = []
        earlier: list[Sql] = []
        for part in node.parts:
            term = self.expressions.shared(part)
            options.append((sql.all_of(*earlier, term.known), term))
            if not isinstance(part, FactRef) or not _has_choice(part):
                break
            earlier.append(sql.negate(term.known))
        return choose(options, node.type)

    def _overdue(self, node: Overdue) -> Term:
        last, every, as_of = (self.expressions.shared(part) for part in (node.last, node.every, node.as_of))
        unsettled = isinstance(node.reading, ReadingRef) and node.reading.name not in self.expressions.readings
        reading = None if unsettled else self.expressions.shared(node.reading)
        if every.none is not None or as_of.none is not None or type(last.type) is not type(as_of.type):
            return unknown(BooleanType())
        late = self._late(reading, last, every, as_of)
        if last.none is None:
            return Term(late, BooleanType())
        never = sql.all_of(last.none, every.known, as_of.known, *([] if reading is None else [reading.known]))
        return Term(sql.case((never, sql.TRUE), (last.none, sql.NULL), default=late), BooleanType())

    def _late(self, reading: Term | None, last: Term, every: Term, as_of: Term) -> Sql:
        """Whether it is late by the reading, or by both where none is settled; NULL where they differ."""
        column = self.expressions.layers.column
        rolling = column(sql.binary(exp.GT, as_of.sql, dates.step(last, every, 1, column).sql))
        calendar = column(sql.case((dates.is_positive(every), dates.late_by_calendar(last, every, as_of, column)), default=rolling))
        known = sql.all_of(last.known, every.known, as_of.known)
        by = [(rolling, "rolling"), (calendar, "calendar")]
        if reading is None:
            ways = [(sql.equal(rolling, calendar), rolling)]
        else:
            ways = [(sql.equal(reading.sql, sql.text(word)), late) for late, word in by]
        return sql.case((sql.negate(known), sql.NULL), *ways)


def _is_same(left: Term, right: Term) -> Sql:
    """Whether two known values are one; with none among them SQL does not say."""
    if left.none is not None or right.none is not None:
        return sql.NULL
    return compare("=", left, right)


def _has_choice(fact: FactRef) -> bool:
    """Whether a missing fact of this type may have more than one value, so that it is surely undetermined."""
    return not isinstance(fact.type, EnumType) or len(fact.type.values) > 1


def _listed(entries: Sequence[tuple[Sql, Sql]], known: Sequence[Sql], node: Labels | Collected) -> Term:
    """List the entries whose condition holds, provided that all of ``known`` are."""
    items = sql.array(*(sql.case((condition, value)) for value, condition in entries))
    kept = sql.call("list_filter", items, sql.lambda_of("i0", sql.is_known(sql.column("i0"))))
    conditions = [sql.is_known(part) if isinstance(node, Labels) else part for part in known]
    values = sql.cast(kept, canonical_type(node.type)) if entries else constant((), node.type).sql
    return Term(sql.case((sql.all_of(*conditions), values)), node.type)
