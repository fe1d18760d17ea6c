"""Grades a table of facts: SQL decides what it can for all rows at once; the reference engine decides the rest, each kind of row once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.outcome import Outcome
from tierwise.core.plan import Decision, Node, Plan, Position, RankCut
from tierwise.core.running.decide import with_as_of
from tierwise.core.running.evaluator import Evaluator
from tierwise.core.running.grading import Grading
from tierwise.core.running.reference import grade as grade_by_reference
from tierwise.core.running.subjects import POPULATION, Subject
from tierwise.core.running.usage import usage_of
from tierwise.plugins.builtin.engine_duckdb import sql
from tierwise.plugins.builtin.engine_duckdb.asking import Question, ask
from tierwise.plugins.builtin.engine_duckdb.compiler import Compiler
from tierwise.plugins.builtin.engine_duckdb.keys import keys_of
from tierwise.plugins.builtin.engine_duckdb.ranking import NeedsReference, Ranked, rank, rankings_in_order, with_positions
from tierwise.plugins.builtin.engine_duckdb.results import Answers, Columns, DuckGrading
from tierwise.plugins.builtin.engine_duckdb.sql import Sql
from tierwise.plugins.builtin.engine_duckdb.staging import staging_of
from tierwise.plugins.builtin.engine_duckdb.subjects import read_subjects
from tierwise.plugins.builtin.engine_duckdb.tables import Picked
from tierwise.plugins.facts import FactTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["DuckDBEngine", "grade"]


def _facts_read(plan: Plan) -> list[str]:
    """Return the facts that any part of a plan reads; for what is about the population, all."""
    parts = [d.node for d in plan.decisions.values()]
    parts += [part for r in plan.rankings.values() for part in (r.by, r.partition, r.among) if part is not None]
    read = {name for part in parts for name in usage_of(plan, part).facts}
    return [name for name in plan.facts if name in read or POPULATION in read]


class DuckDBEngine:
    """The engine called ``duckdb``."""

    name = "duckdb"
    about = "grades a whole database inside embedded DuckDB"

    def grade(self, plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
        """Grade every subject of ``facts``; outcome, reason and rules are those of the reference engine, bit for bit."""
        return grade(plan, environment, facts, as_of)


def grade(plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
    """Grade every subject of a table of facts.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        facts: The subjects; the table is read once.
        as_of: The date of the run; ``None`` leaves it missing.
    """
    run = _Run(plan, environment, facts, as_of)
    try:
        return run.grading()
    except NeedsReference:
        return grade_by_reference(plan, environment, run.subjects(), as_of)


class _Run:
    """One run of a plan over one table of facts."""

    def __init__(self, plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> None:
        self.plan = plan
        self.environment = environment
        self.facts = facts
        self.as_of = as_of
        self.outputs = tuple(d for d in plan.outputs if not d.population)
        self.evaluator = Evaluator(plan, environment)
        self.connection: DuckDBPyConnection = facts.connection.cursor()
        self.name = f"graded {uuid4().hex}"
        self.staging = staging_of(plan, facts, _facts_read(plan), as_of)
        self.rank_keys: dict[str, list[Sql]] = {}
        self.records: tuple[Mapping[str, Any], ...] | None = None

    def grading(self) -> DuckGrading:
        """Run the query, ask about what it leaves open, and return the results."""
        stage, compiler = self._stage()
        picked = compiler.decisions()
        columns = self._create_table(compiler, stage, {d.name: picked[d.name] for d in self.outputs})
        answers = {}
        for output, count in zip(self.outputs, self._open_counts(columns), strict=True):
            if count:
                answers[output.name] = self._ask_output(output, columns[output.name], compiler)
        return DuckGrading(self.outputs, self._population(), self.connection, self.name, columns, answers, compiler.rulebook)

    # ---- facts and positions -------------------------------------------------------------------------------------------

    def _stage(self) -> tuple[exp.Select, Compiler]:
        """Return the query of the facts, with positions where the plan ranks, and a compiler over it."""
        stage = sql.select(self.staging.columns, self.facts.relation)
        if not any(usage_of(self.plan, d.node).rankings for d in self.outputs):
            return stage, self._compiler({})
        table = f"{self.name} facts"
        self.connection.execute(sql.create(table, stage))
        ranked: list[Ranked] = []
        for number, ranking in enumerate(rankings_in_order(self.plan)):
            query, found = with_positions(table, ranked)
            compiler = self._compiler(found)
            compiler.decisions()
            facts = [name for name, _ in self.staging.columns[1:]] + [c.name for p in found.values() for c in p.values()]
            ask_part = partial(self._ask_part, compiler)
            ranked.append(rank(self.connection, f"{self.name} ranking {number}", ranking, compiler, query, facts, ask_part))
        query, found = with_positions(table, ranked)
        return query, self._compiler(found)

    def _compiler(self, positions: Mapping[str, Mapping[str, Sql]]) -> Compiler:
        return Compiler(self.plan, self.environment, self.staging.terms, positions)

    # ---- the query -----------------------------------------------------------------------------------------------------

    def _create_table(self, compiler: Compiler, stage: exp.Select, picked: Mapping[str, Picked]) -> dict[str, Columns]:
        """Compute all outputs for all rows; the facts stay beside them, in case the reference engine must be asked."""
        wanted: list[tuple[str, Sql]] = [(name, sql.column(name)) for name, _ in self.staging.columns]
        wanted += [(part.name, part) for position in compiler.cuts.positions.values() for part in position.values()]
        for number, ranking in enumerate(compiler.cuts.positions):
            keys = [(f"key {number} {i}", key) for i, key in enumerate(compiler.cuts.keys(ranking, list(self._cuts_of(ranking))))]
            self.rank_keys[ranking] = [sql.column(name) for name, _ in keys]
            wanted += keys
        columns = {}
        for place, (name, output) in enumerate(picked.items()):
            parts = (("v", output.value.sql), ("n", output.value.none), ("r", output.rules), ("o", output.open))
            named = {kind: f"{kind}{place} of output" for kind, tree in parts if tree is not None}
            wanted += [(named[kind], tree) for kind, tree in parts if tree is not None]
            columns[name] = Columns(named["v"], named.get("n"), named.get("r"), named.get("o"))
        self.connection.execute(sql.create(self.name, compiler.layers.query(stage, wanted)))
        return columns

    def _open_counts(self, columns: Mapping[str, Columns]) -> tuple[int, ...]:
        """Count the rows that SQL left open, for each output."""
        if not columns:
            return ()
        counts = [sql.call("count_if", sql.negate(part.is_determined())) for part in columns.values()]
        (row,) = self.connection.execute(sql.text(exp.select(*counts).from_(sql.table(self.name)))).fetchall()
        return tuple(int(count) for count in row)

    # ---- what SQL leaves open ------------------------------------------------------------------------------------------

    def _ask_output(self, output: Decision, columns: Columns, compiler: Compiler) -> Answers:
        shortcut = None if columns.open is None else sql.column(columns.open)
        is_open = sql.negate(columns.is_determined())
        question = self._question(compiler, output.node, is_open, f"{self.name} {columns.value}", shortcut)
        return ask(self.connection, self.name, question, partial(self._decide, output.name, POPULATION in usage_of(self.plan, output.node).facts))

    def _ask_part(self, compiler: Compiler, table: str, node: Node, is_open: Sql, answer: str) -> Answers:
        question = self._question(compiler, node, is_open, answer, None)
        return ask(self.connection, table, question, lambda facts, places: self.evaluator.value_of(node, self._known(facts), places))

    def _question(self, compiler: Compiler, node: Node, is_open: Sql, answer: str, shortcut: Sql | None) -> Question:
        usage, terms = usage_of(self.plan, node), self.staging.terms
        positions = {name: compiler.cuts.positions[name] for name in usage.rankings if name in compiler.cuts.positions}
        keys = keys_of(usage, terms)
        for name, position in positions.items():
            keys += self.rank_keys.get(name) or position.values()
        facts = [(fact, terms[fact.name]) for fact in self.plan.facts.values() if fact.name in usage.facts and fact.name in terms]
        return Question(is_open, keys, shortcut, facts, positions, answer)

    def _cuts_of(self, ranking: str) -> Iterator[RankCut]:
        yield from (d.node for d in self.plan.decisions.values() if isinstance(d.node, RankCut) and d.node.ranking == ranking)

    def _decide(self, decision: str, with_population: bool, facts: Mapping[str, Any], positions: Mapping[str, Position]) -> Outcome:
        known = self._known(facts)
        return self.evaluator.decide(decision, {**known, POPULATION: self._records()} if with_population else known, positions)

    def _known(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        return with_as_of(facts, self.as_of)

    # ---- the population as a whole -------------------------------------------------------------------------------------

    def _population(self) -> Mapping[str, Outcome]:
        """Decide what is about all subjects at once, by the reference engine."""
        wanted = [d.name for d in self.plan.outputs if d.population]
        if not wanted:
            return {}
        everybody = self._known({POPULATION: self._records()})
        return {name: self.evaluator.decide(name, everybody) for name in wanted}

    def _records(self) -> tuple[Mapping[str, Any], ...]:
        if self.records is None:
            self.records = tuple({"customer_id": subject.key, **subject.facts} for subject in self.subjects())
        return self.records

    def subjects(self) -> Iterator[Subject]:
        """Read all subjects, with all facts that the plan reads."""
        return read_subjects(self.connection, self.facts, self.staging)
