"""The results of a run, kept as tables in DuckDB: counted there, and read row by row as outcomes of the core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Decision, Position
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.amounts import filled, own_slot, slot_column
from tierwise.plugins.builtin.engine_duckdb.asking import FEW_ASKED, Answers, Asker, Rows
from tierwise.plugins.builtin.engine_duckdb.columns import Columns
from tierwise.plugins.builtin.engine_duckdb.compile import Compiler
from tierwise.plugins.builtin.engine_duckdb.faults import naming_functions
from tierwise.plugins.builtin.engine_duckdb.lines import OutcomeCells, write_lines
from tierwise.plugins.builtin.engine_duckdb.masks import Mask
from tierwise.plugins.builtin.engine_duckdb.outcome_classes import Graded, classes
from tierwise.plugins.builtin.engine_duckdb.places import Places
from tierwise.plugins.builtin.engine_duckdb.staging import KEY, NAME, ROW
from tierwise.plugins.facts import core_value
from tierwise.plugins.grading import LineForm, Share, shares_of
from tierwise.plugins.sql import Sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["DuckGrading"]

BATCH = 5_000
MANY = 20_000  # rows from which on it takes longer to make an object of each than to plan a query
MOST_JOINED = 30  # tables of one query, which takes ever longer to plan
UNTOLD, WHOLE = Rows(), Rows(are_told=True)


@dataclass(slots=True)
class DuckGrading:
    """A ``Grading`` over a DuckDB table.

    Attributes:
        outputs: The decisions that are shown for each subject.
        population: Outcomes about the whole population.
        connection: Where the tables live.
        table: The table of results: row, key, name, and the columns of each output.
        columns: Output name to its columns.
        compiler: What compiled them.
        asker: Decides what SQL left open of an output, when somebody wants to know.
        masks: Output name to what the bits of its mask stand for.
    """

    outputs: tuple[Decision, ...]
    population: Mapping[str, Outcome]
    connection: DuckDBPyConnection
    table: str
    columns: Mapping[str, Columns]
    compiler: Compiler
    asker: Asker
    masks: Mapping[str, Mask] = field(default_factory=dict)
    _answers: dict[tuple[str, Rows], Answers] = field(default_factory=dict)
    _shown: dict[int, Rows] = field(default_factory=dict)

    def answers(self, output: str, rows: Rows = UNTOLD) -> Answers:
        """Return what the reference engine decides of an output where SQL did not; it is asked once."""
        rows = rows if self.columns[output].possible else replace(rows, are_told=False)
        if (output, rows) not in self._answers:
            decision = self.compiler.plan.decisions[output]
            self._answers[output, rows] = self.asker.output(decision, self.columns[output], self.compiler, rows)
        return self._answers[output, rows]

    def count(self) -> int:
        """Return the number of subjects."""
        ((count,),) = self._run(exp.select(exp.Count(this=exp.Star())).from_(sql.table(self.table))).fetchall()
        return int(count)

    def distribution(self, output: str) -> tuple[Share, ...]:
        """Return the values of an output in the order of its type (else by count), then the reasons."""
        decision = next(d for d in self.outputs if d.name == output)
        columns, value = self.columns[output], sql.column(self.columns[output].value)
        counted = (
            exp.select(value, exp.Count(this=exp.Star())).from_(sql.table(columns.view)).where(columns.is_determined()).group_by(value)
        )
        shares = [
            (None if found is None else core_value(found, decision.type), int(count)) for found, count in self._run(counted).fetchall()
        ]
        reasons: dict[Reason, int] = {}
        for outcome, count in chain(self._answered(output), self._told(output)):
            if isinstance(outcome, Undetermined):
                reasons[outcome.reason] = reasons.get(outcome.reason, 0) + count
            else:
                shares.append((outcome.value, count))
        return shares_of(decision.type, _added(shares), reasons)

    def _told(self, output: str) -> Iterator[tuple[Outcome, int]]:
        """Yield what the rows come to of which SQL tells the values that they may have."""
        if output not in self.masks:
            return
        mask, bits = self.masks[output], sql.column(self.columns[output].possible or "")
        counted = sql.case((mask.has_one(bits), bits)) if mask.are_many else bits
        for found, count in self._run(self._counted(counted, self.columns[output].view).where(self.columns[output].is_told())).fetchall():
            yield Undetermined(Reason.MISSING_FACT) if found is None else mask.outcome(found), int(count)

    def _answered(self, output: str) -> Iterator[tuple[Outcome, int]]:
        columns, answers = self.columns[output], self.answers(output)
        if answers.table is not None:
            for place, count in self._run(self._counted(sql.column("answer"), answers.table)).fetchall():
                slot = own_slot(answers.outcomes[place])
                if slot is None:
                    yield answers.outcomes[place], int(count)
                    continue
                own = self._counted(sql.column(slot_column(slot.place)), answers.table)
                own = own.where(sql.equal(sql.column("answer"), sql.integer(place)))
                yield from ((Determined(value), int(count)) for value, count in self._run(own).fetchall())
        if answers.codes and columns.open is not None:
            counted = self._counted(sql.column(columns.open), columns.view).where(columns.is_coded())
            yield from ((answers.codes[code], int(count)) for code, count in self._run(counted).fetchall())
        if answers.rest is not None:
            counted = exp.select(exp.Count(this=exp.Star())).from_(sql.table(columns.view)).where(columns.is_untold())
            ((count,),) = self._run(counted).fetchall()
            yield answers.rest, int(count)

    def _counted(self, column: Sql, table: str) -> exp.Select:
        return exp.select(column, exp.Count(this=exp.Star())).from_(sql.table(table)).group_by(column)

    def rows(self, limit: int | None = None) -> Iterator[SubjectResult]:
        """Yield the results in the order of the subjects' keys; a few thousand are in memory at a time."""
        asked = self._first(limit) if limit is not None and limit <= FEW_ASKED else WHOLE
        wanted: list[Sql] = [sql.column(KEY, self.table), sql.column(NAME, self.table)]
        query = exp.select().from_(sql.table(self.table))
        for output in self.outputs:
            columns = self.columns[output.name]
            wanted += [sql.column(c, self.table) if c else sql.NULL for c in (columns.value, columns.none, columns.rules, columns.open)]
            answers = self.answers(output.name, asked)
            table = answers.table
            wanted += [sql.column(name, table or "") for name in answers.columns()]
            if table is not None:
                same_row = sql.equal(sql.column(ROW, self.table), sql.column(ROW, table))
                query = query.join(sql.table(table), on=same_row, join_type="left")
        query = query.select(*wanted).order_by(sql.column(KEY, self.table), sql.column(ROW, self.table))
        cursor = self._run(query if limit is None else query.limit(limit))
        while batch := cursor.fetchmany(BATCH):
            yield from (self._result(row, asked) for row in batch)

    def lines(self, form: LineForm) -> Iterator[bytes] | None:
        """Yield all results as lines of text; ``None`` when too many outcomes differ, or when it is not worth while."""
        if self.count() < MANY or len(self.outputs) > MOST_JOINED:
            return None
        return write_lines(self.connection, self.table, (self._cells(place, form) for place in range(len(self.outputs))), form)

    def _cells(self, place: int, form: LineForm) -> OutcomeCells:
        """Return what tells the outcomes of an output apart, as far as a form shows them."""
        output = self.outputs[place]
        columns, mask = self.columns[output.name], self.masks.get(output.name)
        is_told = mask is not None and (mask.are_rules_told or not form.shows_rules)
        answers = self.answers(output.name, UNTOLD if is_told else WHOLE)
        wanted = [columns.value, columns.none, columns.rules, columns.open, columns.possible if is_told else None]
        cells = [sql.column(name, self.table) if name else sql.NULL for name in wanted]
        cells += [sql.column(name, answers.table or "") for name in answers.columns()]

        def outcome(found: Sequence[Any]) -> Outcome:
            value, none, rules, code, bits, *answered = found
            if none or value is not None:
                return Determined(None if none else core_value(value, output.type), self.compiler.rulebook.ids(rules))
            return mask.outcome(bits) if mask is not None and bits is not None else self._undecided(answers, code, answered)

        return OutcomeCells(place, columns.view, cells, answers.table, outcome)

    def _first(self, count: int) -> Rows:
        """Make a table of the first rows, so that only these are asked about."""
        if count not in self._shown:
            name = f"{self.table} first {count}"
            first = exp.select(sql.column(ROW)).from_(sql.table(self.table)).order_by(sql.column(KEY), sql.column(ROW)).limit(count)
            self.connection.cursor().execute(sql.create(name, first))
            self._shown[count] = Rows(are_told=True, among=name)
        return self._shown[count]

    def classes(self) -> exp.Select:
        """Return the query of all subjects: key, name, and for each output its class and, of numbers, its number."""
        answers = {output.name: self.answers(output.name) for output in self.outputs}
        return classes(Graded(self.connection, self.table, self.outputs, self.columns, answers, self.masks))

    def positions(self, key: str) -> Mapping[str, Position]:
        """Return ranking name to the position of one subject."""
        return self._places().of(key)

    def keys_at(self, ranking: str, rank: int) -> Iterator[str]:
        """Yield the keys of those who stand at a rank, of any partition."""
        return self._places().keys_at(ranking, rank)

    def _places(self) -> Places:
        return Places(self.connection, self.table, self.asker.stage.ranked)

    def _result(self, row: tuple[Any, ...], asked: Rows) -> SubjectResult:
        outcomes: dict[str, Outcome] = {}
        cells = iter(row)
        key, name = next(cells), next(cells)
        for output in self.outputs:
            answers = self.answers(output.name, asked)
            value, none, rules, code = islice(cells, 4)
            answered = tuple(islice(cells, len(answers.columns())))
            if none or value is not None:
                outcomes[output.name] = Determined(None if none else core_value(value, output.type), self.compiler.rulebook.ids(rules))
            else:
                outcomes[output.name] = self._undecided(answers, code, answered)
        return SubjectResult(key, name, outcomes)

    def _undecided(self, answers: Answers, code: int | None, answered: Sequence[Any]) -> Outcome:
        """Return the outcome of a row that SQL did not decide: what it was answered is a place, and the row's amounts."""
        if code is not None:
            return answers.codes[code]
        if answered and answered[0] is not None:
            outcome: Outcome = answers.outcomes[answered[0]]
            return filled(outcome, answered[1:])
        assert answers.rest is not None, "INVARIANT: what SQL does not decide has an answer"
        return answers.rest

    def _run(self, query: exp.Select) -> DuckDBPyConnection:
        with naming_functions(self.compiler.plan, self.compiler.environment):
            return self.connection.cursor().execute(sql.printed(query))


def _added(shares: Sequence[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """Add up the counts of equal values."""
    totals: dict[Any, int] = {}
    kept: dict[Any, Any] = {}
    for value, count in shares:
        mark = repr(value) if isinstance(value, dict | list | tuple) else (type(value), value)
        kept.setdefault(mark, value)
        totals[mark] = totals.get(mark, 0) + count
    return [(kept[mark], count) for mark, count in totals.items()]
