"""Works out an outcome anew from what its explanation tells, and from nothing else: no fact, decision or rule besides is looked at."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.explaining.explanation import DecisionTrace, Explanation, Miss
from tierwise.core.meaning.evaluate import Evaluation
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Determined, Undetermined, distinct
from tierwise.core.plan import Plan
from tierwise.core.values import Value

__all__ = ["not_reproduced"]

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def not_reproduced(explanation: Explanation, plan: Plan, environment: Environment) -> list[str]:
    """Return the names of the explained decisions whose outcome does not come out of what is told of them."""
    evaluation = Evaluation(plan, environment)
    told = explanation.decisions
    return [name for name, trace in told.items() if not all(_checks(trace, told, evaluation))]


def _checks(trace: DecisionTrace, told: Mapping[str, DecisionTrace], evaluation: Evaluation) -> Iterator[bool]:
    yield all(
        told[read.name].outcome == _outcome(read.value, told[read.name])
        for read in trace.reads
        if read.kind == "decision" and read.reason is None
    )
    yield all(rule.failing for rule in trace.missed)
    yield not any(_holds(miss) for rule in trace.missed for test in rule.failing for miss in test.misses)
    if trace.rank is not None:
        yield trace.rank.last_rank is None or trace.rank.first <= trace.rank.last_rank
    elif isinstance(trace.outcome, Undetermined):
        yield _leaves_open(trace, evaluation)
    else:
        yield _gives(trace, trace.outcome.value, evaluation)
        yield not trace.given or _is_given(trace.outcome.value, [rule.output for rule in trace.given], [rule.id for rule in trace.given])


def _outcome(value: Value, trace: DecisionTrace) -> Determined:
    return Determined(value, trace.outcome.rules)


def _holds(miss: Miss) -> bool:
    """Whether a number or a date meets the border that it is said to miss."""
    compare = COMPARISONS.get(miss.op)
    if compare is None or not isinstance(miss.value, Decimal | date):
        return False
    return any(bool(compare(miss.value, border)) for border in miss.wanted if border is not None)


def _over_reads(trace: DecisionTrace, evaluation: Evaluation) -> object:
    facts = {read.name: read.value for read in trace.reads if read.kind == "fact" and read.reason is None}
    chosen = {read.name: read.value for read in trace.reads if read.kind == "decision" and read.reason is None}
    return evaluation.settle(evaluation.plan.decisions[trace.name].node, World(facts, {}, chosen=chosen)).result


def _gives(trace: DecisionTrace, value: Value, evaluation: Evaluation) -> bool:
    """Whether the told reads give the value: by themselves, or whatever the missing ones are."""
    if trace.form == "prefer" and value in [read.value for read in trace.reads if read.reason is None]:
        return True  # which part counts hangs on what has been given behind it; its value is told
    found = _over_reads(trace, evaluation)
    if not isinstance(found, Unknown):
        return bool(found == value)
    return any(read.reason is not None for read in trace.reads) and (found.bound is None or value in found.bound)


def _leaves_open(trace: DecisionTrace, evaluation: Evaluation) -> bool:
    """Whether the told reads leave it open, for the same reason where all of them are known; an open decision is explained by itself."""
    assert isinstance(trace.outcome, Undetermined)
    if any(read.kind == "decision" and read.reason is not None for read in trace.reads):
        return True
    found = _over_reads(trace, evaluation)
    if not isinstance(found, Unknown) or any(read.reason is not None for read in trace.reads):
        return isinstance(found, Unknown)
    return found.reason is trace.outcome.reason and (found.bound is None or set(trace.outcome.candidates) <= set(found.bound))


def _is_given(value: Value, outputs: list[Value | Undetermined], ids: list[str]) -> bool:
    """Whether the outputs of the rules that gave a value are that value, or are gathered in it."""
    known = [output for output in outputs if not isinstance(output, Undetermined)]
    if all(output == value for output in known):
        return True
    if isinstance(value, tuple):
        items = [item for output in known if output is not None for item in (output if isinstance(output, tuple) else (output,))]
        return set(distinct(items)) == set(value) or list(value) == ids
    return value in (sum(known), len(known), min(known), max(known))  # type: ignore[type-var, arg-type]  # numbers, or it fails
