"""Who is one change away from a better grade, of a whole database: the plan with one fact at other values, graded beside itself in the engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any
from uuid import uuid4

from sqlglot import exp

from tierwise.core.errors import DataError
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.value_line import Line, line_of
from tierwise.core.plan import (
    Constant,
    Decision,
    Fact,
    Node,
    Plan,
    Table,
    borders_of,
    compares,
    constant_of,
    constants_of,
    fact_of,
    with_nodes,
)
from tierwise.core.plan.usage import Usage, usage_of
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, NumberType
from tierwise.core.values import Value
from tierwise.plugins import sql
from tierwise.plugins.beside import Apart, beside
from tierwise.plugins.engine import Engine
from tierwise.plugins.grading import CLASS, Grading, Tabled
from tierwise.plugins.outcome_class import class_document, value_class
from tierwise.plugins.part_of_plan import part_behind
from tierwise.plugins.paths.alike import SUBJECTS, Alike, alike_of
from tierwise.plugins.paths.path import Changeable
from tierwise.plugins.paths.stored_value import constant
from tierwise.plugins.paths.ways import Direction
from tierwise.plugins.run import Bound
from tierwise.plugins.sql import Sql

__all__ = ["NearChange", "NotSearched", "OneChange", "one_change_away"]

BATCH = 5_000
LOOKED_THROUGH = 5
"""Among so many times as many subjects the first of whom something was found are looked for, and then among so many times more."""
MOST_VALUES = 60
"""How many values of one fact are tried in one direction."""

_MOVING = (NumberType, DateType, DateTimeType, EnumType, BooleanType)

Step = tuple[str, Direction, Value]
Called = Callable[[str, Step], str]


@dataclass(frozen=True, slots=True)
class NearChange:
    """One subject, one fact, and the nearest value of it that reaches a better grade while everything else stays as it is.

    Attributes:
        key: The subject.
        name: What people call it.
        output: The output.
        before: Its class now, as ``decide`` writes it.
        fact: The fact that changes.
        direction: Where it moves to.
        present: The fact now, as text.
        to: The nearest value that does.
        after: The grade reached.
    """

    key: str
    name: str | None
    output: str
    before: object
    fact: str
    direction: Direction
    present: str
    to: Value
    after: object


@dataclass(frozen=True, slots=True)
class NotSearched:
    """A fact that may change and was not looked at for an output, and why."""

    output: str
    fact: str
    why: str


class OneChange:
    """Who is one change away, as the engine found it; nothing is held but the table that it made.

    Args:
        grading: How everybody, or one of each kind, is graded, now and after each step.
        bound: The subjects.
        alike: The kinds of subjects; one of each was graded.
        tried: Each output with the steps that were tried.
        not_searched: What was left out.
        called: Returns what an output after a step is called in the grading.
    """

    def __init__(
        self,
        grading: Tabled,
        bound: Bound,
        alike: Alike,
        tried: Sequence[tuple[Decision, Sequence[Step]]],
        not_searched: tuple[NotSearched, ...],
        called: Called,
    ) -> None:
        self.not_searched = not_searched
        self._connection = grading.connection.cursor()
        self._bound = bound
        self._alike = alike
        self._tried = tried
        self._tables = [f"one change {uuid4().hex}" for _ in tried]
        for table, (output, steps) in zip(self._tables, tried, strict=True):
            if steps:
                self._connection.execute(sql.create(table, _found(bound, alike, grading, output, steps, called)))

    def counts(self) -> Iterator[tuple[str, str, Direction, int]]:
        """Yield output, fact, direction, and how many reach a better grade by it alone."""
        for table, (output, steps) in zip(self._tables, self._tried, strict=True):
            ways = _ways(steps)
            if not ways:
                continue
            tallies = [
                sql.call("sum", sql.case((sql.is_known(sql.column(f"step {number}")), sql.column(SUBJECTS)), default=sql.integer(0)))
                for number in range(len(ways))
            ]
            row = self._connection.execute(sql.printed(sql.select(*tallies, source=sql.table(table)))).fetchone() or ()
            yield from ((output.name, fact, direction, int(count or 0)) for (fact, direction), count in zip(ways, row, strict=True))

    def subjects(self) -> int:
        """Return how many subjects are one change away in any output."""
        names = ", ".join(f'"{name}"' for name in (SUBJECTS, *self._alike.cells))
        kinds = [f'SELECT {names} FROM "{table}"' for table, (_, steps) in zip(self._tables, self._tried, strict=True) if steps]
        if not kinds:
            return 0
        return int((self._connection.execute(f'SELECT sum("{SUBJECTS}") FROM ({" UNION ".join(kinds)})').fetchone() or (0,))[0] or 0)

    def changes(self, most: int | None = None) -> Iterator[NearChange]:
        """Yield each change that would do, by output and key; a few thousand subjects are in memory at a time.

        Args:
            most: How many subjects of each output to tell; all by default.
        """
        for table, (output, steps) in zip(self._tables, self._tried, strict=True):
            for row in self._rows(table, _ways(steps), most) if steps else ():
                yield from _told(row, output, steps)

    def _rows(self, table: str, ways: Sequence[tuple[str, Direction]], most: int | None) -> Iterator[Sequence[Any]]:
        """Yield what was found of each subject, by key; for the first few only so many are looked through as it takes to find them."""
        count = self._bound.facts.count()
        among = count if most is None else min(count, most * LOOKED_THROUGH)
        while True:
            cursor = self._connection.cursor().execute(sql.printed(_of_first(self._bound, self._alike, table, ways, among, most or count)))
            if among == count:
                break
            if len(rows := cursor.fetchall()) == most:
                yield from rows
                return
            among = min(count, among * LOOKED_THROUGH)
        while rows := cursor.fetchmany(BATCH):
            yield from rows


def _told(row: Sequence[Any], output: Decision, steps: Sequence[Step]) -> Iterator[NearChange]:
    key, name, now, *cells = row
    for number, (fact, direction) in enumerate(_ways(steps)):
        step, present, after = cells[3 * number : 3 * number + 3]
        if step is not None:
            yield NearChange(key, name, output.name, class_document(now), fact, direction, present, steps[step][2], class_document(after))


def _ways(steps: Sequence[Step]) -> list[tuple[str, Direction]]:
    return list(dict.fromkeys((fact, direction) for fact, direction, _ in steps))


def one_change_away(bound: Bound, engine: Engine, outputs: Sequence[Decision], changeable: Changeable) -> OneChange:
    """Find who is one change away from a better grade; the database is graded once, by a plan that holds every change beside what is.

    A fact that is only compared with constants is tried at the first value on the far side of each of them. A fact that is counted with (a
    part of a sum) has no such values, and what hangs on a ranking by it would need everybody to be ranked anew for each: these are told in
    ``not_searched``; ``find_paths`` answers them for one subject.

    Args:
        bound: The subjects.
        engine: The engine that grades; its results have to stand in a table.
        outputs: Outputs of words, the best first.
        changeable: Fact name to the directions in which it may move.

    Raises:
        DataError: The engine's results cannot be looked at where they stand.
    """
    evaluator = Evaluator(bound.loaded.plan, bound.loaded.environment)
    widened = _Widened(part_behind(bound.loaded.plan, [output.name for output in outputs]), evaluator, bound.facts.columns)
    tried = {output.name: [step for name in changeable for step in widened.steps(output, name, changeable[name])] for output in outputs}
    for step in (step for steps in tried.values() for step in steps):
        widened.add(step)
    shown = [name for output, steps in tried.items() for name in (output, *(widened.called(output, step) for step in steps))]
    alike = alike_of(evaluator, bound.facts, [output for output in outputs if tried[output.name]])
    grading: Grading = engine.grade(widened.plan.showing(shown), bound.loaded.environment, alike.facts, bound.as_of)
    if not isinstance(grading, Tabled):
        raise DataError(f"the engine `{engine.name}` keeps no results to look at", help="use `--engine duckdb`")
    return OneChange(
        grading, bound, alike, [(output, tried[output.name]) for output in outputs], tuple(widened.not_searched), widened.called
    )


class _Widened:
    """A plan to which decisions are added that say what an output would be with one fact at another value."""

    def __init__(self, plan: Plan, evaluator: Evaluator, supplied: Collection[str]) -> None:
        self.plan = plan
        self._supplied = supplied
        self.not_searched: list[NotSearched] = []
        self._original = plan
        self._evaluator = evaluator
        self._apart: dict[tuple[str, Value], Apart] = {}

    def steps(self, output: Decision, name: str, directions: Sequence[Direction]) -> list[Step]:
        """Return the values at which a fact is tried, in each direction the nearest first."""
        usage, fact = usage_of(self._original, output.node), self._original.facts.get(name)
        rankings = [part for ranking in usage.rankings for part in self._original.rankings[ranking].parts]
        if fact is None or name not in (*usage.facts, *(n for part in rankings for n in usage_of(self._original, part).facts)):
            return []
        why = ""
        if any(name in usage_of(self._original, part).facts for part in rankings):
            why = "it hangs on a ranking by it"
        elif name in usage.exact:
            why = "it is counted with, not only compared"
        elif name not in self._supplied:
            why = "the data does not have it"
        elif not isinstance(fact.type, _MOVING):
            why = "it has no next value"
        values = {} if why else {direction: _values(fact, usage, direction) for direction in directions}
        if any(len(some) > MOST_VALUES for some in values.values()):
            why = f"it is compared with more than {MOST_VALUES // 2} numbers"
        if why:
            self.not_searched.append(NotSearched(output.name, name, why))
            return []
        return [(name, direction, value) for direction, some in values.items() for value in self._told_apart(name, some, usage)]

    def _told_apart(self, name: str, values: Sequence[Value], usage: Usage) -> list[Value]:
        """Leave out what the tests of a fact do not tell from a nearer value."""
        if name in usage.loose:
            return list(values)
        seen: set[tuple[object, ...]] = set()
        kept = []
        for value in values:
            told = tuple(self._evaluator.value_of(test, {name: value}) is True for test in usage.tests[name])
            if told not in seen:
                seen.add(told)
                kept.append(value)
        return kept

    def add(self, step: Step) -> None:
        """Add what everything would be after a step."""
        fact, _, value = step
        if (fact, value) not in self._apart:
            self.plan, self._apart[fact, value] = beside(self.plan, self._with(fact, value), f"{fact}\n{value} | ")

    def called(self, output: str, step: Step) -> str:
        """Return the name of the decision that says what an output would be after a step."""
        fact, _, value = step
        return self._apart[fact, value].called(output)

    def _with(self, fact: str, value: Value) -> Plan:
        """Return the plan with a fact at a value."""

        def change(node: Node) -> Node:
            read = fact_of(node)
            if read is not None and read.name == fact:
                return Constant(value, node.type)
            is_fixed = compares(node) and constants_of(node.children) is not None
            return Constant(self._evaluator.value_of(node, {}) is True, node.type) if is_fixed else node

        changed = with_nodes(self._original, change)
        tables = {
            name: table if table is self._original.tables[name] else _without_what_is_decided(table)
            for name, table in changed.tables.items()
        }
        return replace(changed, tables=tables)


def _without_what_is_decided(table: Table) -> Table:
    """Return a table without rules that cannot be hit and tests that are always met."""
    rules = [
        replace(rule, tests=tuple(None if _truth(test) is True else test for test in rule.tests))
        for rule in table.rules
        if not any(_truth(test) is False for test in rule.tests)
    ]
    return replace(table, rules=tuple(rules)) if rules else table


def _truth(test: Node | None) -> Value:
    """Return what a test always comes to; ``None`` where that hangs on facts."""
    constant = constant_of(test)
    return None if constant is None else constant.value


def _values(fact: Fact, usage: Usage, direction: Direction) -> list[Value]:
    """Return what a fact may become in one direction, nearest first, for all subjects: words, or the first values beyond each border."""
    if isinstance(fact.type, BooleanType):
        return [direction == "up"]
    if isinstance(fact.type, EnumType):
        return list(reversed(fact.type.values)) if direction == "up" else list(fact.type.values)
    line = line_of(fact.type)
    if line is None or not line.discrete:
        return []
    places = {line.position(border) for test in usage.tests.get(fact.name, ()) for border in borders_of(test) if _stands_on(line, border)}
    steps = {step for place in places for step in _beyond(place, direction)}
    inside = [step for step in steps if (line.low is None or step >= line.low) and (line.high is None or step <= line.high)]
    return [line.value(Fraction(step)) for step in sorted(inside, reverse=direction == "down")]


def _stands_on(line: Line, border: Value) -> bool:
    try:
        return border is not None and line.value(line.position(border)) is not None
    except (TypeError, AttributeError, ArithmeticError):
        return False


def _beyond(place: Fraction, direction: Direction) -> tuple[int, int]:
    return (ceil(place), floor(place) + 1) if direction == "up" else (floor(place), ceil(place) - 1)


# ---- what the engine found ---------------------------------------------------------------------------------------------------


def _found(bound: Bound, alike: Alike, grading: Tabled, output: Decision, steps: Sequence[Step], called: Called) -> exp.Select:
    """Return the query of who reaches a better class of an output by one fact, with the nearest step, the fact now, and the class reached."""
    assert isinstance(output.type, EnumType)
    grades = sql.array(*(sql.text(value_class(word)) for word in output.type.values))
    now = sql.column(CLASS + output.name, "graded")
    place = sql.call("coalesce", sql.call("list_position", grades, now), sql.integer(2))  # of the undetermined only the best is better
    kept: list[tuple[str, Sql]] = [*((name, sql.column(name, "facts")) for name in (SUBJECTS, *alike.cells)), ("now", now)]
    better: list[tuple[str, Sql]] = []
    for index, step in enumerate(steps):
        reached = sql.call("list_position", grades.copy(), sql.column(CLASS + called(output.name, step), "graded"))
        better.append((f"better {index}", sql.case((sql.all_of(_is_farther(bound, step), reached < place), reached.copy()))))
    same = sql.equal(sql.column("key", "facts"), sql.column("key", "graded"))
    facts = sql.subquery(alike.counted.copy(), "facts")
    after = sql.select(*sql.named([*kept, *better]), source=facts).join(sql.subquery(grading.classes(), "graded"), on=same)
    shown: list[tuple[str, Sql]] = [(name, sql.column(name)) for name, _ in kept]
    for number, way in enumerate(_ways(steps)):
        own = [(index, sql.column(f"better {index}")) for index, step in enumerate(steps) if step[:2] == way]
        nearest = sql.case(*((sql.is_known(reached), sql.integer(index)) for index, reached in own))
        reached = sql.call("coalesce", *(reached.copy() for _, reached in own))
        shown += [(f"step {number}", nearest), (f"after {number}", sql.call("list_extract", grades.copy(), reached))]
    is_any = sql.any_of(*(sql.is_known(sql.column(name)) for name, _ in better))
    return sql.select(*sql.named(shown), source=sql.subquery(after, "after")).where(is_any)


def _of_first(bound: Bound, alike: Alike, found: str, ways: Sequence[tuple[str, Direction]], among: int, most: int) -> exp.Select:
    """Return the query of what was found of each kind, for so many of the first so many subjects, each with its own facts, by key."""
    key = sql.column("key", "facts")
    every = sql.select(exp.Star(), source=sql.table(bound.facts.relation)).order_by(sql.column("key")).limit(among)
    same = sql.all_of(*(exp.NullSafeEQ(this=cell.copy(), expression=sql.column(name, "found")) for name, cell in alike.cells.items()))
    shown: list[Sql] = [key, sql.column("name", "facts"), sql.column("now", "found")]
    for number, (fact, _) in enumerate(ways):
        present = sql.cast(_present(bound, fact), "VARCHAR")
        shown += [sql.column(f"step {number}", "found"), present, sql.column(f"after {number}", "found")]
    kinds = sql.subquery(sql.select(exp.Star(), source=sql.table(found)), "found")
    return sql.select(*shown, source=sql.subquery(every, "facts")).join(kinds, on=same).order_by(key.copy()).limit(most)


def _is_farther(bound: Bound, step: Step) -> Sql:
    """Return whether a step leads on in its direction from where a subject's fact stands."""
    fact, direction, value = step
    present, of = _present(bound, fact), bound.loaded.plan.facts[fact].type
    if isinstance(of, EnumType):
        places = sql.array(*(sql.text(word) for word in of.values))
        here, word = sql.call("list_position", places, present), sql.integer(of.values.index(str(value)) + 1)
        return here > word if direction == "up" else here < word
    if isinstance(of, BooleanType):
        return sql.equal(present, sql.FALSE if value else sql.TRUE)
    there = constant(value, of)
    return present < there if direction == "up" else present > there


def _present(bound: Bound, fact: str) -> Sql:
    """Return what a fact is now, its default where it is none."""
    declared, given = bound.loaded.plan.facts[fact], sql.column(bound.facts.columns[fact], "facts")
    if declared.default is None:
        return given
    return sql.case((sql.column(f"{bound.facts.columns[fact]}__none", "facts"), constant(declared.default, declared.type)), default=given)
