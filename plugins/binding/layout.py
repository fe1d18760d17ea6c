"""Puts a binding, a plan and the tables of a database together: which table, which key, which column for which fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from tierwise.core.errors import PolicyError
from tierwise.core.finding import has_errors
from tierwise.core.plan import Fact, Plan
from tierwise.plugins.binding.automatic import equal_names, find_subject_table, headings_alike, key_column, name_column, tables_alike
from tierwise.plugins.binding.binding_file import Binding, ParentLink, SubjectBinding
from tierwise.plugins.binding.conditions import Conditions
from tierwise.plugins.binding.groups import group_aggregates
from tierwise.plugins.binding.last_run import LastRun
from tierwise.plugins.binding.lineage import Lineage
from tierwise.plugins.binding.naming import find_column, find_table
from tierwise.plugins.binding.row_group import RowGroup
from tierwise.plugins.binding.row_scope import columns_in_scope
from tierwise.plugins.binding.written import PLAIN_FORMAT, Format
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import ROW_NUMBER, Column, Source, SourceTable
from tierwise.plugins.sql import alias, column

__all__ = ["BoundColumn", "Layout", "find_column", "find_table", "lay_out"]


@dataclass(frozen=True, slots=True)
class BoundColumn:
    """A fact that comes from the subject's own row.

    Attributes:
        alias: What the query of the rows calls it.
        cell: The column, or an expression over columns.
        shown: What messages call it.
        values: Stored word to word of the fact.
        empty: What NULL means; ``None`` for the default.
        form: How its values are written.
        rounded: A value between two steps of the fact's scale is brought to it.
    """

    fact: Fact
    alias: str
    cell: exp.Expr
    shown: str
    values: dict[str, str]
    empty: str | None
    form: Format = PLAIN_FORMAT
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything comes from."""

    source: Source
    table: SourceTable
    key: Column
    name: Column | None
    where: exp.Expr | None
    columns: tuple[BoundColumn, ...]
    groups: tuple[RowGroup, ...]
    findings: tuple[DataFinding, ...] = ()
    lineage: Lineage | None = None
    last_run: LastRun | None = None

    def row_query(self) -> exp.Select:
        """Return the query of the subject's rows: ``id``, ``name`` where there is one, and a column for each bound fact."""
        cells = [alias(column(self.key.name), "id")]
        if self.name is not None:
            cells.append(alias(column(self.name.name), "name"))
        cells += [alias(bound.cell, bound.alias) for bound in self.columns]
        query = exp.select(*cells).from_(self.source.named(self.table.name))
        return query.where(self.where) if self.where is not None else query

    def numbered_rows(self) -> exp.Select | None:
        """Return the query of the rows with the number of each beside it, where the source numbers them and nothing else is read."""
        numbered = getattr(self.source, "numbered", None)
        rows = None if numbered is None or self.groups or self.lineage or self.last_run else numbered(self.table.name)
        if rows is None:
            return None
        query = self.row_query().select(column(ROW_NUMBER))
        query.set("from_", exp.From(this=rows))
        return query

    def reads(self) -> Mapping[str, set[str]]:
        """Return the columns that are read, by table."""
        read = {self.table.name: {found.name for found in self.row_query().find_all(exp.Column)}}
        parts = [group.reads() for group in self.groups] + ([self.lineage.reads()] if self.lineage else [])
        for table, columns in (item for part in parts for item in part.items()):
            read.setdefault(table, set()).update(columns)
        return read


def lay_out(source: Source, plan: Plan, binding: Binding | None, as_of: date | None, last_run: LastRun | None = None) -> Layout:
    """Resolve every name and compile every cell; ``last_run`` has been brought.

    Raises:
        DataError: The database lacks a table or column.
        PolicyError: A cell or expression of the binding is wrong.
    """
    subject = binding.subject if binding else None
    only = next(iter(source.tables().values()), None) if binding and binding.facts and len(source.tables()) == 1 else None
    table = find_table(source, subject.table, binding, ("subject", "table")) if subject else only or find_subject_table(source, plan)
    key = find_column(table, subject.key, binding, ("subject", "key")) if subject and subject.key else key_column(table, plan)
    named = find_column(table, subject.name, binding, ("subject", "name")) if subject and subject.name else name_column(table, key)
    told = set(binding.facts) if binding else set()
    columns = [
        BoundColumn(
            plan.facts[fact],
            f"e{i}",
            column(found.name),
            found.name,
            {},
            None,
            binding.format_of(table.name, found.name) if binding else PLAIN_FORMAT,
        )
        for i, (fact, found) in enumerate(equal_names(table, {name: fact for name, fact in plan.facts.items() if name not in told}).items())
    ]
    unread = plan.facts.keys() - told - {bound.fact.name for bound in columns}
    found = (
        *headings_alike(table, (name for name in plan.facts if name in unread)),
        *(() if subject else tables_alike(source, plan, table)),
    )
    if binding is None:
        return Layout(source, table, key, named, None, tuple(columns), (), found)
    conditions = Conditions(binding, columns_in_scope(source, [("", table)]), formats=binding.format_of)
    where = conditions.where(subject.where, ("subject", "where")) if subject else None
    columns += _told_columns(plan, binding, conditions)
    lineage = _lineage(source, binding, subject, (table, key)) if subject else None
    groups, findings = group_aggregates(source, plan, binding, (table, key), as_of)
    findings += conditions.findings
    if has_errors(findings):
        raise PolicyError(f"the binding of `{plan.policy}` does not fit `{source.location}`", findings)
    return Layout(source, table, key, named, where, tuple(columns), tuple(groups), found, lineage, last_run)


def _lineage(source: Source, binding: Binding, subject: SubjectBinding, subjects: tuple[SourceTable, Column]) -> Lineage | None:
    """Return where it is written who stands above whom, when a fact asks for it."""
    parent, path = subject.parent, ("subject", "parent")
    if parent is None or not any(told.of and told.of != "all" for told in binding.facts.values()):
        return None
    if isinstance(parent, ParentLink):
        table = find_table(source, parent.table, binding, (*path, "table"))
        key, above = (find_column(table, getattr(parent, word), binding, (*path, word)) for word in ("key", "column"))
    else:
        (table, key), above = subjects, find_column(subjects[0], parent, binding, path)
    return Lineage(subjects, (table, key, above), binding.format_of(table.name, above.name), subject.levels)


def _told_columns(plan: Plan, binding: Binding, conditions: Conditions) -> list[BoundColumn]:
    columns = []
    for i, (name, told) in enumerate(binding.facts.items()):
        if not told.is_own_column:
            continue
        cell: exp.Expr | None
        if told.expression is not None:
            cell, shown, form = conditions.expression(told.expression, ("facts", name, "expression")), told.expression, PLAIN_FORMAT
        else:
            found = conditions.column(told.column or "", ("facts", name, "column"))
            cell, shown = (column(found.column.name) if found else None), told.column or ""
            form = binding.format_of(found.table.name, found.column.name, name) if found else PLAIN_FORMAT
        if cell is not None:
            columns.append(BoundColumn(plan.facts[name], f"t{i}", cell, shown, told.values, told.empty, form, told.round is not None))
    return columns
