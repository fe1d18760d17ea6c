"""The meaning of what is unknown, by brute force: every completion is decided by itself, and what they say together is read off. An oracle for tests.

No order enters: not that of the rules, of the facts or of what is tried first. It costs the product of all domains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

from tests.plans import GRADES, compare, constant, decision, fact, reading, table
from tests.plans import plan as plan_of_parts
from tests.strategies import values_of
from tierwise.core.environment import Environment
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import CompareOp, DecisionRef, Fact, FactRef, HitPolicy, Node, Plan, ReadingRef, Undecided
from tierwise.core.types import BooleanType, EnumType, NumberType, Type

__all__ = ["ORDERLESS", "difference_from_oracle", "outcome_of", "over_all_completions", "small_table"]

ENVIRONMENT = Environment()
WORDS = EnumType(("p", "q", "r"))
TYPES: list[Type] = [WORDS, BooleanType(), NumberType(0, low=Decimal(0), high=Decimal(3))]
ABSENCES = (Reason.MISSING_FACT, Reason.MISSING_FACT, Reason.VAGUE, Reason.LOST)
ORDERLESS = (HitPolicy.UNIQUE, HitPolicy.ANY)
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


# ---- small tables to try it on -----------------------------------------------------------------------------------------------


def outcome_of(plan: Plan, facts: dict[str, Any]) -> Outcome:
    return decide(plan, ENVIRONMENT, facts, None)["grade"]


def some_test(random: Random, column: FactRef | ReadingRef | DecisionRef) -> Node | None:
    """Return a test of a column against one of its few borders, or none at all."""
    if random.random() < 0.35:
        return None
    ordered: list[CompareOp] = ["<", ">="] if isinstance(column.type, NumberType) else []
    values: tuple[Any, ...] = (Decimal(1), Decimal(2)) if isinstance(column.type, NumberType) else (True, False)
    values = column.type.values if isinstance(column.type, EnumType) else values
    return compare(column, random.choice(["=", "!=", *ordered]), random.choice(values))


def value_of(random: Random, words: str, type: EnumType) -> Any:
    if random.random() < 0.85:
        return random.choice(words)
    candidates = random.sample(type.values, random.choice([0, 0, 2]))
    return Undecided(random.choice([Reason.LOST, Reason.GAP, Reason.VAGUE]), tuple(candidates), type)


def small_table(random: Random) -> tuple[Plan, dict[str, Any]]:
    """Draw a table over one to three facts of few values, over readings, and off another such table; and facts of which most are missing.

    What a missing fact is called is drawn, too: an outcome may hang on what is missing, vague, lost and read in several ways at once.
    """
    declared: list[tuple[Fact, FactRef]] = [
        fact(f"f{number}", random.choice(TYPES), nullable=random.random() < 0.2, missing=random.choice(ABSENCES))
        for number in range(random.choice([1, 2, 2, 3]))
    ]
    readings = [reading(f"r{number}", *"xyz"[: random.choice([2, 3])]) for number in range(random.choice([0, 0, 1, 2]))]
    columns: list[FactRef | ReadingRef | DecisionRef] = [*(ref for _, ref in declared), *(ref for _, ref in readings)]
    tables, decisions = [], []
    if random.random() < 0.4:
        rows = [(*(some_test(random, column) for column in columns), value_of(random, "pqr", WORDS)) for _ in range(random.choice([2, 3]))]
        default = constant("p", WORDS) if random.random() < 0.5 else None
        made, pick = table("inner", random.choice([HitPolicy.UNIQUE, HitPolicy.FIRST]), columns, rows, WORDS, default)
        tables, decisions = [made], [decision("inner", WORDS, pick, form="table")]
        columns = [DecisionRef("inner", WORDS), *random.sample(columns, random.choice([0, 1]))]
    rows = [
        (*(some_test(random, column) for column in columns), value_of(random, "AABBC", GRADES)) for _ in range(random.choice([2, 3, 3, 4]))
    ]
    hit = random.choice([*ORDERLESS, HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.PRIORITY])
    made, pick = table("grade", hit, columns, rows, GRADES, constant("C", GRADES) if random.random() < 0.3 else None)
    plan = plan_of_parts(
        [one for one, _ in declared],
        [*decisions, decision("grade", GRADES, pick, form="table")],
        [*tables, made],
        [one for one, _ in readings],
    )
    return plan, {one.name: random.choice(values_of(one)) for one, _ in declared if random.random() < 0.25}


def difference_from_oracle(plan: Plan, facts: dict[str, Any]) -> str:
    """Say how the reference differs from the oracle in value, reason, candidates or needs; an empty text when it does not."""
    expected, found = over_all_completions(plan, facts, "grade"), outcome_of(plan, facts)
    if isinstance(expected, Determined) or isinstance(found, Determined):
        is_same = isinstance(expected, Determined) and isinstance(found, Determined) and found.value == expected.value
    else:
        needs = {name for name in found.needs if name in plan.facts or name in plan.readings}
        is_same = (found.reason, found.candidates, needs) == (expected.reason, expected.candidates, set(expected.needs))
    return "" if is_same else f"{facts}: every completion says {expected}, the reference {found}"
