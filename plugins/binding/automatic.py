"""Finds the table of the subjects, and the columns called like facts, without being told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierwise.core.errors import DataError
from tierwise.core.plan import Plan
from tierwise.plugins.source import Column, Source, SourceTable

__all__ = ["equal_names", "find_subject_table", "key_column", "name_column"]

NAMES = ("name", "title", "名称", "姓名", "客户名称", "company_name", "companyname", "customer_name", "customername", "contactname")
KEYS = ("id", "key", "编号", "客户编号", "code")


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
        help = f"draft a binding: `tierwise bind {source.location} {plan.policy}`"
        raise DataError(f"no table of `{source.location}` has a column called like a fact of `{plan.policy}`", help)
    return best


def equal_names(table: SourceTable, facts: Iterable[str]) -> Mapping[str, Column]:
    """Return the columns called like facts, by fact."""
    return {fact: found for fact in facts if (found := table.column(fact)) is not None}


def key_column(table: SourceTable, plan: Plan) -> Column:
    """Return the column with the subjects' id: the primary key, else one called like an id, else the first that is no fact.

    Raises:
        DataError: Every column is a fact.
    """
    keys = [column for column in table.columns if column.key]
    if len(keys) == 1:
        return keys[0]
    wanted = [f"{plan.subject}_id", f"{plan.subject}id", f"{table.name.rstrip('s')}_id", f"{table.name.rstrip('s')}id", *KEYS]
    named = [found for word in wanted if (found := table.column(word)) is not None]
    ending = [c for c in table.columns if c.name.casefold().endswith(("_id", "编号"))]
    free = [c for c in table.columns if c.name not in plan.facts]
    for found in (*named, *ending, *free):
        if found.name not in plan.facts:
            return found
    raise DataError(
        f"table `{table.name}` has no column that tells the subjects apart", help="name it in a binding: `subject: {table: …, key: …}`"
    )


def name_column(table: SourceTable, key: Column) -> Column | None:
    """Return the column with what people call the subjects, or ``None``."""
    return next((found for word in NAMES if (found := table.column(word)) is not None and found != key), None)


def _likeness(table: SourceTable, plan: Plan) -> tuple[int, bool, bool]:
    called = table.name.casefold().rstrip("s") == plan.subject.casefold().rstrip("s")
    return len(equal_names(table, plan.facts)), called, sum(bool(c.key) for c in table.columns) == 1
