"""Finds the table of the subjects, and the columns called like facts, without being told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tierwise.core.errors import DataError
from tierwise.core.language.look_alikes import difference, outline
from tierwise.core.plan import Fact, Plan
from tierwise.core.types import NumberType
from tierwise.plugins.binding.heading_units import bare_name, heading_unit, is_unit
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import Column, Source, SourceTable

__all__ = ["equal_names", "find_subject_table", "headings_alike", "is_called_parent", "key_column", "name_column", "tables_alike"]

NAMES = ("name", "title", "名称", "姓名", "客户名称", "company_name", "companyname", "customer_name", "customername", "contactname")
KEYS = ("id", "key", "编号", "客户编号", "code")
PARENT = re.compile(
    r"parent.*|.*_parent(_?id|_?code)?|(upper|superior|holding|belongs_?to|head_?office|mother)(_.*)?|上级.*|母公司.*|父.*|隶属.*|总公司.*|集团编号|集团id",
    re.IGNORECASE,
)
"""What the column is called that holds the id of the row above."""


def find_subject_table(source: Source, plan: Plan) -> SourceTable:
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


def tables_alike(source: Source, plan: Plan, table: SourceTable) -> list[DataFinding]:
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


def _repeated(source: Source, plan: Plan) -> str:
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
