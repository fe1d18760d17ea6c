"""Runs a plan in the DuckDB that holds the facts; its results may be written as lines and compared as classes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow
from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Plan
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.duckdb_tables import DuckTables, rows_of
from tierwise.plugins.builtin.engine_duckdb.outcome_classes import Graded, classes
from tierwise.plugins.builtin.engine_duckdb.result_lines import OutcomeCells, TypedCells, write_batches, write_lines, write_numbers
from tierwise.plugins.facts import FactTable, core_value
from tierwise.plugins.grading import Grading, LineForm
from tierwise.plugins.progress import watched
from tierwise.plugins.result_table import has_type
from tierwise.plugins.sql_engine.facts_grading import grade_in
from tierwise.plugins.sql_engine.results import UNTOLD, WHOLE, SqlGrading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["DuckGrading", "grade"]

MANY = 20_000  # rows from which on it takes longer to make an object of each than to plan a query
MOST_JOINED = 30  # tables of one query, which takes ever longer to plan


@dataclass(slots=True)
class DuckGrading(SqlGrading):
    """A ``Grading`` over tables of DuckDB."""

    tables: DuckTables

    @property
    def connection(self) -> DuckDBPyConnection:
        """Where the tables live."""
        return self.tables.connection

    def lines(self, form: LineForm) -> Iterator[bytes] | None:
        """Yield all results as lines of text; ``None`` when too many outcomes differ, or when it is not worth while."""
        if not self._is_worth_a_plan():
            return None
        masks = [self.masks.get(output.name) for output in self.outputs]
        told = [mask is not None and (mask.are_rules_told or not form.shows_rules) for mask in masks]
        return write_lines(self.connection, self.table, map(self._cells, range(len(told)), told), form)

    def numbered(self, number: Callable[[Outcome], int]) -> Iterator[tuple[Sequence[str], Sequence[str]]] | None:
        """Yield keys in their order, and the numbers of their outcomes; ``None`` when too many outcomes differ, or when it is not worth while."""
        if not self._is_worth_a_plan():
            return None
        return write_numbers(self.connection, self.table, (self._cells(place, False) for place in range(len(self.outputs))), number)

    def batches(self) -> Iterator[pyarrow.RecordBatch] | None:
        """Yield all results as a table; ``None`` when too many outcomes differ, or when it is not worth while."""
        if not self._is_worth_a_plan():
            return None
        return write_batches(self.connection, self.table, map(self._typed_cells, range(len(self.outputs))))

    def _is_worth_a_plan(self) -> bool:
        return self.count() >= MANY and len(self.outputs) <= MOST_JOINED

    def _cells(self, place: int, is_told: bool) -> OutcomeCells:
        """Return what tells the outcomes of an output apart.

        Args:
            place: The place of the output.
            is_told: Whether what its mask tells is enough; it does not say what an outcome needs.
        """
        output = self.outputs[place]
        columns, mask = self.columns[output.name], self.masks.get(output.name)
        answers = self.answers(output.name, UNTOLD if is_told else WHOLE)
        wanted = [columns.value, columns.none, columns.rules, columns.open, columns.possible if is_told else None]
        cells = [sql.column(name, self.table) if name else sql.NULL for name in wanted]
        cells += [sql.column(name, answers.table or "") for name in answers.columns()]

        def outcome(found: Sequence[Any]) -> Outcome:
            value, none, rules, code, bits, *answered = found
            if none or value is not None:
                return Determined(None if none else core_value(value, output.type), self.compiler.rulebook.ids(rules))
            return mask.outcome(bits) if mask is not None and bits is not None else self.undecided(answers, code, answered)

        return OutcomeCells(place, columns.source(self.table), cells, answers.table, outcome)

    def _typed_cells(self, place: int) -> TypedCells:
        """Return the same for a table with types, where a value that stands in a column of its own tells no outcome from another."""
        output = self.outputs[place]
        columns, mask = self.columns[output.name], self.masks.get(output.name)
        is_told = mask is not None and mask.are_rules_told
        answers = self.answers(output.name, UNTOLD if is_told else WHOLE)
        is_decided, value = columns.is_determined(), sql.column(columns.value)
        of_decided = [None if has_type(output.type) else value, columns.rules and sql.column(columns.rules)]
        of_others = [columns.open and sql.column(columns.open), sql.column(columns.possible) if is_told and columns.possible else None]
        of_others += [sql.column(name, answers.table or "") for name in answers.columns()]
        cells = [is_decided.copy()]
        cells += [sql.case((is_decided.copy(), cell)) if cell else sql.NULL for cell in of_decided]
        cells += [sql.case((sql.negate(is_decided.copy()), cell)) if cell else sql.NULL for cell in of_others]

        def outcome(found: Sequence[Any]) -> Outcome:
            decided, value, rules, code, bits, *answered = found
            if decided:
                return Determined(None if value is None else core_value(value, output.type), self.compiler.rulebook.ids(rules))
            return mask.outcome(bits) if mask is not None and bits is not None else self.undecided(answers, code, answered)

        of_output = OutcomeCells(place, columns.source(self.table), cells, answers.table, outcome)
        return TypedCells(output, of_output, value if has_type(output.type) else None)

    def classes(self, outputs: Collection[str] | None = None) -> exp.Select:
        """Return the query of all subjects: key, name, and for each output its class and, of numbers, its number."""
        wanted = tuple(output for output in self.outputs if outputs is None or output.name in outputs)
        answers = {output.name: self.answers(output.name) for output in wanted}
        return classes(Graded(self.connection, self.table, wanted, self.columns, answers, self.masks))


def grade(plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
    """Grade every subject of a table of facts; outcome, reason and rules are those of the reference engine, bit for bit.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        facts: The subjects; the table is read once.
        as_of: The date of the run; ``None`` leaves it missing.

    Raises:
        PluginError: The SQL of a plugin's function does not run.
        DataError: What the facts are read from changed meanwhile.
    """
    tables = DuckTables(facts.connection.cursor(), plan, environment)
    if (progress := watched()) is not None:
        for setting in ("enable_progress_bar = true", "enable_progress_bar_print = false", "progress_bar_time = 0"):
            tables.connection.execute(f"SET {setting}")
        progress.tell(facts.count(), partial(_share_done, tables.connection))
    grading = grade_in(tables, rows_of(facts), plan, environment, as_of, DuckGrading)
    facts.stored.refuse_changed()
    return grading


def _share_done(connection: DuckDBPyConnection) -> float:
    """Return the part of the statement under way that is done; 0 when there is none."""
    try:
        return max(connection.query_progress(), 0.0) / 100
    except duckdb.ConnectionException:  # closed, which who looks does not know
        return 0.0
