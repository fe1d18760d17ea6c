"""Subjects whom no test of some outputs tells apart, taken as one kind: what is true of one of them is true of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
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

__all__ = ["Alike", "alike_of"]

WORTH = 2
"""So many subjects a kind, at least, or each is looked at by itself."""


@dataclass(frozen=True)
class Alike:
    """Kinds of subjects.

    Attributes:
        subjects: All subjects.
        facts: One subject of each kind, with its own key.
        kinds: The table of the kinds: ``kind``, the key of the one that stands for it, and what tells it from others.
        cells: What that is, of a subject.
    """

    subjects: FactTable
    facts: FactTable
    kinds: str
    cells: Mapping[str, Sql]

    @cached_property
    def members(self) -> exp.Select:
        """The query of all subjects with their facts, and ``kind``."""
        same = sql.all_of(*(exp.NullSafeEQ(this=cell.copy(), expression=sql.column(name, "kinds")) for name, cell in self.cells.items()))
        rows = sql.select(
            exp.Column(this=exp.Star(), table=sql.identifier("facts")), sql.column("kind", "kinds"), source=_all(self.subjects)
        )
        return rows.join(sql.subquery(sql.select(exp.Star(), source=sql.table(self.kinds)), "kinds"), on=same)


def alike_of(evaluator: Evaluator, facts: FactTable, outputs: Sequence[Decision]) -> Alike | None:
    """Put subjects into kinds that no test of some outputs tells apart.

    Returns:
        The kinds; ``None`` where what one comes to hangs on others, or where there are hardly fewer kinds than subjects.
    """
    plan = evaluator.plan
    usages = [usage_of(plan, output.node) for output in outputs]
    if any(usage.rankings or POPULATION in usage.facts for usage in usages):
        return None
    cells = dict(_cells(plan, facts, usages, evaluator))
    kinds, one_each = f"kinds:{uuid4().hex}", f"each:{uuid4().hex}"
    place = sql.call("min", sql.column(facts.stored.row, "facts"))
    grouped = sql.select(*sql.named([("place", place), *cells.items()]), source=_all(facts)).group_by(
        *(cell.copy() for cell in cells.values())
    )
    first = sql.equal(sql.column(facts.stored.row, "facts"), sql.column("place", "grouped"))
    columns = [("kind", sql.column("key", "facts")), *((name, sql.column(name, "grouped")) for name in cells)]
    connection = facts.connection
    connection.execute(
        sql.create(kinds, sql.select(*sql.named(columns), source=_all(facts)).join(sql.subquery(grouped, "grouped"), on=first))
    )
    found = (connection.execute(sql.printed(sql.select(sql.count(), source=sql.table(kinds)))).fetchone() or (0,))[0]
    if found * WORTH > facts.count():
        return None
    standing = exp.In(this=sql.column("key"), query=sql.select(sql.column("kind"), source=sql.table(kinds)).subquery())
    connection.execute(sql.create(one_each, sql.select(exp.Star(), source=sql.table(facts.relation)).where(standing)))
    return Alike(facts, replace(facts, table=one_each, stored=Stored(), lies=None, bring=lambda: None), kinds, cells)


def _all(facts: FactTable) -> Sql:
    return exp.alias_(sql.table(facts.relation), "facts", table=True, quoted=True)


def _cells(plan: Plan, facts: FactTable, usages: Sequence[Usage], evaluator: Evaluator) -> list[tuple[str, Sql]]:
    cells: list[tuple[str, Sql]] = []
    for name in dict.fromkeys(name for usage in usages for name in usage.facts if name in facts.columns):
        fact, given = plan.facts[name], sql.column(facts.columns[name], "facts")
        ends = _ends(fact, usages, evaluator)
        cells.append((f"c{len(cells)}", given if ends is None else _piece(fact, given, ends)))
        if fact.nullable:
            cells.append((f"c{len(cells)}", sql.column(f"{facts.columns[name]}__none", "facts")))
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
