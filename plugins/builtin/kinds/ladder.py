"""Reads what each grade gets off a compiled decision, and finds where a lower grade gets the better of a higher one.

For any kind that gives rights by grade. Only amounts that stand in the policy as constants are compared; what is computed, undetermined or
lost is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from tierwise.core.finding import Finding, Severity
from tierwise.core.plan import (
    Node,
    Plan,
    Table,
    comparison_of,
    constant_of,
    given_by_class,
    junction_of,
    pick_of,
    reference_of,
    spelled_out,
)
from tierwise.core.policy.texts import Text
from tierwise.core.source import Span
from tierwise.core.types import EnumType
from tierwise.core.values import SECONDS_PER_DAY, Duration, to_json

__all__ = ["Better", "Inversion", "amounts_by_grade", "grades_of", "inversion_finding", "inversions"]

Better = Literal["higher", "lower"]
"""Which amount is the better right: a ``higher`` credit limit, a ``lower`` price."""

LONGEST_MONTH, SHORTEST_MONTH = 31, 28


@dataclass(frozen=True, slots=True)
class Inversion:
    """A lower grade that gets the better of a higher one."""

    higher: str
    higher_amount: Any
    lower: str
    lower_amount: Any


def grades_of(plan: Plan, name: str) -> tuple[str, ...]:
    """Return the grades, best first, of the fact or decision called ``name``; none when it is no enum."""
    owner = plan.decisions.get(name) or plan.facts.get(name)
    return owner.type.values if owner is not None and isinstance(owner.type, EnumType) else ()


def inversions(amounts: Mapping[str, Any], grades: Sequence[str], better: Better) -> Iterator[Inversion]:
    """Yield, for each grade, the nearest higher grade that gets less than it.

    Args:
        amounts: Grade to number or duration; a grade may be left out.
        grades: The scale, best first.
        better: Which amount is the better right.
    """
    known = [grade for grade in grades if grade in amounts]
    for place, lower in enumerate(known):
        for higher in reversed(known[:place]):
            less, more = (amounts[higher], amounts[lower]) if better == "higher" else (amounts[lower], amounts[higher])
            if _surely_less(less, more):
                yield Inversion(higher, amounts[higher], lower, amounts[lower])
                break


def inversion_finding(
    inversion: Inversion,
    right: str,
    by: str,
    span: Span | None,
    code: str = "rights-inverted",
    severity: Severity = Severity.ERROR,
    acknowledged: Text | None = None,
) -> Finding:
    """Say that a right gets better for a lower grade; a note when the author has acknowledged it.

    Args:
        inversion: What was found.
        right: What the right is called.
        by: The fact or decision that holds the grade.
        span: Where it is written.
        code: The slug of the finding.
        severity: How much it matters while nobody has acknowledged it.
        acknowledged: The author's reason.
    """
    higher, lower = (str(to_json(amount)) for amount in (inversion.higher_amount, inversion.lower_amount))
    message = f"`{right}` is `{lower}` for `{inversion.lower}` but `{higher}` for the better grade `{inversion.higher}`"
    witness = ((by, inversion.lower),)
    if acknowledged:
        return Finding.note(code, f"{message}, as acknowledged", span, str(acknowledged), witness=witness)
    help = "a lower grade never gets more; mend it, or say why with `acknowledge: {inversion: …}`"
    return Finding(code, severity, message, span, help, witness=witness)


def amounts_by_grade(plan: Plan, decision: str, by: str, grades: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Yield what each grade gets by a decision, once for each combination of the other columns of its table.

    Args:
        plan: The compiled policy.
        decision: The decision that gives the right.
        by: The fact or decision that holds the grade.
        grades: The scale.
    """
    node = plan.decisions[decision].node if decision in plan.decisions else None
    pick = None if node is None else pick_of(node)
    if node is not None and (given := given_by_class(node)):
        amounts = {word: constant_of(value) for word, value in given}
        yield {word: amount.value for word, amount in amounts.items() if amount is not None and amount.value is not None}
    elif pick is not None:
        table = plan.tables[pick.table]
        columns = [reference.name if (reference := reference_of(column)) is not None else "" for column in table.columns]
        if by in columns:
            yield from _amounts_of_table(table, columns.index(by), pick.output, grades)


def _amounts_of_table(table: Table, column: int, output: int, grades: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    alike: list[tuple[tuple[Node | None, ...], dict[str, Any]]] = []
    for rule in table.rules:
        value = constant_of(rule.outputs[output])
        if value is None or value.value is None:
            continue
        others = rule.tests[:column] + rule.tests[column + 1 :]
        amounts = next((amounts for tests, amounts in alike if tests == others), None)
        if amounts is None:
            alike.append((others, amounts := {}))
        for grade in grades:
            if _admits(rule.tests[column], grade):
                amounts.setdefault(grade, value.value)
    yield from (amounts for _, amounts in alike)


def _admits(test: Node | None, word: str) -> bool:
    """Say whether a cell over a column of words is met by ``word``; false for a cell that says more than that."""
    return test is None or _is_met(spelled_out(test), word)


def _is_met(test: Node, word: str) -> bool:
    junction, comparison = junction_of(test), comparison_of(test)
    if junction is not None:
        met = [_is_met(part, word) for part in junction.parts]
        return all(met) if junction.op == "and" else any(met) if junction.op == "or" else not met[0]
    if comparison is None or comparison.op not in ("=", "!="):
        return False
    return (comparison.constant.value == word) is (comparison.op == "=")


def _surely_less(left: Any, right: Any) -> bool:
    if isinstance(left, Duration) and isinstance(right, Duration):
        return (
            _days(left, LONGEST_MONTH) < _days(right, SHORTEST_MONTH)
            if bool(left.months) != bool(right.months)
            else _size(left) < _size(right)
        )
    return isinstance(left, Decimal) and isinstance(right, Decimal) and left < right


def _size(duration: Duration) -> tuple[int, int]:
    return duration.months, duration.seconds


def _days(duration: Duration, month: int) -> Decimal:
    return Decimal(duration.months * month) + Decimal(duration.seconds) / SECONDS_PER_DAY
