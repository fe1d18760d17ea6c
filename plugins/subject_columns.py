"""Columns of the subjects' table that no fact of a policy reads, bound like facts: by them a change is split, and visits have an owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tierwise.core.plan import Fact, Plan
from tierwise.core.types import TextType

__all__ = ["only_columns", "with_columns"]


def only_columns(plan: Plan, names: Sequence[str]) -> tuple[str, ...]:
    """Return what can only be a column of the database: no fact and no decision has the name."""
    return tuple(name for name in names if name not in plan.facts and name not in plan.decisions)


def with_columns(plan: Plan, columns: Sequence[str]) -> Plan:
    """Return a plan of which columns are bound like facts."""
    facts = {name: Fact(name, TextType(), {"zh": name, "en": name}) for name in columns if name not in plan.facts}
    return replace(plan, facts={**plan.facts, **facts})
