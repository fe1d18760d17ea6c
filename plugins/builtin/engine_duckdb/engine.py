"""Grades a table of facts: SQL decides what it can for all rows at once; the reference engine decides the rest, each kind of row once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.plan import POPULATION, Plan, rankings_in_order, usage_of
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.asking import Asker
from tierwise.plugins.builtin.engine_duckdb.columns import Columns
from tierwise.plugins.builtin.engine_duckdb.compile import Compiler, Picked
from tierwise.plugins.builtin.engine_duckdb.faults import naming_functions
from tierwise.plugins.builtin.engine_duckdb.masks import Mask, Masks
from tierwise.plugins.builtin.engine_duckdb.places import Stage
from tierwise.plugins.builtin.engine_duckdb.possible import decisions_in
from tierwise.plugins.builtin.engine_duckdb.ranking import NeedsReference, rank
from tierwise.plugins.builtin.engine_duckdb.reference import Reference
from tierwise.plugins.builtin.engine_duckdb.results import DuckGrading
from tierwise.plugins.builtin.engine_duckdb.staging import KEY, NAME, ROW, Staging, read_subjects, staging_of
from tierwise.plugins.builtin.engine_reference import grade as grade_by_reference
from tierwise.plugins.facts import FactTable
from tierwise.plugins.grading import Grading
from tierwise.plugins.sql import Sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["grade"]


def grade(plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
    """Grade every subject of a table of facts; outcome, reason and rules are those of the reference engine, bit for bit.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        facts: The subjects; the table is read once.
        as_of: The date of the run; ``None`` leaves it missing.

    Raises:
        PluginError: The SQL of a plugin's function does not run.
    """
    connection = facts.connection.cursor()
    staging = staging_of(plan, facts, _facts_read(plan), as_of)
    subjects = partial(read_subjects, connection, facts, staging)
    try:
        with naming_functions(plan, environment):
            return _graded(plan, environment, connection, facts, staging, Reference(plan, environment, as_of, subjects))
    except NeedsReference:
        return grade_by_reference(plan, environment, subjects(), as_of)


def _graded(
    plan: Plan, environment: Environment, connection: DuckDBPyConnection, facts: FactTable, staging: Staging, reference: Reference
) -> DuckGrading:
    """Run the query and return the results; the reference engine is asked about what it leaves open when somebody wants to know."""
    name = f"graded {uuid4().hex}"
    stage = Stage(f"{name} facts")
    connection.execute(sql.create(stage.facts, sql.select(*sql.named(staging.columns), source=sql.table(facts.relation)), "VIEW"))
    asker = Asker(connection, name, stage, staging.terms, reference)
    outputs = tuple(d for d in plan.outputs if not d.population)
    is_ranked = any(usage_of(plan, d.node).rankings for d in outputs)
    for number, ranking in enumerate(rankings_in_order(plan) if is_ranked else ()):
        compiler = Compiler(plan, environment, staging.terms, stage.positions())
        compiler.decisions(decisions_in(plan, ranking.parts))
        stage.ranked.append(rank(connection, f"{name} ranking {number}", ranking, compiler, asker))
    compiler = Compiler(plan, environment, staging.terms, stage.positions())
    picked = compiler.decisions()
    masks = _masks(connection, stage, staging, compiler, [d.name for d in outputs])
    shown = {d.name: replace(picked[d.name], possible=masks[d.name].sql) if d.name in masks else picked[d.name] for d in outputs}
    columns = _create_table(connection, name, stage, compiler, shown)
    return DuckGrading(outputs, reference.population(), connection, name, columns, compiler, asker, masks)


def _masks(connection: DuckDBPyConnection, stage: Stage, staging: Staging, compiler: Compiler, outputs: Sequence[str]) -> dict[str, Mask]:
    """Return the masks of the outputs of which SQL can tell one; none where no fact is missing."""
    missing = [sql.call("bool_or", sql.negate(term.known)) for term in staging.terms.values() if term.sql.find(exp.Column)]
    found = connection.execute(sql.printed(sql.select(*missing, source=sql.table(stage.facts)))).fetchone() if missing else ()
    if not any(found or ()):
        return {}
    masks = Masks(compiler)
    return {name: mask for name in outputs if (mask := masks.of(name)) is not None}


def _facts_read(plan: Plan) -> list[str]:
    """Return the facts that any part of a plan reads; for what is about the population, all."""
    parts = [d.node for d in plan.decisions.values()]
    parts += [part for ranking in plan.rankings.values() for part in ranking.parts]
    read = {name for part in parts for name in usage_of(plan, part).facts}
    return [name for name in plan.facts if name in read or POPULATION in read]


def _create_table(
    connection: DuckDBPyConnection, name: str, stage: Stage, compiler: Compiler, picked: Mapping[str, Picked]
) -> dict[str, Columns]:
    """Compute all outputs for all rows: narrow columns are stored, what is read off one of them is shown by a view."""
    columns = {
        output: replace(Columns.of(number, found), view=f"{name} output {number}") for number, (output, found) in enumerate(picked.items())
    }
    wanted: list[tuple[str, Sql]] = [(word, sql.column(word)) for word in (ROW, KEY, NAME)]
    wanted += [cell for output, found in picked.items() for cell in columns[output].holding(found)]
    stored, shown = compiler.layers.split(wanted)
    table = f"{name} stored"
    connection.execute(sql.create(table, compiler.layers.query(stage.rows(), stored)))
    connection.execute(sql.create(name, sql.select(*sql.named(shown), source=sql.table(table)), "VIEW"))
    for output, found in picked.items():
        own = {ROW, KEY, NAME, *(word for word, _ in columns[output].holding(found))}
        cells = [(word, tree.copy()) for word, tree in shown if word in own]
        connection.execute(sql.create(columns[output].view, sql.select(*sql.named(cells), source=sql.table(table)), "VIEW"))
    return columns
