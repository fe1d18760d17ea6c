"""The meaning of what is unknown, by brute force: every completion is decided by itself, and what they say together is read off. An oracle for tests.

No order enters: not that of the rules, of the facts or of what is tried first. It costs the product of all domains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from tests.strategies import values_of
from tierwise.core.environment import Environment
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Plan

__all__ = ["over_all_completions"]

ENVIRONMENT = Environment()
Completion = tuple[Any, ...]
"""The values of the unknown inputs, one each."""


def over_all_completions(plan: Plan, facts: Mapping[str, Any], output: str) -> Outcome:
    """Return what an output comes to: value or reason, candidates in the order of its type, needs among facts and readings; no rules."""
    readings = [r for r in plan.readings.values() if r.settled is None]
    missing = [fact for fact in plan.facts.values() if fact.name not in facts]
    names = [*(r.name for r in readings), *(fact.name for fact in missing)]
    ways: list[tuple[Any, ...]] = [*(r.values for r in readings), *map(values_of, missing)]
    outcomes = {
        completion: _decided(plan, facts, dict(zip(names, completion, strict=True)), len(readings), output) for completion in product(*ways)
    }
    found = {completion: _gist(outcome) for completion, outcome in outcomes.items()}
    if all(isinstance(outcome, Determined) for outcome in outcomes.values()) and len(set(found.values())) == 1:
        return Determined(next(iter(outcomes.values())).value)  # type: ignore[union-attr]  # all are determined
    needs = tuple(name for place, name in enumerate(names) if _matters(place, ways[place], found))
    reasons = {fact.name: fact.missing for fact in missing}
    by_settlement = [
        {c: gist for c, gist in found.items() if c[: len(readings)] == settled} for settled in product(*(r.values for r in readings))
    ]
    said = {_over_facts(some, [reasons[n] for n in _facts_that_matter(some, names, ways, len(readings))]) for some in by_settlement}
    reason = said.pop() if len(said) == 1 else Reason.READING
    assert isinstance(reason, Reason), "one value under all completions would be determined"
    return Undetermined(reason, _candidates(outcomes.values(), plan.decisions[output].type), _declared(needs, plan))


def _decided(plan: Plan, facts: Mapping[str, Any], assumed: dict[str, Any], readings: int, output: str) -> Outcome:
    words = dict(list(assumed.items())[:readings])
    settled = {name: replace(r, settled=words.get(name, r.settled)) for name, r in plan.readings.items()}
    given = {name: value for name, value in assumed.items() if name not in words}
    return decide(replace(plan, readings=settled), ENVIRONMENT, {**facts, **given}, None)[output]


def _gist(outcome: Outcome) -> Any:
    """Return the value or the reason: two completions differ when these do."""
    return outcome.reason if isinstance(outcome, Undetermined) else (type(outcome.value), outcome.value)


def _matters(place: int, values: Iterable[Any], found: Mapping[Completion, Any]) -> bool:
    """Say whether two completions that differ in one input alone differ."""
    return any(found.get((*c[:place], value, *c[place + 1 :]), gist) != gist for c, gist in found.items() for value in values)


def _facts_that_matter(found: Mapping[Completion, Any], names: list[str], ways: list[Any], readings: int) -> Iterator[str]:
    return (name for place, name in enumerate(names) if place >= readings and _matters(place, ways[place], found))


def _over_facts(found: Mapping[Completion, Any], needed: list[Reason]) -> Any:
    """Return what is said under one way to settle the readings: the one value or reason, else that of the facts that matter."""
    gists = set(found.values())
    if len(gists) == 1:
        return gists.pop()
    return next((r for r in (Reason.MISSING_FACT, Reason.LOST) if r in needed), Reason.VAGUE)


def _candidates(outcomes: Iterable[Outcome], type: Any) -> tuple[Any, ...]:
    possible = {v for o in outcomes for v in ((o.value,) if isinstance(o, Determined) else o.candidates)}
    order = list(getattr(type, "values", ())) or sorted(possible - {None}, key=lambda v: (v is False, v))
    return tuple(v for v in (*order, None) if v in possible)


def _declared(needs: tuple[str, ...], plan: Plan) -> tuple[str, ...]:
    return tuple(name for name in (*plan.facts, *plan.readings) if name in needs)
