"""Compares two gradings inside DuckDB: one join, counted there. No subject is looked at one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow
from sqlglot import exp

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import UNDETERMINED, Determined
from tierwise.core.types import EnumType, NumberType
from tierwise.plugins import sql
from tierwise.plugins.duckdb_connection import in_memory
from tierwise.plugins.grading import CLASS, NUMBER, Tabled
from tierwise.plugins.impact.impact import Cell, Group, Impact, MeasureImpact, Move, OutputImpact, Total
from tierwise.plugins.impact.sides import Side, group_decision
from tierwise.plugins.measures import Measure
from tierwise.plugins.outcome_class import class_document, class_of, is_undetermined, value_class
from tierwise.plugins.sql import Sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["MOST_CELLS", "Comparison", "Moved", "compare"]

MOST_CELLS = 10_000
"""Cells of a matrix that are listed; an amount of each subject's own can have more."""
BATCH = 5_000
OLD, NEW = "old", "new"
EXACT = 76

UNKNOWN = f'{{"{UNDETERMINED}":'


@dataclass(frozen=True, slots=True)
class Moved:
    """A subject and an output that moved, as the joined table has them."""

    key: str
    name: str | None
    output: str
    before: str
    after: str
    move: Move


def compare(old: Side, new: Side, by: Sequence[str] = ()) -> Comparison:
    """Join the results of two sides by subject.

    Args:
        old: The baseline.
        new: The new side.
        by: What the subjects are grouped by, each graded on the baseline (``policies_compared``).
    """
    return Comparison(old, new, tuple(by))


class Comparison:
    """Two sides, joined.

    Args:
        old: The baseline.
        new: The new side.
        by: What the subjects are grouped by.
    """

    def __init__(self, old: Side, new: Side, by: tuple[str, ...]) -> None:
        self.old, self.new, self.by = old, new, by
        self.outputs = tuple(name for name in new.outputs if name in old.outputs)
        measures = {measure.name: measure for side in (old, new) for measure in side.measures}
        self.measures = tuple(measures.values())
        self.connection = (new.results.connection if isinstance(new.results, Tabled) else in_memory()).cursor()
        self._table = f"impact {uuid4().hex}"
        self._join()

    # ---- the joined table ----------------------------------------------------------------------------------------------------

    def _join(self) -> None:
        sides = {word: self._side(side, word) for word, side in ((OLD, self.old), (NEW, self.new))}
        columns: list[tuple[str, Sql]] = [
            (word, sql.call("coalesce", sql.column(word, NEW), sql.column(word, OLD))) for word in ("key", "name")
        ]
        columns += [("compared", sql.all_of(*(sql.is_known(sql.column("key", word)) for word in (OLD, NEW))))]
        for number, name in enumerate(self.outputs):
            columns += [(f"{word} {number}", sql.column(CLASS + name, word)) for word in (OLD, NEW)]
            columns.append((f"move {number}", self._move(name)))
        for number, name in enumerate(self.by):
            columns.append((f"by {number}", sql.column(CLASS + group_decision(name), OLD)))
        for number, measure in enumerate(self.measures):
            for word, side in ((OLD, self.old), (NEW, self.new)):
                if own := _own(side, measure):
                    columns.append((f"{word} measure {number}", sql.column(NUMBER + own.decision, word)))
                    lost = sql.call("starts_with", sql.column(CLASS + own.decision, word), sql.text(UNKNOWN))
                    columns.append((f"{word} unknown {number}", lost))
        same = sql.equal(sql.column("key", OLD), sql.column("key", NEW))
        query = sql.select(*sql.named(columns), source=sides[OLD]).join(sides[NEW], on=same, join_type="full")
        self.connection.execute(sql.create(self._table, query))
        for word in (OLD, NEW):
            with suppress(Exception):
                self.connection.execute(sql.drop(f"{self._table} {word}"))

    def _side(self, side: Side, word: str) -> Sql:
        """Return what a side's classes and numbers are read from: its own table, or a copy of it where the other side lives."""
        results = side.results
        name = f"{self._table} {word}"
        if isinstance(results, Tabled) and self._lives_here(side):
            return sql.subquery(results.classes(), word)
        if isinstance(results, Tabled):
            self._insert(name, _batches(results.connection, results.classes()), is_new=True)
        else:
            for number, batch in enumerate(_untabled(side)):
                self._insert(name, batch, is_new=not number)
        return exp.Table(this=sql.identifier(name), alias=exp.TableAlias(this=sql.identifier(word)))

    def _insert(self, name: str, rows: Any, is_new: bool) -> None:
        given = f"{name} given"
        self.connection.register(given, rows)
        query = sql.select(exp.Star(), source=sql.table(given))
        self.connection.execute(sql.create(name, query) if is_new else sql.printed(exp.insert(query, sql.table(name), copy=False)))
        self.connection.unregister(given)

    def _lives_here(self, side: Side) -> bool:
        return side is self.new or (self.new.bound is not None and side.bound is not None and side.bound.facts is self.new.bound.facts)

    def _move(self, name: str) -> Sql:
        old, new = sql.column(CLASS + name, OLD), sql.column(CLASS + name, NEW)
        lost_old, lost_new = (sql.call("starts_with", side, sql.text(UNKNOWN)) for side in (old, new))
        branches: list[tuple[Sql, Move]] = [
            (sql.is_null(sql.column("key", OLD)), Move.APPEARED),
            (sql.is_null(sql.column("key", NEW)), Move.GONE),
            (sql.equal(old, new), Move.SAME),
            (sql.all_of(lost_old, lost_new), Move.REASON),
            (lost_old, Move.SETTLED),
            (lost_new, Move.OPENED),
            *self._ordered(name, old, new),
        ]
        return sql.case(*((condition, sql.text(move.value)) for condition, move in branches), default=sql.text(Move.SIDEWAYS.value))

    def _ordered(self, name: str, old: Sql, new: Sql) -> Iterator[tuple[Sql, Move]]:
        """Yield how a change of a value is called where there is an order of values."""
        scale = self.scale(name)
        if scale:
            grades = sql.array(*(sql.text(value_class(grade)) for grade in scale))
            before, after = (sql.call("list_position", grades, side) for side in (old, new))
            yield sql.binary(exp.LT, after, before), Move.PROMOTED
            yield sql.binary(exp.GT, after, before), Move.DEMOTED
        elif all(isinstance(side.outputs[name].type, NumberType) for side in (self.old, self.new)):
            before, after = (sql.column(NUMBER + name, side) for side in (OLD, NEW))
            yield sql.binary(exp.GT, after, before), Move.RAISED
            yield sql.binary(exp.LT, after, before), Move.LOWERED

    def scale(self, name: str) -> tuple[str, ...]:
        """Return the grades of an output, best first: of the new side, or of the baseline where the new one lacks a grade of it."""
        new, old = (side.scales.get(name, ()) for side in (self.new, self.old))
        return old if set(new) < set(old) else new

    # ---- what is counted -----------------------------------------------------------------------------------------------------

    def impact(self) -> Impact:
        """Count everything."""
        ((subjects, compared),) = self._rows(exp.Count(this=exp.Star()), _count_if(sql.column("compared")))
        moves = {number: sql.column(f"move {number}") for number in range(len(self.outputs))}
        ((any_moved, *each),) = self._rows(
            _count_if(sql.any_of(*(_is_moved(move) for move in moves.values()))),
            *(_count_if(sql.any_of(*(sql.equal(move, sql.text(word)) for move in moves.values()))) for word in Move),
        )
        return Impact(
            before=self.old.name,
            after=self.new.name,
            subjects=subjects,
            compared=compared,
            outputs={name: self._output(number, name) for number, name in enumerate(self.outputs)},
            measures={found.measure.name: found for found in self._measured(())[()]},
            groups=self._groups() if self.by else (),
            added=tuple(name for name in self.new.outputs if name not in self.old.outputs),
            removed=tuple(name for name in self.old.outputs if name not in self.new.outputs),
            population=self._population(),
            moved=dict(zip(Move, each, strict=True)),
            any_moved=any_moved,
        )

    def _population(self) -> dict[str, Any]:
        names = dict.fromkeys([*self.old.population, *self.new.population])
        return {name: (self.old.population.get(name), self.new.population.get(name)) for name in names}

    def _output(self, number: int, name: str) -> OutputImpact:
        old, new, move = (sql.column(f"{word} {number}") for word in (OLD, NEW, "move"))
        counts = {Move(word): count for word, count in self._counted(move)}
        cells = [Cell(*row) for row in self._counted(old, new, where=sql.column("compared"), most=MOST_CELLS)]
        left_out = sum(count for word, count in counts.items() if word not in (Move.APPEARED, Move.GONE)) - sum(c.count for c in cells)
        decision = self.new.outputs[name]
        words = {text: place for place, text in enumerate(self._words(name))}
        order = {
            text: place
            for place, text in enumerate(sorted({c.before for c in cells} | {c.after for c in cells}, key=partial(_place, words)))
        }
        cells.sort(key=lambda cell: (order[cell.before], order[cell.after]))
        only = [dict(self._counted(side, where=sql.equal(move, sql.text(word)))) for side, word in ((old, Move.GONE), (new, Move.APPEARED))]
        return OutputImpact(name, decision.label, decision.type, self.scale(name), tuple(order), tuple(cells), left_out, counts, *only)

    def _words(self, name: str) -> list[str]:
        """Return the classes of an output's words in their order, the scale's first."""
        words: list[str] = list(self.scale(name))
        for side in (self.new, self.old):
            type = side.outputs[name].type
            words += type.values if isinstance(type, EnumType) else ()
        return [value_class(word) for word in dict.fromkeys(words)]

    def _groups(self) -> tuple[Group, ...]:
        keys = [sql.column(f"by {number}") for number in range(len(self.by))]
        wanted = [(name, number, move) for number, name in enumerate(self.outputs) for move in Move]
        counts = [_count_if(sql.equal(sql.column(f"move {number}"), sql.text(move))) for _, number, move in wanted]
        measured = self._measured(keys)
        groups = []
        for row in self._rows(*keys, exp.Count(this=exp.Star()), *counts, group=keys):
            key, subjects = row[: len(keys)], row[len(keys)]
            moves: dict[str, dict[Move, int]] = {name: {} for name in self.outputs}
            for (name, _, move), count in zip(wanted, row[len(keys) + 1 :], strict=True):
                if count:
                    moves[name][move] = count
            groups.append(Group(dict(zip(self.by, key, strict=True)), subjects, moves, tuple(measured[tuple(key)])))
        return tuple(groups)

    def _measured(self, keys: Sequence[Sql]) -> Mapping[tuple[Any, ...], Sequence[MeasureImpact]]:
        """Return the measures of each group; without groups those of all."""
        cells: list[Sql] = []
        for number, measure in enumerate(self.measures):
            for word, side in ((OLD, self.old), (NEW, self.new)):
                if _own(side, measure):
                    value = sql.column(f"{word} measure {number}")
                    cells += [sql.call("sum", value), sql.call("count", value)]
                    cells.append(_count_if(sql.column(f"{word} unknown {number}")))
        found: dict[tuple[Any, ...], list[MeasureImpact]] = {}
        for row in self._rows(*keys, *cells, exp.Count(this=exp.Star()), group=keys):
            parts = iter(row[len(keys) :])
            found[tuple(row[: len(keys)])] = [self._measure(measure, parts) for measure in self.measures]
        return found

    def _measure(self, measure: Measure, parts: Iterator[Any]) -> MeasureImpact:
        old, new = _own(self.old, measure), _own(self.new, measure)
        sums = [(next(parts), next(parts), next(parts)) if own else None for own in (old, new)]
        before, after = (None if own is None or found is None else _total(own, *found) for own, found in zip((old, new), sums, strict=True))
        differs = old is not None and new is not None and old.text != new.text
        return MeasureImpact(new or measure, before, after, _delta(measure, before, after), differs)

    # ---- who moved -----------------------------------------------------------------------------------------------------------

    def moved(self, limit: int | None = None, outputs: Sequence[str] = ()) -> Iterator[Moved]:
        """Yield who moved in which output, in the order of the outputs and of the keys; a few thousand are in memory at a time."""
        wanted = [
            sql.select(
                *(sql.column(word) for word in ("key", "name")),
                sql.alias(sql.integer(number), "output"),
                *(sql.alias(sql.column(f"{word} {number}"), word) for word in (OLD, NEW, "move")),
                source=sql.table(self._table),
            ).where(_is_moved(sql.column(f"move {number}")))
            for number, name in enumerate(self.outputs)
            if not outputs or name in outputs
        ]
        if not wanted:
            return
        query: exp.Query = wanted[0]
        for other in wanted[1:]:
            query = exp.union(query, other, distinct=False, copy=False)
        ordered = exp.select("*").from_(query.subquery("moved")).order_by(sql.column("output"), sql.column("key"))
        cursor = self.connection.cursor().execute(sql.printed(ordered if limit is None else ordered.limit(limit)))
        while rows := cursor.fetchmany(BATCH):
            for key, name, number, before, after, move in rows:
                yield Moved(key, name, self.outputs[number], before, after, Move(move))

    # ---- queries -------------------------------------------------------------------------------------------------------------

    def _rows(self, *cells: Sql, group: Sequence[Sql] = ()) -> list[tuple[Any, ...]]:
        query = sql.select(*cells, source=sql.table(self._table))
        if group:
            query = query.group_by(*group).order_by(*group)
        return self.connection.cursor().execute(sql.printed(query)).fetchall()

    def _counted(self, *cells: Sql, where: Sql | None = None, most: int | None = None) -> list[tuple[Any, ...]]:
        count = exp.Count(this=exp.Star())
        query = sql.select(*cells, sql.alias(count, "how many"), source=sql.table(self._table)).group_by(*cells)
        if where is not None:
            query = query.where(where)
        if most is not None:
            query = query.order_by(exp.Ordered(this=sql.column("how many"), desc=True), *cells).limit(most)
        return self.connection.cursor().execute(sql.printed(query)).fetchall()


def _place(words: Mapping[str, int], text: str) -> tuple[Any, ...]:
    """Return a key that puts the words of a type in their order, then other values, then what is undetermined."""
    found = class_document(text)
    number = Decimal(text) if isinstance(found, int | float) and not isinstance(found, bool) else Decimal(0)
    return (is_undetermined(text), words.get(text, len(words)), number, text)


def _is_moved(move: Sql) -> Sql:
    return sql.negate(sql.one_of(move, [sql.text(word.value) for word in Move if not word.is_moved]))


def _count_if(condition: Sql) -> Sql:
    """Count the rows that meet a condition; zero where there is no row."""
    return sql.call("coalesce", sql.call("count_if", condition), sql.integer(0))


def _own(side: Side, measure: Measure) -> Measure | None:
    return next((own for own in side.measures if own.name == measure.name), None)


def _total(measure: Measure, total: Decimal | None, counted: int, unknown: int) -> Total:
    """Return a measure of one side by its sum."""
    if measure.how == "count":
        return Total(Decimal(counted), counted, unknown)
    if total is None:
        return Total(None, 0, unknown)
    if measure.how == "sum":
        return Total(total, counted, unknown)
    with localcontext(prec=EXACT, rounding=ROUND_HALF_UP):
        return Total((total / counted).quantize(Decimal(1).scaleb(-measure.digits)), counted, unknown)


def _delta(measure: Measure, before: Total | None, after: Total | None) -> Decimal | None:
    if before is None or after is None:
        return None
    old, new = before.value, after.value
    if measure.how != "average":
        old, new = old or Decimal(0), new or Decimal(0)
    if old is None or new is None:
        return None
    with localcontext(prec=EXACT):
        return new - old


def _batches(connection: DuckDBPyConnection, query: exp.Select) -> Any:
    return connection.cursor().sql(sql.printed(query)).to_arrow_reader(BATCH * 10)


def _untabled(side: Side) -> Iterator[Any]:
    """Yield the classes and numbers of results that stand in no table; the first batch may be empty, the others are not."""
    outputs = {**side.outputs, **side.more}
    scales = {name: decision.type.scale or 0 for name, decision in outputs.items() if isinstance(decision.type, NumberType)}
    columns = [("key", pyarrow.string()), ("name", pyarrow.string()), *((CLASS + name, pyarrow.string()) for name in outputs)]
    columns += [(NUMBER + name, pyarrow.decimal128(38, scale)) for name, scale in scales.items()]
    results = side.results.rows()
    is_first = True
    while (some := list(islice(results, BATCH))) or is_first:
        rows = [_row(result, list(outputs), list(scales)) for result in some]
        yield pyarrow.table({name: pyarrow.array([row[at] for row in rows], kind) for at, (name, kind) in enumerate(columns)})
        is_first = False


def _row(result: SubjectResult, classes: Sequence[str], numbers: Sequence[str]) -> tuple[Any, ...]:
    outcomes = result.outcomes
    texts = (class_of(outcomes[name]) if name in outcomes else None for name in classes)
    values = (outcomes[name] for name in numbers)
    return (result.key, result.name, *texts, *(value.value if isinstance(value, Determined) else None for value in values))
