"""Puts a binding, a plan and the tables of a database together: which table, key and column for which fact, by itself where names are equal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from tierwise.core.errors import DataError, PolicyError
from tierwise.core.finding import has_errors
from tierwise.core.language.suggest import difference, outline
from tierwise.core.plan import Fact, Plan
from tierwise.core.types import NumberType
from tierwise.plugins.binding.binding_file import Binding, ParentLink, SubjectBinding
from tierwise.plugins.binding.conditions import Conditions
from tierwise.plugins.binding.groups import group_aggregates
from tierwise.plugins.binding.heading_units import bare_name, heading_unit, is_unit
from tierwise.plugins.binding.last_run import LastRun
from tierwise.plugins.binding.lineage import Lineage
from tierwise.plugins.binding.naming import find_column, find_table
from tierwise.plugins.binding.room import Whereabouts
from tierwise.plugins.binding.row_group import RowGroup
from tierwise.plugins.binding.row_scope import columns_in_scope
from tierwise.plugins.binding.written import PLAIN_FORMAT, Format
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import ROW_NUMBER, Column, SourceTable
from tierwise.plugins.sql import alias, column

__all__ = [
    "BoundColumn",
    "Layout",
    "equal_names",
    "find_column",
    "find_subject_table",
    "find_table",
    "headings_alike",
    "is_called_parent",
    "key_column",
    "lay_out",
    "name_column",
    "tables_alike",
]

NAMES = ("name", "title", "名称", "姓名", "客户名称", "company_name", "companyname", "customer_name", "customername", "contactname")
KEYS = ("id", "key", "编号", "客户编号", "code")
PARENT = re.compile(
    r"parent.*|.*_parent(_?id|_?code)?|(upper|superior|holding|belongs_?to|head_?office|mother)(_.*)?|上级.*|母公司.*|父.*|隶属.*|总公司.*|集团编号|集团id",
    re.IGNORECASE,
)
"""What the column is called that holds the id of the row above."""


def find_subject_table(source: Whereabouts, plan: Plan) -> SourceTable:
    """Return the table with most columns called like facts; of several, one called like the subject, then the first.

    Raises:
        DataError: No table has such a column.
    """
    tables = source.tables().values()
    best = max(tables, key=lambda table: _likeness(table, plan), default=None)
    if best is None:
        raise DataError(f"`{source.location}` holds no table")
    if not equal_names(best, plan.facts):
        help = _repeated(source, plan) or f"draft a binding: `tierwise bind {source.location} {plan.policy}`"
        raise DataError(f"no table of `{source.location}` has a column called like a fact of `{plan.policy}`", help)
    return best


def tables_alike(source: Whereabouts, plan: Plan, table: SourceTable) -> list[DataFinding]:
    """Say which table is read where others have as many columns called like facts."""
    count = len(equal_names(table, plan.facts))
    others = [other.name for other in source.tables().values() if other is not table and len(equal_names(other, plan.facts)) == count]
    if not others:
        return []
    shown = ", ".join(f"`{name}`" for name in others[:3])
    message = f"`{table.name}` is read; {shown} {'has' if len(others) == 1 else 'have'} as many columns called like facts"
    help = f"to read another, say so in a binding: `subject: {{table: {others[0]}}}`"
    return [DataFinding("several-tables", message, len(others), "", table.name, help=help)]


def headings_alike(table: SourceTable, facts: Iterable[str]) -> list[DataFinding]:
    """Say which columns look as if they were called like facts, and are not."""
    headings = {outline(column.name): column.name for column in table.columns}
    found = []
    for fact in facts:
        column = headings.get(outline(fact))
        if column is not None:
            message = f"column `{column}` looks like fact `{fact}`, but is called otherwise: {difference(column, fact)}; it is not read"
            help = f"rename the column, or say so in a binding: `facts: {{{fact}: {{column: {column}}}}}`"
            found.append(DataFinding("look-alike", message, 1, fact, table.name, column, help=help))
    return found


def _repeated(source: Whereabouts, plan: Plan) -> str:
    """Say how a column is named whose heading stands more than once and is called like a fact."""
    for table in source.tables().values():
        for fact in plan.facts:
            if help := _said_which(table, fact):
                return help
    return ""


def _said_which(table: SourceTable, heading: str) -> str:
    """Ask which column is meant by a heading that stands more than once; empty where it does not."""
    known = [c.name for c in table.columns if re.fullmatch(rf"{re.escape(heading)} \([A-Z]+\)", c.name, re.IGNORECASE)]
    shown = " or ".join(f"`{name}`" for name in known)
    return f"the heading `{heading}` stands {len(known)} times: say in a binding which it is, {shown}" if len(known) > 1 else ""


def equal_names(table: SourceTable, facts: Mapping[str, Fact]) -> Mapping[str, Column]:
    """Return the columns called like facts, by fact; behind the name a unit may stand in brackets."""
    found = {name: column for name in facts if (column := table.column(name)) is not None}
    for column in table.columns:
        fact, unit = facts.get(bare_name(column.name)), heading_unit(column.name)
        if fact and isinstance(fact.type, NumberType) and unit and (unit == fact.type.unit or is_unit(unit)):
            found.setdefault(fact.name, column)
    return {name: found[name] for name in facts if name in found}


def key_column(table: SourceTable, plan: Plan) -> Column:
    """Return the column with the subjects' id: the primary key, else one called like an id, else the first that is no fact.

    Raises:
        DataError: Every column is a fact, or the heading of the id stands more than once.
    """
    keys = [column for column in table.columns if column.key]
    if len(keys) == 1:
        return keys[0]
    own = [f"{plan.subject}_id", f"{plan.subject}id", f"{table.name.rstrip('s')}_id", f"{table.name.rstrip('s')}id"]
    ids, keys = ([found for word in words if (found := table.column(word)) is not None] for words in (own, KEYS))
    free = [c for c in table.columns if c.name not in plan.facts]
    ending = [c for c in free if c.name.casefold().endswith(("_id", "编号")) and not is_called_parent(c.name)]
    for found in (*(c for c in (*ids, *keys) if c in free), *ids):  # the subjects' id may be a fact, too
        return found
    for word in (*own, *KEYS):
        if help := _said_which(table, word):
            raise DataError(f"the id of the subjects cannot be told in `{table.name}`", help)
    for found in (*ending, *free, *keys):
        return found
    raise DataError(
        f"table `{table.name}` has no column that tells the subjects apart", help="name it in a binding: `subject: {table: …, key: …}`"
    )


def is_called_parent(name: str) -> bool:
    """Say whether a column is called like one with the id of the row above, such as a parent company."""
    return PARENT.fullmatch(name.strip()) is not None


def name_column(table: SourceTable, key: Column) -> Column | None:
    """Return the column with what people call the subjects, or ``None``."""
    return next((found for word in NAMES if (found := table.column(word)) is not None and found != key), None)


def _likeness(table: SourceTable, plan: Plan) -> tuple[int, bool, bool]:
    called = table.name.casefold().rstrip("s") == plan.subject.casefold().rstrip("s")
    return len(equal_names(table, plan.facts)), called, sum(bool(c.key) for c in table.columns) == 1


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

    source: Whereabouts
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


def lay_out(source: Whereabouts, plan: Plan, binding: Binding | None, as_of: date | None, last_run: LastRun | None = None) -> Layout:
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


def _lineage(source: Whereabouts, binding: Binding, subject: SubjectBinding, subjects: tuple[SourceTable, Column]) -> Lineage | None:
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
