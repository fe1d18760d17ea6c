"""Grades a table of facts: SQL decides what it can for all rows at once; the reference engine decides the rest, each kind of row once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.grading import Grading
from tierwise.core.meaning.reference import grade as grade_by_reference
from tierwise.core.meaning.subjects import POPULATION, Subject
from tierwise.core.outcome import Outcome
from tierwise.core.plan import Decision, Node, Plan, rankings_in_order, usage_of
from tierwise.core.plan import Position as RankPosition
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.amounts import amounts_of
from tierwise.plugins.builtin.engine_duckdb.asking import Decide, Question, ask, ask_each, ask_of_groups
from tierwise.plugins.builtin.engine_duckdb.compiler import Compiler
from tierwise.plugins.builtin.engine_duckdb.cuts import Position
from tierwise.plugins.builtin.engine_duckdb.keys import keys_of
from tierwise.plugins.builtin.engine_duckdb.leaves import decisions_in
from tierwise.plugins.builtin.engine_duckdb.places import Places
from tierwise.plugins.builtin.engine_duckdb.ranking import NeedsReference, Ranked, rank, with_positions
from tierwise.plugins.builtin.engine_duckdb.results import Answers, Columns, DuckGrading
from tierwise.plugins.builtin.engine_duckdb.staging import KEY, NAME, ROW, staging_of
from tierwise.plugins.builtin.engine_duckdb.subjects import read_subjects
from tierwise.plugins.builtin.engine_duckdb.tables import Picked
from tierwise.plugins.builtin.engine_duckdb.terms import Term
from tierwise.plugins.facts import FactTable
from tierwise.plugins.sql import Sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["DuckDBEngine", "grade"]

FEW = 50_000  # open rows up to which only their own positions are read
FEW_ASKED = 200  # rows that are asked about one by one


def _facts_read(plan: Plan) -> list[str]:
    """Return the facts that any part of a plan reads; for what is about the population, all."""
    parts = [d.node for d in plan.decisions.values()]
    parts += [part for ranking in plan.rankings.values() for part in ranking.parts]
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
        self.ranked: list[Ranked] = []
        self.records: tuple[Mapping[str, Any], ...] | None = None

    def grading(self) -> DuckGrading:
        """Run the query and return the results; the reference engine is asked about what it leaves open when somebody wants to know."""
        stage, compiler = self._stage()
        picked = compiler.decisions()
        columns = self._create_table(compiler, stage, {d.name: picked[d.name] for d in self.outputs})

        @cache
        def answers_of(output: str) -> Answers:
            return self._ask_output(self.plan.decisions[output], columns[output], compiler)

        places = Places(self.connection, self.name, self.ranked)
        return DuckGrading(self.outputs, self._population(), self.connection, self.name, columns, answers_of, compiler.rulebook, places)

    # ---- facts and positions -------------------------------------------------------------------------------------------

    def _stage(self) -> tuple[exp.Select, Compiler]:
        """Return the query of the facts, with positions where the plan ranks, and a compiler over it."""
        facts = f"{self.name} facts"
        self.connection.execute(
            sql.create(facts, sql.select(*sql.named(self.staging.columns), source=sql.table(self.facts.relation)), "VIEW")
        )
        is_ranked = any(usage_of(self.plan, d.node).rankings for d in self.outputs)
        for number, ranking in enumerate(rankings_in_order(self.plan) if is_ranked else ()):
            query, found = with_positions(facts, self.ranked)
            compiler = self._compiler(found)
            compiler.decisions_for(decisions_in(self.plan, ranking.parts))
            ask_part = partial(self._ask_part, found)
            self.ranked.append(rank(self.connection, f"{self.name} ranking {number}", ranking, compiler, query, ask_part))
        query, found = with_positions(facts, self.ranked)
        return query, self._compiler(found)

    def _compiler(self, positions: Mapping[str, Position]) -> Compiler:
        return Compiler(self.plan, self.environment, self.staging.terms, positions)

    # ---- the query -----------------------------------------------------------------------------------------------------

    def _create_table(self, compiler: Compiler, stage: exp.Select, picked: Mapping[str, Picked]) -> dict[str, Columns]:
        """Compute all outputs for all rows."""
        wanted: list[tuple[str, Sql]] = [(name, sql.column(name)) for name in (ROW, KEY, NAME)]
        columns = {}
        for place, (name, output) in enumerate(picked.items()):
            parts = (("v", output.value.sql), ("n", output.value.none), ("r", output.rules), ("o", output.open))
            named = {kind: f"{kind}{place} of output" for kind, tree in parts if tree is not None}
            wanted += [(named[kind], tree) for kind, tree in parts if tree is not None]
            columns[name] = Columns(named["v"], named.get("n"), named.get("r"), named.get("o"))
        stored, shown = compiler.layers.split(wanted)
        table = f"{self.name} stored"
        self.connection.execute(sql.create(table, compiler.layers.query(stage, stored)))
        self.connection.execute(sql.create(self.name, sql.select(*sql.named(shown), source=sql.table(table)), "VIEW"))
        return columns

    def _open_counts(self, columns: Columns) -> tuple[int, int]:
        """Count the rows of an output that SQL left open: those with a code, and the others."""
        counts = [sql.call("count_if", condition) for condition in (columns.is_coded(), columns.is_open())]
        ((coded, left_open),) = self.connection.execute(sql.printed(exp.select(*counts).from_(sql.table(self.name)))).fetchall()
        return coded, left_open

    # ---- what SQL leaves open ------------------------------------------------------------------------------------------

    def _ask_output(self, output: Decision, columns: Columns, compiler: Compiler) -> Answers:
        """Have the reference engine decide what SQL left open of one output."""
        coded, left_open = self._open_counts(columns)
        decide = partial(self._decide, output.name, POPULATION in usage_of(self.plan, output.node).facts)
        answers = self._ask_open(output, columns, compiler, decide, left_open) if left_open else Answers()
        if not coded or columns.open is None:
            return answers
        question = self._question(output.node, self._rows_where(columns.is_coded()), compiler, self._named(columns), with_keys=False)
        return replace(answers, codes=ask_of_groups(self.connection, question, sql.column(columns.open), decide))

    def _ask_open(self, output: Decision, columns: Columns, compiler: Compiler, decide: Decide, left_open: int) -> Answers:
        """Ask about the rows of which the facts matter: one by one when they are few, else once for all that have the same answer."""
        rows = self._rows_where(columns.is_open())
        if left_open <= FEW_ASKED:
            return ask_each(self.connection, self._question(output.node, rows, compiler, self._named(columns), with_keys=False), decide)
        amounts = amounts_of(self.plan, output, compiler.expressions)
        question = self._question(output.node, self._facts_of(rows, left_open <= FEW), compiler, self._named(columns), amounts=amounts)
        if question.keys or question.amounts:
            return ask(self.connection, question, decide)
        alike = sql.cast(sql.integer(0), "INTEGER")
        (rest,) = ask_of_groups(self.connection, replace(question, stage=rows), alike, decide).values()
        return Answers(rest=rest)

    def _ask_part(self, positions: Mapping[str, Position], node: Node, table: str, is_open: Sql, answer: str) -> Answers:
        open_rows = exp.select("*").from_(sql.table(table)).where(is_open)
        question = self._question(node, self._facts_of(open_rows), self._compiler(positions), answer)
        return ask(self.connection, question, lambda facts, places: self.evaluator.value_of(node, self._known(facts), places))

    def _named(self, columns: Columns) -> str:
        """Return the name of the table of answers about an output."""
        return f"{self.name} {columns.value}"

    def _rows_where(self, condition: Sql) -> exp.Select:
        return exp.select("*").from_(sql.table(self.name)).where(condition)

    def _facts_of(self, rows: exp.Select, are_few: bool = False) -> exp.Select:
        """Return the query of the rows that a query selects, with all their facts and positions."""
        chosen = exp.select(sql.column(ROW)).from_(rows.subquery("rows"))
        return with_positions(f"{self.name} facts", self.ranked, chosen, are_few)[0]

    def _question(
        self, node: Node, stage: exp.Select, compiler: Compiler, answer: str, with_keys: bool = True, amounts: Sequence[Term] = ()
    ) -> Question:
        usage, positions = usage_of(self.plan, node), compiler.cuts.positions
        wanted = {name: positions[name] for name in usage.rankings if name in positions}
        places = {name: compiler.cuts.keys(name, compiler.cuts_of(name)) for name in wanted} if with_keys else {}
        keys = keys_of(self.plan, node, compiler.expressions, places, amounts) if with_keys else []
        terms = self.staging.terms
        facts = [(fact, terms[fact.name]) for fact in self.plan.facts.values() if fact.name in usage.facts and fact.name in terms]
        own = [amount.sql for amount in amounts]
        return Question(stage, partial(self._facts_of, are_few=True), compiler.layers, keys, facts, wanted, answer, own)

    def _decide(self, decision: str, with_population: bool, facts: Mapping[str, Any], positions: Mapping[str, RankPosition]) -> Outcome:
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
