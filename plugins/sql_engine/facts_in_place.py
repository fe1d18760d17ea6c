"""Brings columns that are called like facts to facts where they stand, by the same expressions as a binding, where a dialect says them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tierwise.core.errors import DataError
from tierwise.core.plan import Fact, Plan
from tierwise.plugins import sql
from tierwise.plugins.binding.data_findings import MESSAGES
from tierwise.plugins.binding.fact_supply import Supply, supply_stored
from tierwise.plugins.binding.fit import fitting
from tierwise.plugins.binding.joined_rows import fact_columns, problem_column, with_readings
from tierwise.plugins.binding.layout import equal_names
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import Column, SourceTable
from tierwise.plugins.facts import Stored, StoredNumbers
from tierwise.plugins.sql import Kind
from tierwise.plugins.sql_engine.staging import KEY, NAME
from tierwise.plugins.sql_engine.tables import Dialect, FactRows, Tables

__all__ = ["FactsInPlace", "bring_facts"]


@dataclass(frozen=True, slots=True)
class FactsInPlace:
    """Facts where they stand.

    Attributes:
        rows: The view of them.
        findings: What was wrong with the data; the values at fault are missing.
    """

    rows: FactRows
    findings: tuple[DataFinding, ...]


def bring_facts(
    tables: Tables, relation: str, table: SourceTable, key: str, name: str | None, plan: Plan, wanted: Iterable[str], kind: Kind = "VIEW"
) -> FactsInPlace:
    """Make a view, or a table, ``relation facts`` of the facts of every subject.

    Args:
        tables: Where the data stands.
        relation: What the data is called there.
        table: Its columns, with types as DuckDB calls them.
        key: The column that tells subjects apart.
        name: The column of their names.
        plan: The policy.
        wanted: The facts that are read.
        kind: Whether they are kept as a table, where to work them out for each query costs more than to keep them; what fits as it stands is not.

    Raises:
        DataError: A subject has no key, or several have the same; a column is of a type that only a binding reads; no column is called like a fact.
    """
    facts = {fact: plan.facts[fact] for fact in wanted if fact in plan.facts}
    supplies = list(_supplies(equal_names(table, facts), facts, table, tables.dialect))
    if not supplies:
        raise DataError(f"no column of `{table.name}` is called like a fact of `{plan.policy}`")
    _check_keys(tables, relation, key, table)
    supplies, whole = _proved(tables, relation, supplies)
    columns = fact_columns(supplies)
    cells = [
        sql.alias(sql.cast(sql.column(key), "VARCHAR"), KEY),
        sql.alias(sql.cast(sql.column(name) if name else sql.NULL, "VARCHAR"), NAME),
    ]
    for place, supply in enumerate(supplies):
        cells.append(sql.alias(supply.value, columns[supply.fact.name]))
        cells += [] if supply.none is None else [sql.alias(supply.none, f"{columns[supply.fact.name]}__none")]
        cells += [] if supply.is_proved else [sql.alias(supply.problem, problem_column(place))]
    made = f"{relation} facts"
    numbers = {}
    for supply in supplies:
        if supply.is_proved and supply.fit is not None and supply.fit.are_floats is False:
            numbers[supply.fact.name] = StoredNumbers(f"{supply.fact.name} as stored", are_floats=False)
            cells.append(sql.alias(supply.fit.raw.copy(), numbers[supply.fact.name].column))
    is_as_it_stands = all(supply.is_proved for supply in supplies)
    tables.make(
        made,
        with_readings(sql.select(sql.star(), source=sql.table(relation)), supplies, cells),
        "VIEW" if is_as_it_stands else kind,
    )
    findings = tuple(_findings(tables, made, supplies, table))
    return FactsInPlace(FactRows(made, columns, sql.column(KEY), Stored(numbers=numbers, whole=whole)), findings)


def _supplies(named: Mapping[str, Column], facts: Mapping[str, Fact], table: SourceTable, dialect: Dialect) -> Iterator[Supply]:
    for fact, column in named.items():
        supply = supply_stored(facts[fact], sql.column(column.name), column.type, {}, (table.name, column.name), None)
        trees = [supply.value, supply.problem, *supply.named.values(), *supply.readings.values()]
        if not all(map(dialect.says, trees)):
            raise DataError(
                f"`{table.name}.{column.name}` is of the type {column.type}, from which `{fact}` is not read where it stands",
                help="grade a copy with a binding, in DuckDB, or give the column the type of the fact",
            )
        yield supply


def _proved(tables: Tables, relation: str, supplies: Sequence[Supply]) -> tuple[list[Supply], frozenset[str]]:
    """Return supplies, those whose every value fits as columns that are read as they stand; and the facts that none of the rows lacks."""
    fits = [supply for supply in supplies if supply.fit is not None and tables.dialect.says(supply.fit.holds)]
    if not fits:
        return list(supplies), frozenset()
    known = {supply.fact.name: supply.fit for supply in fits if supply.fit is not None}
    fit, whole = fitting(tables.rows, sql.table(relation), known)
    return [supply.proved or supply if supply.fact.name in fit else supply for supply in supplies], whole


def _check_keys(tables: Tables, relation: str, key: str, table: SourceTable) -> None:
    """See to it that a row is told by its key.

    Raises:
        DataError: It is not.
    """
    keys = [column.name for column in table.columns if column.key]
    if keys == [key]:  # the database sees to it
        return
    cell = sql.column(key)
    counts = [sql.count(), sql.count(cell), sql.count(cell.copy(), distinct=True)]
    ((rows, with_key, different),) = tables.rows(sql.select(*sql.named(zip("abc", counts, strict=True)), source=sql.table(relation)))
    if rows > with_key:
        raise DataError(f"{rows - with_key} rows of `{table.name}` have nothing in `{key}`")
    if rows > different:
        raise DataError(f"`{table.name}` has {rows} rows and {different} different values in `{key}`")


def _findings(tables: Tables, made: str, supplies: list[Supply], table: SourceTable) -> Iterator[DataFinding]:
    """Yield a finding for each fact and code; counted only where there is any."""
    doubted = [place for place, supply in enumerate(supplies) if not supply.is_proved]
    if not doubted:
        return
    any_wrong = [(f"x{place}", sql.count_if(sql.is_known(sql.column(problem_column(place))))) for place in doubted]
    counted = next(tables.rows(sql.select(*sql.named(any_wrong), source=sql.table(made))))
    for place, wrong in zip(doubted, counted, strict=True):
        if not wrong:
            continue
        code = sql.column(problem_column(place))
        query = sql.select(sql.alias(code, "code"), sql.alias(sql.count(), "rows"), source=sql.table(made)).where(sql.is_known(code.copy()))
        supply = supplies[place]
        for found, count in sorted(tables.rows(query.group_by(code.copy()))):
            subjects = f"{count} subject{'s' * (count != 1)}"
            message = f"`{supply.table}.{supply.column}` {MESSAGES[found]}: fact `{supply.fact.name}` is missing for {subjects}"
            yield DataFinding(found, message, count, supply.fact.name, supply.table, supply.column)
