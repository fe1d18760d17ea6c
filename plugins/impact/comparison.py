"""Compares two gradings inside DuckDB: one join, counted there. No subject is looked at one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import partial
from typing import Any, TypeAlias
from uuid import uuid4

from sqlglot import exp

from tierwise.core.outcome import UNDETERMINED
from tierwise.core.types import EnumType, NumberType
from tierwise.plugins import sql
from tierwise.plugins.grading import CLASS, NUMBER
from tierwise.plugins.impact.impact import Cell, Group, Impact, MeasureImpact, Move, OutputImpact, Total
from tierwise.plugins.impact.pairs import NEW, OLD, pairs_of
from tierwise.plugins.impact.sides import Side, group_decision
from tierwise.plugins.measures import Measure
from tierwise.plugins.outcome_class import class_document, is_undetermined, value_class
from tierwise.plugins.sql import Sql

__all__ = ["MOST_CELLS", "Comparison", "Moved", "compare"]

MOST_CELLS = 10_000
"""Cells of a matrix that are listed; an amount of each subject's own can have more."""
BATCH = 5_000
EXACT = 76

MOVES = tuple(Move)
"""By its place here a move is called in the table."""
_Counts: TypeAlias = tuple[list[Cell], dict[Move, int], dict[str, int], dict[str, int]]
"""The cells of a matrix, how many moved how, and the classes of those whom only the baseline, or only the new side, has."""

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
        self._pairs = pairs_of(old, new)
        self._decided_once = frozenset(filter(self._pairs.is_one, self.outputs))
        self._numbers = {name: number for number, name in enumerate(self.outputs) if name not in self._decided_once}
        self.connection = self._pairs.connection
        self._table = f"impact {uuid4().hex}"
        self.connection.execute(sql.create(self._table, self._pairs.select(list(self._columns()))))

    # ---- the table of all subjects -------------------------------------------------------------------------------------------

    def _columns(self) -> Iterator[tuple[str, Sql]]:
        """Yield what is kept of each subject: classes that may differ, how they moved, groups, and the numbers of measures."""
        pairs = self._pairs
        for word in ("key", "name"):
            yield word, sql.call("coalesce", pairs.column(NEW, word), pairs.column(OLD, word))
        yield "compared", sql.all_of(pairs.has(OLD), pairs.has(NEW))
        for name, number in self._numbers.items():
            yield from ((f"{word} {number}", pairs.column(word, CLASS, name)) for word in (OLD, NEW))
            yield f"move {number}", self._move(name)
        for number, name in enumerate(self.by):
            yield f"by {number}", pairs.column(OLD, CLASS, group_decision(name))
        for number, measure in enumerate(self.measures):
            for word, side in ((OLD, self.old), (NEW, self.new)):
                if own := _own(side, measure):
                    yield f"{word} measure {number}", pairs.column(word, NUMBER, own.decision)
                    yield f"{word} unknown {number}", _is_unknown(pairs.column(word, CLASS, own.decision))

    def _move(self, name: str) -> Sql:
        """Return how a subject moved, by its place in ``MOVES``."""
        old, new = (self._pairs.column(word, CLASS, name) for word in (OLD, NEW))
        lost_old, lost_new = map(_is_unknown, (old, new))
        branches: list[tuple[Sql, Move]] = [
            (sql.negate(self._pairs.has(OLD)), Move.APPEARED),
            (sql.negate(self._pairs.has(NEW)), Move.GONE),
            (sql.equal(old, new), Move.SAME),
            (sql.all_of(lost_old, lost_new), Move.REASON),
            (lost_old, Move.SETTLED),
            (lost_new, Move.OPENED),
            *self._ordered(name, old, new),
        ]
        return sql.cast(sql.case(*((condition, _code(move)) for condition, move in branches), default=_code(Move.SIDEWAYS)), "UTINYINT")

    def _ordered(self, name: str, old: Sql, new: Sql) -> Iterator[tuple[Sql, Move]]:
        """Yield how a change of a value is called where there is an order of values."""
        scale = self.scale(name)
        if scale:
            grades = sql.array(*(sql.text(value_class(grade)) for grade in scale))
            before, after = (sql.call("list_position", grades, side) for side in (old, new))
            yield sql.binary(exp.LT, after, before), Move.PROMOTED
            yield sql.binary(exp.GT, after, before), Move.DEMOTED
        elif all(isinstance(side.outputs[name].type, NumberType) for side in (self.old, self.new)):
            before, after = (self._pairs.column(word, NUMBER, name) for word in (OLD, NEW))
            yield sql.binary(exp.GT, after, before), Move.RAISED
            yield sql.binary(exp.LT, after, before), Move.LOWERED

    def scale(self, name: str) -> tuple[str, ...]:
        """Return the grades of an output, best first: of the new side, or of the baseline where the new one lacks a grade of it."""
        new, old = (side.scales.get(name, ()) for side in (self.new, self.old))
        return old if set(new) < set(old) else new

    # ---- what is counted -----------------------------------------------------------------------------------------------------

    def impact(self) -> Impact:
        """Count everything."""
        ((subjects, compared),) = self._rows(exp.Count(this=exp.Star()), sql.count_if(sql.column("compared")))
        moves = [sql.column(f"move {number}") for number in self._numbers.values()]
        ((any_moved, *each),) = self._rows(
            sql.count_if(sql.any_of(*map(_is_moved, moves))),
            *(sql.count_if(sql.any_of(*(sql.equal(move, _code(word)) for move in moves))) for word in Move),
        )
        return Impact(
            before=self.old.name,
            after=self.new.name,
            subjects=subjects,
            compared=compared,
            outputs={name: self._output(name) for name in self.outputs},
            measures={found.measure.name: found for found in self._measured(())[()]},
            groups=self._groups() if self.by else (),
            added=tuple(name for name in self.new.outputs if name not in self.old.outputs),
            removed=tuple(name for name in self.old.outputs if name not in self.new.outputs),
            population=self._population(),
            moved={**dict(zip(Move, each, strict=True)), **({Move.SAME: compared} if self._decided_once else {})},
            any_moved=any_moved,
            tries=(self.old.tries, self.new.tries),
        )

    def _population(self) -> dict[str, Any]:
        names = dict.fromkeys([*self.old.population, *self.new.population])
        return {name: (self.old.population.get(name), self.new.population.get(name)) for name in names}

    def _output(self, name: str) -> OutputImpact:
        cells, moves, *only = self._of_one_decision(name) if name in self._decided_once else self._of_two(name)
        words = {text: place for place, text in enumerate(self._words(name))}
        classes = sorted({cell.before for cell in cells} | {cell.after for cell in cells}, key=partial(_place, words))
        order = {text: place for place, text in enumerate(classes)}
        matrix = sorted(cells, key=lambda cell: (order[cell.before], order[cell.after]))
        left_out = sum(count for move, count in moves.items() if move not in (Move.APPEARED, Move.GONE)) - sum(c.count for c in cells)
        decision = self.new.outputs[name]
        return OutputImpact(name, decision.label, decision.type, self.scale(name), tuple(order), tuple(matrix), left_out, moves, *only)

    def _of_one_decision(self, name: str) -> _Counts:
        """Return what becomes of an output that means the same on both sides: nobody moves."""
        own = sql.subquery(self._pairs.select([("class", self._pairs.column(NEW, CLASS, name))]), "own")
        cells = [Cell(text, text, count) for text, count in self._counted(sql.column("class"), most=MOST_CELLS, source=own)]
        ((count,),) = self._rows(exp.Count(this=exp.Star()))
        return cells, ({Move.SAME: count} if count else {}), {}, {}

    def _of_two(self, name: str) -> _Counts:
        old, new, move = (sql.column(f"{word} {self._numbers[name]}") for word in (OLD, NEW, "move"))
        moves = {MOVES[code]: count for code, count in self._counted(move)}
        cells = [Cell(*row) for row in self._counted(old, new, where=sql.column("compared"), most=MOST_CELLS)]
        gone, come = (
            dict(self._counted(side, where=sql.equal(move, _code(word)))) for side, word in ((old, Move.GONE), (new, Move.APPEARED))
        )
        return cells, moves, gone, come

    def _words(self, name: str) -> list[str]:
        """Return the classes of an output's words in their order, the scale's first."""
        words: list[str] = list(self.scale(name))
        for side in (self.new, self.old):
            type = side.outputs[name].type
            words += type.values if isinstance(type, EnumType) else ()
        return [value_class(word) for word in dict.fromkeys(words)]

    def _groups(self) -> tuple[Group, ...]:
        keys = [sql.column(f"by {number}") for number in range(len(self.by))]
        wanted = [(name, number, move) for name, number in self._numbers.items() for move in Move]
        counts = [sql.count_if(sql.equal(sql.column(f"move {number}"), _code(move))) for _, number, move in wanted]
        measured = self._measured(keys)
        groups = []
        for row in self._rows(*keys, exp.Count(this=exp.Star()), *counts, group=keys):
            key, subjects = row[: len(keys)], row[len(keys)]
            moves: dict[str, dict[Move, int]] = {name: {Move.SAME: subjects} if name in self._decided_once else {} for name in self.outputs}
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
                    cells.append(sql.count_if(sql.column(f"{word} unknown {number}")))
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
            for name, number in self._numbers.items()
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
                yield Moved(key, name, self.outputs[number], before, after, MOVES[move])

    # ---- queries -------------------------------------------------------------------------------------------------------------

    def _rows(self, *cells: Sql, group: Sequence[Sql] = ()) -> list[tuple[Any, ...]]:
        query = sql.select(*cells, source=sql.table(self._table))
        if group:
            query = query.group_by(*group).order_by(*group)
        return self.connection.cursor().execute(sql.printed(query)).fetchall()

    def _counted(self, *cells: Sql, where: Sql | None = None, most: int | None = None, source: Sql | None = None) -> list[tuple[Any, ...]]:
        count = exp.Count(this=exp.Star())
        query = sql.select(*cells, sql.alias(count, "how many"), source=source or sql.table(self._table)).group_by(*cells)
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


def _code(move: Move) -> Sql:
    return sql.integer(MOVES.index(move))


def _is_moved(move: Sql) -> Sql:
    return sql.negate(sql.one_of(move, [_code(word) for word in Move if not word.is_moved]))


def _is_unknown(text: Sql) -> Sql:
    """Return whether a class is one of undetermined outcomes."""
    return sql.call("starts_with", text, sql.text(UNKNOWN))


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
