"""Grades a table of facts: SQL decides what it can for all rows at once; the reference engine decides the rest, each kind of row once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tierwise.core.environment import Environment
from tierwise.core.plan import Decision, Plan, Position
from tierwise.core.running.decide import with_as_of
from tierwise.core.running.evaluator import Evaluator
from tierwise.core.running.usage import usage_of
from tierwise.plugins.builtin.engine_duckdb import sql
from tierwise.plugins.builtin.engine_duckdb.asking import Question, ask
from tierwise.plugins.builtin.engine_duckdb.decisions import Decisions
from tierwise.plugins.builtin.engine_duckdb.expressions import Expressions
from tierwise.plugins.builtin.engine_duckdb.keys import keys_of
from tierwise.plugins.builtin.engine_duckdb.layers import Layers
from tierwise.plugins.builtin.engine_duckdb.lists import Lists
from tierwise.plugins.builtin.engine_duckdb.results import Answers, Columns, DuckGrading
from tierwise.plugins.builtin.engine_duckdb.rulebook import Rulebook
from tierwise.plugins.builtin.engine_duckdb.sql import Sql, exp
from tierwise.plugins.builtin.engine_duckdb.staging import KEY, NAME, ROW, Staging, staging_of
from tierwise.plugins.builtin.engine_duckdb.tables import Picked, Tables
from tierwise.plugins.facts import FactTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["DuckDBEngine", "grade"]

STAGE = "facts"


class DuckDBEngine:
    """The engine called ``duckdb``."""

    name = "duckdb"
    about = "grades a whole database inside embedded DuckDB"

    def grade(self, plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> DuckGrading:
        """Grade every subject of ``facts``; outcome, reason and rules are those of the reference engine, bit for bit."""
        return grade(plan, environment, facts, as_of)


def grade(plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> DuckGrading:
    """Grade every subject of a table of facts.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        facts: The subjects; the table is read once.
        as_of: The date of the run; ``None`` leaves it missing.
    """
    return _Run(plan, environment, facts, as_of).grading()


class _Run:
    """One run of a plan over one table of facts."""

    def __init__(self, plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> None:
        self.plan = plan
        self.facts = facts
        self.as_of = as_of
        self.outputs = tuple(d for d in plan.outputs if not d.population)
        self.evaluator = Evaluator(plan, environment)
        self.connection: DuckDBPyConnection = facts.connection.cursor()
        self.name = f"graded {uuid4().hex}"
        self.layers = Layers(STAGE)
        self.rulebook = Rulebook()
        readings = {name: reading.settled for name, reading in plan.readings.items() if reading.settled is not None}
        self.expressions = Expressions(environment, self.layers, readings)
        Lists(self.expressions)
        self.decisions = Decisions(plan, self.expressions, Tables(plan, self.expressions, self.rulebook))
        self.staging = self._staging()

    def grading(self) -> DuckGrading:
        """Run the query, ask about what it leaves open, and return the results."""
        picked = {decision.name: self.decisions.compile(decision) for decision in self.plan.decisions.values()}
        columns = self._create_table({d.name: picked[d.name] for d in self.outputs})
        answers = {}
        for output, count in zip(self.outputs, self._open_counts(columns), strict=True):
            if count:
                answers[output.name] = self._ask(output, columns[output.name], picked[output.name])
        return DuckGrading(self.outputs, {}, self.connection, self.name, columns, answers, self.rulebook)

    def _staging(self) -> Staging:
        read = {name for decision in self.plan.decisions.values() for name in usage_of(self.plan, decision.node).facts}
        staging = staging_of(self.plan, self.facts, [name for name in self.plan.facts if name in read], self.as_of)
        self.expressions.names |= {("fact", name): term for name, term in staging.terms.items()}
        return staging

    def _create_table(self, picked: Mapping[str, Picked]) -> dict[str, Columns]:
        """Compute all outputs for all rows; the facts stay beside them, in case the reference engine must be asked."""
        wanted: list[tuple[str, Sql]] = [(name, sql.column(name)) for name, _ in self.staging.columns]
        columns = {}
        for place, (name, output) in enumerate(picked.items()):
            parts = (("v", output.value.sql), ("n", output.value.none), ("r", output.rules), ("o", output.open))
            named = {kind: f"{kind}{place} of output" for kind, tree in parts if tree is not None}
            wanted += [(named[kind], tree) for kind, tree in parts if tree is not None]
            columns[name] = Columns(named["v"], named.get("n"), named.get("r"), named.get("o"))
        query = self.layers.query(sql.select(self.staging.columns, self.facts.relation), wanted)
        self.connection.execute(sql.text(exp.Create(this=sql.table(self.name), kind="TABLE", expression=query)))
        return columns

    def _open_counts(self, columns: Mapping[str, Columns]) -> tuple[int, ...]:
        """Count the rows that SQL left open, for each output."""
        if not columns:
            return ()
        counts = [sql.call("count_if", sql.negate(part.is_determined())) for part in columns.values()]
        row = self.connection.execute(sql.text(exp.select(*counts).from_(sql.table(self.name)))).fetchone()
        assert row is not None
        return tuple(int(count) for count in row)

    def _ask(self, output: Decision, columns: Columns, picked: Picked) -> Answers:
        relevant = set(self.evaluator.relevant_facts(output.name))
        terms = self.staging.terms
        question = Question(
            is_open=sql.negate(columns.is_determined()),
            keys=keys_of(usage_of(self.plan, output.node), terms),
            shortcut=None if columns.open is None else sql.column(columns.open),
            facts=[(fact, terms[fact.name]) for fact in self.plan.facts.values() if fact.name in relevant and fact.name in terms],
            positions={},
            answer=f"{self.name} {columns.value}",
        )
        return ask(self.connection, self.name, question, partial(self._decide, output.name))

    def _decide(self, decision: str, facts: Mapping[str, Any], positions: Mapping[str, Position]) -> Any:
        return self.evaluator.decide(decision, with_as_of(facts, self.as_of), positions)
