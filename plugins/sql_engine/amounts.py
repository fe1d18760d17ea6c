"""Amounts of a subject's own in an outcome that many share: each stands as a slot, and is put back when a row is read.

So all customers whose grade is not known are asked about once, though no two of them have the same prices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from sqlglot import exp

from tierwise.core.meaning.ordering import in_stated_order
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import CompareOp, Decision, Plan
from tierwise.core.types import NumberType
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.comparisons import compare
from tierwise.plugins.sql_engine.compile import Compiler
from tierwise.plugins.sql_engine.possible import possible_parts
from tierwise.plugins.sql_engine.terms import Term

__all__ = ["Slot", "amounts_of", "filled", "own_slot", "slot_column", "told_apart", "with_slots"]

ORDERS: tuple[CompareOp, ...] = ("<", "=", ">")


@dataclass(frozen=True, slots=True)
class Slot:
    """Stands for the amount at a place among those that a decision may come to."""

    place: int


def amounts_of(plan: Plan, decision: Decision, compiler: Compiler) -> list[Term]:
    """Return the numbers of which a decision takes one as it is; none when it computes something of them, or all are constants."""
    parts = possible_parts(plan, decision.node) if isinstance(decision.type, NumberType) else None
    terms = [compiler.shared(part) for part in parts or ()]
    known = [term for term in terms if isinstance(term.type, NumberType) and term.sql.find(exp.Null) is None]
    return known if any(isinstance(term.sql, exp.Column) for term in known) else []


def told_apart(amounts: Sequence[Term]) -> Iterator[tuple[Sql, int]]:
    """Yield how any two amounts compare, as a small number and how many there are: the outcome lists equal ones once."""
    for left, right in combinations(amounts, 2):
        branches = [(compare(op, left, right), sql.integer(number)) for number, op in enumerate(ORDERS, 1)]
        yield sql.case(*branches, default=sql.integer(0)), len(ORDERS) + 1


def slot_column(place: int) -> str:
    """Return the name of the column that holds an amount beside the answers."""
    return f"amount {place}"


def with_slots(outcome: Outcome, amounts: Sequence[Any]) -> Outcome:
    """Put slots in the places of one subject's amounts."""

    def slot(value: Any) -> Any:
        return next((Slot(place) for place, amount in enumerate(amounts) if amount is not None and value == amount), value)

    if isinstance(outcome, Determined):
        return replace(outcome, value=slot(outcome.value))
    return replace(outcome, candidates=tuple(slot(value) for value in outcome.candidates))


def filled(outcome: Outcome, amounts: Sequence[Any]) -> Outcome:
    """Put a subject's amounts back in the places of slots."""

    def value(part: Any) -> Any:
        return amounts[part.place] if isinstance(part, Slot) else part

    if isinstance(outcome, Determined):
        return replace(outcome, value=value(outcome.value)) if isinstance(outcome.value, Slot) else outcome
    return replace(outcome, candidates=in_stated_order(map(value, outcome.candidates), NumberType())) if amounts else outcome


def own_slot(outcome: Outcome) -> Slot | None:
    """Return the slot that is the value of an outcome."""
    return outcome.value if isinstance(outcome, Determined) and isinstance(outcome.value, Slot) else None
