"""Grades a table of facts: SQL decides what it can for all rows at once; the reference engine decides the rest, each kind of row once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import uuid4

from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.plan import POPULATION, Plan, rankings_in_order, usage_of
from tierwise.plugins import sql
from tierwise.plugins.engine_reference import grade as grade_by_reference
from tierwise.plugins.grading import Grading
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.asking import Asker
from tierwise.plugins.sql_engine.columns import Columns, StoredCells, Tally
from tierwise.plugins.sql_engine.compile import Compiler, Picked
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.masks import Mask, Masks
from tierwise.plugins.sql_engine.places import Stage
from tierwise.plugins.sql_engine.possible import decisions_in
from tierwise.plugins.sql_engine.ranking_columns import NeedsReference, rank
from tierwise.plugins.sql_engine.reference import Reference
from tierwise.plugins.sql_engine.results import SqlGrading, stored_in
from tierwise.plugins.sql_engine.staging import ID, KEY, NAME, ROW, Staging, read_subjects, staging_of
from tierwise.plugins.sql_engine.tables import FactRows, Tables

__all__ = ["facts_read", "grade_in"]

MOST_BITS = 12  # of a mask that is counted with others
MOST_KINDS = (
    1_000_000  # different rows that narrow columns could have which are counted at once; far fewer are there, as they hang on each other
)


def grade_in(
    tables: Tables, facts: FactRows, plan: Plan, environment: Environment, as_of: date | None, made: type[SqlGrading] = SqlGrading
) -> Grading:
    """Grade every subject of a table of facts; outcome, reason and rules are those of the reference engine, bit for bit.

    Args:
        tables: Where the facts stand, and the tables of the run will.
        facts: The subjects; the table is read once.
        plan: The compiled policy.
        environment: Its functions and limits.
        as_of: The date of the run; ``None`` leaves it missing.
        made: The grading to give, which may do more than the protocol asks.
    """
    staging = staging_of(plan, facts, facts_read(plan), as_of)
    subjects = partial(read_subjects, tables, facts, staging)
    try:
        return _graded(tables, facts, plan, environment, staging, Reference(plan, environment, as_of, subjects), made)
    except NeedsReference:
        return grade_by_reference(plan, environment, subjects(), as_of)


def _graded(
    tables: Tables, facts: FactRows, plan: Plan, environment: Environment, staging: Staging, reference: Reference, made: type[SqlGrading]
) -> SqlGrading:
    """Run the query and return the results; the reference engine is asked about what it leaves open when somebody wants to know."""
    name = f"graded {uuid4().hex}"
    stage = Stage(f"{name} facts", columns=[column for column, _ in staging.columns])
    tables.make(stage.facts, sql.select(*sql.named(staging.columns), source=sql.table(facts.relation)), "VIEW")
    asker = Asker(tables, name, stage, staging.terms, reference)
    lacked = _lacked(tables, stage, staging)
    compiler_of = partial(Compiler, plan, environment, staging.terms, dialect=tables.dialect, whole=_never_null(staging, lacked))
    outputs = tuple(d for d in plan.outputs if not d.population)
    is_ranked = any(usage_of(plan, d.node).rankings for d in outputs)
    for number, ranking in enumerate(rankings_in_order(plan) if is_ranked else ()):
        compiler = compiler_of(stage.positions())
        compiler.decisions(decisions_in(plan, ranking.parts))
        stage.ranked.append(rank(tables, f"{name} ranking {number}", ranking, compiler, asker))
    compiler = compiler_of(stage.positions())
    picked = compiler.decisions()
    masks = _masks(compiler, [d.name for d in outputs]) if lacked else {}
    for mask in masks.values():
        if len(mask.values) <= MOST_BITS:
            compiler.layers.keep(mask.sql, 1 << len(mask.values))
    shown = {d.name: replace(picked[d.name], possible=masks[d.name].sql) if d.name in masks else picked[d.name] for d in outputs}
    columns = _create_table(tables, name, asker, compiler, shown, facts)
    return made(outputs, reference.population(), tables, name, columns, compiler, asker, masks)


def _lacked(tables: Tables, stage: Stage, staging: Staging) -> frozenset[str]:
    """Return the facts that some subject lacks."""
    known = staging.whole | staging.lacked
    doubted = [(name, term) for name, term in staging.terms.items() if term.sql.find(exp.Column) and name not in known]
    missing = [sql.call("bool_or", sql.negate(term.known)) for _, term in doubted]
    found = next(tables.rows(sql.select(*missing, source=sql.table(stage.facts)))) if missing else ()
    return staging.lacked | {name for (name, _), is_lacked in zip(doubted, found, strict=True) if is_lacked}


def _never_null(staging: Staging, lacked: frozenset[str]) -> list[str]:
    """Return the columns of the facts that nobody lacks and that cannot be none."""
    terms = [term for name, term in staging.terms.items() if name not in lacked and term.none is None]
    named = [term.sql.name for term in terms if isinstance(term.sql, exp.Column)]
    return named + [term.stored.column for term in terms if term.stored is not None]


def _masks(compiler: Compiler, outputs: Sequence[str]) -> dict[str, Mask]:
    """Return the masks of the outputs of which SQL can tell one."""
    masks = Masks(compiler)
    return {name: mask for name in outputs if (mask := masks.of(name)) is not None}


def facts_read(plan: Plan) -> list[str]:
    """Return the facts that any part of a plan reads; for what is about the population, all."""
    parts = [d.node for d in plan.decisions.values()]
    parts += [part for ranking in plan.rankings.values() for part in ranking.parts]
    read = {name for part in parts for name in usage_of(plan, part).facts}
    return [name for name in plan.facts if name in read or POPULATION in read]


def _create_table(
    tables: Tables, name: str, asker: Asker, compiler: Compiler, picked: Mapping[str, Picked], facts: FactRows
) -> dict[str, Columns]:
    """Compute all outputs for all rows: narrow columns are stored, what is read off one of them is shown by a view."""
    columns = {output: Columns.of(number, found) for number, (output, found) in enumerate(picked.items())}
    named = sql.column(NAME) if facts.stored.has_names else sql.cast(sql.NULL, "VARCHAR")
    wanted: list[tuple[str, Sql]] = [(ROW, sql.column(ROW)), (KEY, sql.column(KEY)), (NAME, named)]
    is_row_key = facts.row == sql.column(KEY)
    if is_row_key:
        del wanted[1]
    elif facts.stored.id:  # the text of a number is had from the number
        compiler.layers.keep(sql.column(ID))
        wanted[1] = (KEY, compiler.layers.column(sql.cast(sql.column(ID), "VARCHAR")))
    wanted += [cell for output, found in picked.items() for cell in columns[output].holding(found)]
    stored, shown = compiler.layers.split(wanted)
    shown[1:1] = [(KEY, sql.column(ROW))] if is_row_key else []
    table = stored_in(name)
    query = compiler.layers.query(asker.stage.rows(), stored)
    if not tables.dialect.says(query):  # such as what gathers rules, where there are no lists
        raise NeedsReference
    tables.make(table, query)
    tables.make(name, sql.select(*sql.named(shown), source=sql.table(table)), "VIEW")
    of_row = [(word, tree) for word, tree in shown if word in (ROW, KEY, NAME)]
    for output, found in picked.items():
        own = {word for word, _ in columns[output].holding(found)}
        cells = [(word, tree) for word, tree in shown if word in own]
        columns[output] = replace(columns[output], stored=StoredCells(table, of_row, cells))
    return _counted(name, table, compiler.layers, columns)


def _counted(name: str, table: str, layers: Layers, columns: Mapping[str, Columns]) -> dict[str, Columns]:
    """Say how each output is counted: what its cells read is counted before they are computed, and narrow columns of several outputs at once."""
    together: list[list[str]] = []
    part_of: dict[str, int] = {}
    for output, of in columns.items():
        names = of.stored.read()
        if not layers.kinds(names):
            continue
        if not together or layers.kinds({*together[-1], *names}) > MOST_KINDS:
            together.append([])
        together[-1] += [column for column in names if column not in together[-1]]
        part_of[output] = len(together) - 1
    tallies = [Tally.of(f"{name} tally {number}", table, names) for number, names in enumerate(together)]
    return {output: replace(of, tally=tallies[part_of[output]]) if output in part_of else of for output, of in columns.items()}
