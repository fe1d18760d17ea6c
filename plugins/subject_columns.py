"""Columns of the subjects' table that no fact of a policy reads, bound like facts: by them a change is split, and visits have an owner."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from tierwise.core.errors import DataError
from tierwise.core.language.suggest import suggest
from tierwise.core.plan import Fact, Plan
from tierwise.core.types import TextType

__all__ = ["names_of_groups", "only_columns", "refuse_unsupplied", "with_columns"]


def names_of_groups(text: str | None) -> tuple[str, ...]:
    """Return what ``--by`` names, separated by commas, each once."""
    return tuple(dict.fromkeys(name.strip() for name in (text or "").split(",") if name.strip()))


def only_columns(plan: Plan, names: Sequence[str]) -> tuple[str, ...]:
    """Return what can only be a column of the database: no fact and no decision has the name."""
    return tuple(name for name in names if name not in plan.facts and name not in plan.decisions)


def with_columns(plan: Plan, columns: Sequence[str]) -> Plan:
    """Return a plan of which columns are bound like facts."""
    facts = {name: Fact(name, TextType(), {"zh": name, "en": name}) for name in columns if name not in plan.facts}
    return replace(plan, facts={**plan.facts, **facts})


def refuse_unsupplied(names: Sequence[str], plan: Plan, supplied: Collection[str]) -> None:
    """Refuse to group by what is no fact and no decision of a policy, and no column of the database.

    Args:
        names: What is grouped by.
        plan: The policy, without columns as facts.
        supplied: The names of the facts that the database gives, columns among them.

    Raises:
        DataError: Nothing supplies one of them.
    """
    lacking = next((name for name in only_columns(plan, names) if name not in supplied), None)
    if lacking is not None:
        help = suggest(lacking, [*plan.facts, *(decision.name for decision in plan.outputs)])
        raise DataError(
            f"`{lacking}` is no fact and no output of `{plan.policy}`, and no column of its customers' table",
            help=help or "group by a fact, an output, or a column of the customers' table",
        )
