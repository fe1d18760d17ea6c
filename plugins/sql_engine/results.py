"""The results of a run, kept as tables: counted there, and read row by row as outcomes of the core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any

from sqlglot import exp

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Decision, Position
from tierwise.plugins import sql
from tierwise.plugins.facts import core_value
from tierwise.plugins.grading import Share, shares_of
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.amounts import filled, own_slot, slot_column
from tierwise.plugins.sql_engine.asking import FEW_ASKED, Answers, Asker, Rows
from tierwise.plugins.sql_engine.columns import COUNT, Columns
from tierwise.plugins.sql_engine.compile import Compiler
from tierwise.plugins.sql_engine.masks import Mask
from tierwise.plugins.sql_engine.places import Places
from tierwise.plugins.sql_engine.staging import KEY, NAME, ROW
from tierwise.plugins.sql_engine.tables import Tables

__all__ = ["UNTOLD", "WHOLE", "SqlGrading", "stored_in"]

UNTOLD, WHOLE = Rows(), Rows(are_told=True)
"""Whether the reference engine is asked, too, about rows of which SQL tells which values they may have."""


MOST_READ = 1_000  # rows that are read at once, whatever is asked of them
CELLS = 4  # of an output in a row: value, none, rules, code


def stored_in(table: str) -> str:
    """Return the name of the table that holds what the view ``table`` of results shows."""
    return f"{table} stored"


@dataclass(frozen=True, slots=True)
class _Read:
    """How many rows there are, all of them where they are few, and the outputs that SQL decided in each of these."""

    count: int
    rows: Sequence[tuple[Any, ...]]
    decided: frozenset[str]


@dataclass(slots=True)
class SqlGrading:
    """A ``Grading`` over a table of results.

    Attributes:
        outputs: The decisions that are shown for each subject.
        population: Outcomes about the whole population.
        tables: Where the tables stand.
        table: The table of results: row, key, name, and the columns of each output.
        columns: Output name to its columns.
        compiler: What compiled them.
        asker: Decides what SQL left open of an output, when somebody wants to know.
        masks: Output name to what the bits of its mask stand for.
    """

    outputs: tuple[Decision, ...]
    population: Mapping[str, Outcome]
    tables: Tables
    table: str
    columns: Mapping[str, Columns]
    compiler: Compiler
    asker: Asker
    masks: Mapping[str, Mask] = field(default_factory=dict)
    _answers: dict[tuple[str, Rows], Answers] = field(default_factory=dict)
    _shown: dict[int, Rows] = field(default_factory=dict)
    _read: _Read | None = None

    def answers(self, output: str, rows: Rows = UNTOLD) -> Answers:
        """Return what the reference engine decides of an output where SQL did not; it is asked once."""
        if output in self._few().decided:
            return Answers()
        rows = rows if self.columns[output].possible else replace(rows, are_told=False)
        if (output, rows) not in self._answers:
            decision = self.compiler.plan.decisions[output]
            self._answers[output, rows] = self.asker.output(decision, self.columns[output], self.compiler, rows)
        return self._answers[output, rows]

    def count(self) -> int:
        """Return the number of subjects."""
        return self._few().count

    def _few(self) -> _Read:
        """Return all rows, read at once, where they are few: then to plan a query for each output would take longer."""
        if self._read is None:
            ((count,),) = self.tables.rows(exp.select(exp.Count(this=exp.Star())).from_(sql.table(stored_in(self.table))))
            rows = list(self.tables.rows(self._query(self._columns_read()))) if count <= MOST_READ else []
            places = range(2, 2 + CELLS * len(self.outputs), CELLS)
            decided = [
                d.name for d, at in zip(self.outputs, places, strict=True) if rows and all(r[at + 1] or r[at] is not None for r in rows)
            ]
            self._read = _Read(int(count), rows, frozenset(decided))
        return self._read

    def _columns_read(self) -> list[Sql]:
        """Return key, name, and of each output what ``_result`` reads."""
        columns = [self.columns[output.name] for output in self.outputs]
        cells = [sql.column(c, self.table) if c else sql.NULL for of in columns for c in (of.value, of.none, of.rules, of.open)]
        return [sql.column(KEY, self.table), sql.column(NAME, self.table), *cells]

    def _query(self, cells: Sequence[Sql]) -> exp.Select:
        """Return the query of all rows in the order of the keys."""
        query = sql.select(*cells, source=sql.table(self.table))
        return query.order_by(sql.column(KEY, self.table), sql.column(ROW, self.table), copy=False)

    def distribution(self, output: str) -> tuple[Share, ...]:
        """Return the values of an output in the order of its type (else by count), then the reasons."""
        decision = next(d for d in self.outputs if d.name == output)
        read = self._few()
        if output in read.decided:
            at = 2 + CELLS * self.outputs.index(decision)
            values = [None if row[at + 1] else core_value(row[at], decision.type) for row in read.rows]
            return shares_of(decision.type, _added([(value, 1) for value in values]), {})
        answers, mask = self.answers(output), self.masks.get(output)
        shares: list[tuple[Any, int]] = []
        reasons: dict[Reason, int] = {}
        for outcome, count in chain(self._counted(decision, answers, mask), self._answered(answers)):
            if isinstance(outcome, Undetermined):
                reasons[outcome.reason] = reasons.get(outcome.reason, 0) + count
            else:
                shares.append((outcome.value, count))
        return shares_of(decision.type, _added(shares), reasons)

    def _counted(self, decision: Decision, answers: Answers, mask: Mask | None) -> Iterator[tuple[Outcome, int]]:
        """Yield what rows come to that SQL decides or tells, or that have one answer with all of their kind, each with its number."""
        columns = self.columns[decision.name]
        parts: dict[str, Sql] = {
            name: sql.column(word) for name in ("value", "none", "open") if (word := getattr(columns, name)) is not None
        }
        if mask is not None and columns.possible is not None:
            bits = sql.column(columns.possible)  # of those which leave several values open only that is counted
            parts["is told"] = columns.is_told()
            parts["alone"] = sql.case((mask.has_one(bits), bits)) if mask.are_many else bits
        query = exp.select(*(sql.alias(part, name) for name, part in parts.items()), sql.column(COUNT))
        query = query.from_(self.asker.counted(columns))
        words = [sql.column(name) for name in parts]
        added = exp.select(*words, sql.call("sum", sql.column(COUNT))).from_(query.subquery("cells")).group_by(*words)
        for *cells, count in self.tables.rows(added):
            found = dict(zip(parts, cells, strict=True))
            if found.get("none") or found["value"] is not None:
                yield Determined(None if found.get("none") else core_value(found["value"], decision.type)), int(count)
            elif found.get("open") is not None:
                yield answers.codes[found["open"]], int(count)
            elif mask is not None and found.get("is told"):
                yield Undetermined(Reason.MISSING_FACT) if found["alone"] is None else mask.outcome(found["alone"]), int(count)
            elif answers.rest is not None:
                yield answers.rest, int(count)

    def _answered(self, answers: Answers) -> Iterator[tuple[Outcome, int]]:
        """Yield what the reference engine decided row by row, with the number of the rows."""
        if answers.table is None:
            return
        for place, count in self.tables.rows(self._grouped(sql.column("answer"), answers.table)):
            slot = own_slot(answers.outcomes[place])
            if slot is None:
                yield answers.outcomes[place], int(count)
                continue
            own = self._grouped(sql.column(slot_column(slot.place)), answers.table)
            own = own.where(sql.equal(sql.column("answer"), sql.integer(place)))
            yield from ((Determined(value), int(count)) for value, count in self.tables.rows(own))

    def _grouped(self, column: Sql, table: str) -> exp.Select:
        return exp.select(column, exp.Count(this=exp.Star())).from_(sql.table(table)).group_by(column)

    def rows(self, limit: int | None = None) -> Iterator[SubjectResult]:
        """Yield the results in the order of the subjects' keys; a few thousand are in memory at a time."""
        read = self._few()
        if read.rows and len(read.decided) == len(self.outputs):
            yield from (self._result(row, UNTOLD) for row in islice(read.rows, limit))
            return
        asked = self._first(limit) if limit is not None and limit <= FEW_ASKED else WHOLE
        key, name, *cells = self._columns_read()
        wanted, joined = [key, name], []
        for place, output in enumerate(self.outputs):
            answers = self.answers(output.name, asked)
            wanted += [*cells[place * CELLS : (place + 1) * CELLS], *(sql.column(word, answers.table or "") for word in answers.columns())]
            joined += [] if answers.table is None else [answers.table]
        query = self._query(wanted)
        for table in joined:
            query = query.join(sql.table(table), on=sql.equal(sql.column(ROW, self.table), sql.column(ROW, table)), join_type="left")
        yield from (self._result(row, asked) for row in self.tables.rows(query if limit is None else query.limit(limit)))

    def _first(self, count: int) -> Rows:
        """Make a table of the first rows, so that only these are asked about."""
        if count not in self._shown:
            name = f"{self.table} first {count}"
            first = exp.select(sql.column(ROW)).from_(sql.table(self.table)).order_by(sql.column(KEY), sql.column(ROW)).limit(count)
            self.tables.make(name, first)
            self._shown[count] = Rows(are_told=True, among=name)
        return self._shown[count]

    def positions(self, key: str) -> Mapping[str, Position]:
        """Return ranking name to the position of one subject."""
        return self.positions_of([key]).get(key, {})

    def positions_of(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Position]]:
        """Return the same of several subjects, by key."""
        return self._places().of(keys)

    def keys_at(self, ranking: str, rank: int) -> Iterator[str]:
        """Yield the keys of those who stand at a rank, of any partition."""
        return self._places().keys_at(ranking, rank)

    def _places(self) -> Places:
        return Places(self.tables, self.table, self.asker.stage.ranked)

    def _result(self, row: tuple[Any, ...], asked: Rows) -> SubjectResult:
        outcomes: dict[str, Outcome] = {}
        cells = iter(row)
        key, name = next(cells), next(cells)
        for output in self.outputs:
            answers = self.answers(output.name, asked)
            value, none, rules, code = islice(cells, CELLS)
            answered = tuple(islice(cells, len(answers.columns())))
            if none or value is not None:
                outcomes[output.name] = Determined(None if none else core_value(value, output.type), self.compiler.rulebook.ids(rules))
            else:
                outcomes[output.name] = self.undecided(answers, code, answered)
        return SubjectResult(key, name, outcomes)

    def undecided(self, answers: Answers, code: int | None, answered: Sequence[Any]) -> Outcome:
        """Return the outcome of a row that SQL did not decide: what it was answered is a place, and the row's amounts."""
        if code is not None:
            return answers.codes[code]
        if answered and answered[0] is not None:
            outcome: Outcome = answers.outcomes[answered[0]]
            return filled(outcome, answered[1:])
        assert answers.rest is not None, "INVARIANT: what SQL does not decide has an answer"
        return answers.rest


def _added(shares: Sequence[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """Add up the counts of equal values."""
    totals: dict[Any, int] = {}
    kept: dict[Any, Any] = {}
    for value, count in shares:
        mark = repr(value) if isinstance(value, dict | list | tuple) else (type(value), value)
        kept.setdefault(mark, value)
        totals[mark] = totals.get(mark, 0) + count
    return [(kept[mark], count) for mark, count in totals.items()]
