"""Subjects whom no test of some outputs tells apart, taken as one kind: what is true of one of them is true of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from uuid import uuid4

from sqlglot import exp

from tierwise.core.meaning import Evaluator
from tierwise.core.meaning.value_line import line_of
from tierwise.core.plan import POPULATION, Decision, Fact, Plan, borders_of
from tierwise.core.plan.usage import Usage, usage_of
from tierwise.core.types import DateTimeType, DateType, NumberType
from tierwise.core.values import Value
from tierwise.plugins import sql
from tierwise.plugins.facts import FactTable, Stored
from tierwise.plugins.paths.stored_value import constant
from tierwise.plugins.sql import Sql

__all__ = ["SUBJECTS", "Alike", "alike_of"]

SUBJECTS = "subjects of kind"
"""The column beside those of facts in which it stands how many are of a kind; no fact can be called so."""
WORTH = 2
"""So many subjects a kind, at least, or each is looked at by itself."""


@dataclass(frozen=True)
class Alike:
    """Kinds of subjects.

    Attributes:
        facts: One subject of each kind, with its own key.
        counted: The query of these, and beside the facts of each what tells its kind from others, and how many ``SUBJECTS`` are of that kind.
        cells: What it is that tells them apart, by its column, of a subject in ``facts``.
    """

    facts: FactTable
    counted: exp.Select
    cells: Mapping[str, Sql]


def alike_of(evaluator: Evaluator, facts: FactTable, outputs: Sequence[Decision]) -> Alike:
    """Put subjects into kinds that no test of some outputs tells apart.

    Returns:
        The kinds; each subject is one of its own where what one comes to hangs on others, or where there are hardly fewer kinds than subjects.
    """
    usages = [usage_of(evaluator.plan, output.node) for output in outputs]
    hangs_on_others = any(usage.rankings or POPULATION in usage.facts for usage in usages)
    found = None if hangs_on_others else _found(facts, dict(_cells(evaluator.plan, facts, usages, evaluator)))
    if found is not None:
        return found
    columns = [exp.Star(), *sql.named([(SUBJECTS, sql.integer(1)), ("cell 0", sql.column("key"))])]
    return Alike(facts, sql.select(*columns, source=sql.table(facts.relation)), {"cell 0": sql.column("key", "facts")})


def _found(facts: FactTable, cells: Mapping[str, Sql]) -> Alike | None:
    """Return the kinds by what tells them apart, where they are worth it."""
    kinds, one_each = f"kinds:{uuid4().hex}", f"each:{uuid4().hex}"
    row, first = sql.column(facts.stored.row, "facts"), "first of kind"
    columns = [(first, sql.call("min", row)), (SUBJECTS, sql.count()), *cells.items()]
    grouped = sql.select(*sql.named(columns), source=_all(facts)).group_by(*(cell.copy() for cell in cells.values()))
    connection = facts.connection
    connection.execute(sql.create(kinds, grouped))
    count = (connection.execute(sql.printed(sql.select(sql.count(), source=sql.table(kinds)))).fetchone() or (0,))[0]
    is_worth_it = count * WORTH <= facts.count()
    if is_worth_it:
        same = sql.equal(row.copy(), sql.column(first))
        connection.execute(sql.create(one_each, sql.select(exp.Star(), source=_all(facts)).join(sql.table(kinds), on=same)))
    connection.execute(sql.drop(kinds))
    if not is_worth_it:
        return None
    own = replace(facts, table=one_each, stored=Stored(), lies=None, bring=lambda: None)
    return Alike(own, sql.select(exp.Star(), source=sql.table(one_each)), cells)


def _all(facts: FactTable) -> Sql:
    return exp.alias_(sql.table(facts.relation), "facts", table=True, quoted=True)


def _cells(plan: Plan, facts: FactTable, usages: Sequence[Usage], evaluator: Evaluator) -> list[tuple[str, Sql]]:
    cells: list[tuple[str, Sql]] = []
    for name in dict.fromkeys(name for usage in usages for name in usage.facts if name in facts.columns):
        fact, given = plan.facts[name], sql.column(facts.columns[name], "facts")
        ends = _ends(fact, usages, evaluator)
        cells.append((f"cell {len(cells)}", given if ends is None else _piece(fact, given, ends)))
        if fact.nullable:
            cells.append((f"cell {len(cells)}", sql.column(f"{facts.columns[name]}__none", "facts")))
    return cells


def _ends(fact: Fact, usages: Sequence[Usage], evaluator: Evaluator) -> list[Value] | None:
    """Return the values from which on some test of a fact tells otherwise than just below; ``None`` where each value may matter."""
    line = line_of(fact.type)
    if line is None or not line.discrete or any(fact.name in usage.loose for usage in usages):
        return None
    if not isinstance(fact.type, NumberType | DateType | DateTimeType):
        return None
    tests = [test for usage in usages for test in usage.tests.get(fact.name, ())]

    def told(step: int) -> tuple[object, ...]:
        return tuple(evaluator.value_of(test, {fact.name: line.value(Fraction(step))}) is True for test in tests)

    ends: list[int] = []
    for place in {line.position(border) for test in tests for border in borders_of(test) if border is not None}:
        steps = dict.fromkeys((ceil(place) - 1, ceil(place), floor(place) + 1))
        inside = [step for step in steps if (line.low is None or step >= line.low) and (line.high is None or step <= line.high)]
        ends += [after for before, after in pairwise(inside) if told(before) != told(after)]
    return [line.value(Fraction(end)) for end in sorted(set(ends))]


def _piece(fact: Fact, given: Sql, ends: Sequence[Value]) -> Sql:
    """Return how many ends a value has passed."""
    passed = [sql.cast(given.copy() >= constant(end, fact.type), "INTEGER") for end in ends]
    known = sql.case((sql.is_known(given.copy()), sql.integer(0)))
    return sql.balanced(exp.Add, [known, *passed]) or known
