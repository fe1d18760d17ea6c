"""The results of a run in DuckDB, which may also be written as lines and compared as classes there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tierwise.core.outcome import Determined, Outcome
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.duckdb_tables import DuckTables
from tierwise.plugins.builtin.engine_duckdb.outcome_classes import Graded, classes
from tierwise.plugins.builtin.engine_duckdb.result_lines import OutcomeCells, write_lines, write_numbers
from tierwise.plugins.facts import core_value
from tierwise.plugins.grading import LineForm
from tierwise.plugins.sql_engine.results import UNTOLD, WHOLE, SqlGrading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["DuckGrading"]

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

        return OutcomeCells(place, columns.view, cells, answers.table, outcome)

    def classes(self, outputs: Collection[str] | None = None) -> exp.Select:
        """Return the query of all subjects: key, name, and for each output its class and, of numbers, its number."""
        wanted = tuple(output for output in self.outputs if outputs is None or output.name in outputs)
        answers = {output.name: self.answers(output.name) for output in wanted}
        return classes(Graded(self.connection, self.table, wanted, self.columns, answers, self.masks))
